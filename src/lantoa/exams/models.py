"""Question versions, banks, attempts, and each contestant's best result."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q

from lantoa.contests.log import Entry
from lantoa.contests.models import Contest, Contestant
from lantoa.exams import ranking
from lantoa.learning.models import Lesson
from lantoa.lib.compiled import Compiled, Slot
from lantoa.units.models import Unit

SHOWN = 20  # attempts of one person that are read at once: who sits a thousand times costs no more than others
NEWEST = 2**31 - 1  # no attempt has this number


class Question(models.Model):
    """One version of a question (items.md §5); immutable once in a bank."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", verbose_name="cuộc thi")
    code = models.CharField("mã", max_length=30)
    version = models.PositiveIntegerField("bản")
    topic = models.PositiveSmallIntegerField("chuyên đề")
    lesson = models.CharField("bài", max_length=10)
    level = models.PositiveSmallIntegerField("mức")
    stem = models.TextField("câu hỏi")
    options = ArrayField(models.TextField(), size=4, verbose_name="phương án")
    key = models.PositiveSmallIntegerField("đáp án")
    shuffle = models.BooleanField("đảo phương án", default=True)
    explanation = models.TextField("giải thích")
    words = models.PositiveSmallIntegerField("số chữ")
    enemies = ArrayField(models.CharField(max_length=30), default=list, verbose_name="không đi cùng")
    sources = ArrayField(models.CharField(max_length=12), default=list, verbose_name="nguồn")
    review_by = models.DateField("xem lại trước", null=True, blank=True)
    digest = models.CharField("mã băm", max_length=64)

    class Meta:
        verbose_name = "câu hỏi"
        verbose_name_plural = "ngân hàng câu hỏi"
        constraints = [
            models.UniqueConstraint(fields=["contest", "code", "version"], name="question_version_once"),
            models.CheckConstraint(condition=Q(key__gte=0, key__lte=3), name="question_key_in_range"),
            models.CheckConstraint(condition=Q(options__len=4), name="question_four_options"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="question_level_known"),
        ]

    def __str__(self) -> str:
        return self.code


class BankQuerySet(models.QuerySet["Bank"]):
    """Reads of banks."""

    def current(self, contest: Contest) -> Bank | None:
        """The version that new papers are drawn from."""
        return self.filter(contest=contest).order_by("-version").first()

    def current_for(self, contestant: Contestant) -> Bank | None:
        """The same, with `.owed`: whether this person still has lessons to learn. One query."""
        return CURRENT_FOR.first(contest=contestant.contest_id, contestant=contestant.pk)


class Bank(models.Model):
    """A frozen set of question versions with the blueprint of its papers; a paper names the bank it came from."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="banks", verbose_name="cuộc thi")
    version = models.PositiveIntegerField("bản")
    blueprint = models.JSONField("ma trận đề")
    questions = ArrayField(models.BigIntegerField(), verbose_name="câu hỏi")
    weights = models.JSONField("trọng số rút")  # of each question, so that anyone draws again in whole numbers
    digest = models.CharField("mã băm", max_length=64)
    published_at = models.DateTimeField("công bố lúc")

    owed: bool  # with `current_for`: whether that person still has lessons to learn

    objects = BankQuerySet.as_manager()

    class Meta:
        verbose_name = "bản ngân hàng"
        verbose_name_plural = "các bản ngân hàng"
        constraints = [models.UniqueConstraint(fields=["contest", "version"], name="bank_version_once")]

    def __str__(self) -> str:
        return f"{self.contest} v{self.version}"


CURRENT_FOR = Compiled(
    lambda: (
        Bank.objects.annotate(owed=Exists(Lesson.objects.owed_by(Slot("contestant"), Slot("contest"))))  # type: ignore[no-redef]
        .filter(contest=Slot("contest"))
        .defer("blueprint", "questions", "weights")  # large, and `open_bank` holds them
        .order_by("-version")[:1]
    )
)


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Reads of attempts."""

    def locked(self, *, skip: bool = False) -> AttemptQuerySet:
        """Rows locked for closing, with the person's best so far and the database's `.moment`; one query.

        ``skip`` leaves out rows that somebody else is closing at this very moment. They can still be referred to: a
        correction that makes one the best goes on, while who locked it waits for the correction.
        The best read beside the lock is right: another attempt of this person can only start after this one is closed.
        """
        rows = self.select_for_update(no_key=True, skip_locked=skip, of=("self",)).select_related(
            "contestant__contest", "contestant__best"
        )
        now = Func(function="clock_timestamp", output_field=models.DateTimeField())
        return rows.annotate(moment=now)  # type: ignore[no-redef] # declared below, for its readers

    def of(self, contestant: Contestant, before: int) -> list[Attempt]:
        """The newest SHOWN of a person with a smaller number, the newest first."""
        return OF.all(contestant=contestant.pk, before=before)

    def submitted(self, contestant: Contestant, before: int) -> AttemptQuerySet:
        """All submitted ones of a person with a smaller number."""
        return self.filter(contestant=contestant, number__lt=before, submitted_at__isnull=False)

    def numbered(self, contestant: Contestant, number: int) -> Attempt | None:
        """One of a person, with the best result that stands."""
        return NUMBERED.first(contestant=contestant.pk, number=number)

    def finished(self, contestant: Contestant) -> bool:
        """Whether one was finished at all."""
        return bool(FINISHED.rows(contestant=contestant.pk))

    def begun(self, contest: Contest) -> bool:
        """Whether anybody has drawn a paper."""
        return self.filter(contestant__contest=contest).exists()

    def running(self, contest: Contest) -> bool:
        """Whether anybody sits at an exam that is not handed in."""
        return self.filter(contestant__contest=contest, submitted_at__isnull=True).exists()

    def sheets(self, contestants: Iterable[int | None]) -> dict[tuple[int, int], list[int]]:
        """What these chose, by contestant and number."""
        found = self.filter(contestant__in=set(contestants), submitted_at__isnull=False)
        return {(who, number): chosen for who, number, chosen in found.values_list("contestant", "number", "answers")}

    def without_entry(self, contest: Contest) -> AttemptQuerySet:
        """Submitted ones that the contest's log does not hold yet, in the order of their submission."""
        held = Entry.objects.filter(contestant=OuterRef("contestant"), number=OuterRef("number"))
        rows = self.filter(~Exists(held), contestant__contest=contest, submitted_at__isnull=False)
        return rows.select_related("contestant__contest").order_by("submitted_at", "pk")


class Attempt(models.Model):
    """One sitting. `number` = submitted attempts + 1, so the unique key says: one open attempt a person."""

    class ClosedBy(models.TextChoices):
        SUBMIT = "submit", "Nộp bài"
        TIME = "time", "Hết giờ"
        CONTEST = "contest", "Cuộc thi đóng"

    contestant = models.ForeignKey(Contestant, models.PROTECT, related_name="attempts", db_index=False)
    number = models.PositiveIntegerField("lượt")
    bank = models.ForeignKey(Bank, models.PROTECT, related_name="+", db_index=False)
    questions = ArrayField(models.BigIntegerField())  # in the order of the paper
    orders = ArrayField(
        models.PositiveSmallIntegerField()
    )  # index into draw.ORDERS: how the options of each were shuffled
    answers = ArrayField(models.SmallIntegerField())  # what was chosen, as shown 0..3; −1: nothing
    revision = models.PositiveIntegerField(default=0)  # of the saved sheet: an older one never overwrites a newer
    saved_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField("bắt đầu")
    deadline = models.DateTimeField("hạn nộp")
    submitted_at = models.DateTimeField("nộp lúc", null=True)
    closed_by = models.CharField("nộp bởi", max_length=10, choices=ClosedBy, blank=True)
    correct = models.PositiveSmallIntegerField("số câu đúng", null=True)
    duration_ms = models.PositiveIntegerField("thời gian (ms)", null=True)

    moment: datetime  # with `locked`: the database's clock

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = "lượt thi"
        verbose_name_plural = "lượt thi"
        constraints = [
            models.UniqueConstraint(fields=["contestant", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["contestant"], condition=Q(submitted_at__isnull=True), name="attempt_open_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="attempt_counts_from_one"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, correct__isnull=True, duration_ms__isnull=True, closed_by="")
                | Q(submitted_at__isnull=False, correct__isnull=False, duration_ms__isnull=False)
                & ~Q(closed_by="")
                & Q(submitted_at__gte=F("started_at"), submitted_at__lte=F("deadline")),
                name="attempt_submitted_whole_and_in_time",
            ),
        ]
        indexes = [
            models.Index(fields=["deadline"], condition=Q(submitted_at__isnull=True), name="attempt_running_out"),
        ]

    def __str__(self) -> str:
        return f"{self.contestant_id}/{self.number}"


OF = Compiled(
    lambda: Attempt.objects.filter(contestant=Slot("contestant"), number__lt=Slot("before")).order_by("-number")[:SHOWN]
)
NUMBERED = Compiled(
    lambda: Attempt.objects.filter(contestant=Slot("contestant"), number=Slot("number")).select_related(
        "contestant__best"
    )
)
FINISHED = Compiled(
    lambda: Attempt.objects.filter(contestant=Slot("contestant"), submitted_at__isnull=False).values_list("pk")[:1]
)


_ORDER = [*ranking.RANKING, "contestant"]  # of the lists: those with equal keys stand in the order of their entries


class Best(models.Model):
    """The attempt that ranks, one row a contestant who finished. `missed` = asked − right, so the key ascends."""

    pk = models.CompositePrimaryKey("contest_id", "contestant_id")
    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    contestant = models.OneToOneField(Contestant, models.PROTECT, related_name="best")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="+", db_index=False)
    missed = models.PositiveSmallIntegerField()
    ms = models.PositiveIntegerField()
    submitted_at = models.DateTimeField()

    class Meta:
        verbose_name = "kết quả tốt nhất"
        verbose_name_plural = "kết quả tốt nhất"
        indexes = [
            models.Index(fields=["contest", *_ORDER], include=["unit"], name="best_city_in_order"),
            models.Index(fields=["contest", "unit", *_ORDER], name="best_unit_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.contestant_id}: −{self.missed}"


class Change(models.Model):
    """A change of somebody's best result, waiting to be folded into the rank buckets."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    old_missed = models.SmallIntegerField(null=True)
    old_ms = models.IntegerField(null=True)
    new_missed = models.SmallIntegerField(null=True)
    new_ms = models.IntegerField(null=True)

    class Meta:
        verbose_name = "thay đổi chờ gộp"
        verbose_name_plural = "thay đổi chờ gộp"

    def __str__(self) -> str:
        return f"{self.old_missed} → {self.new_missed}"
