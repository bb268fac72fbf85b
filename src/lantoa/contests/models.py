"""Contests, their documents, who takes part, and the journal of what counted when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lantoa.contests import calendar
from lantoa.lib import clock
from lantoa.lib.compiled import Compiled, Slot
from lantoa.lib.search import AFTER_SPACE, MOST_FOUND, Written, words
from lantoa.lib.text import fold
from lantoa.people.models import Account, Group, Person
from lantoa.people.sessions import key_of
from lantoa.units.models import Unit

MOST_BULLETINS = 24  # a day, by schedule
OUTCOME = ("old_missed", "old_ms", "new_missed", "new_ms")  # of a movement: the result that went, the one that came
TURN_KEY = 0x1A71  # one advisory lock a contest: those who correct take turns


class ContestQuerySet(models.QuerySet["Contest"]):
    """Reads of contests."""

    def public(self, *, rehearsals: bool = False) -> ContestQuerySet:
        """What anyone may see, the newest first; rehearsals are listed nowhere and open to who knows their address."""
        return self.newest().filter(published=True, rehearsal__in=(False, rehearsals))

    def newest(self) -> ContestQuerySet:
        """All of them, unpublished ones too, for those who run them; with the database's moment as ``.moment``."""
        found = self.annotate(moment=Now())  # type: ignore[no-redef] # declared below, for its readers
        return found.select_related("root").order_by("-opens_at")

    def with_schedule(self) -> ContestQuerySet:
        """Those that publish bulletins by the clock."""
        return self.filter(published=True).exclude(bulletin_times=[])

    def ended(self) -> ContestQuerySet:
        """Those whose seed and answer key are published."""
        return self.filter(ended_at__isnull=False)

    def named(self, slug: str) -> Contest:
        """The contest of that address, with the database's moment as ``.moment``; raises DoesNotExist."""
        return NAMED.get(slug=slug)


class Contest(models.Model):
    """One mass learning contest: its words, window and rules. Content comes by package (docs/content/package.md)."""

    slug = models.SlugField("địa chỉ", unique=True, max_length=80)
    name = models.CharField("tên cuộc thi", max_length=200)
    name_en = models.CharField("tên tiếng Anh", max_length=200, blank=True)
    summary = models.TextField("giới thiệu ngắn", blank=True)
    summary_en = models.TextField("giới thiệu ngắn (tiếng Anh)", blank=True)
    share_motto = models.CharField("tên phần chia sẻ", max_length=120, default="Tôi học số – Tôi lan tỏa")
    organiser = models.CharField("đơn vị tổ chức", max_length=200)
    operator = models.CharField("đơn vị vận hành", max_length=200, blank=True)
    contact = models.TextField("liên hệ", blank=True)
    root = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="địa bàn")
    opens_at = models.DateTimeField("mở lúc")
    closes_at = models.DateTimeField("đóng lúc", help_text="24:00 của ngày cuối, tức 0:00 ngày hôm sau")
    published = models.BooleanField("đã công bố", default=False)
    rehearsal = models.BooleanField("diễn tập", default=False, db_default=False, editable=False)
    package_version = models.PositiveIntegerField("bản nội dung", default=1)
    rules_version = models.PositiveIntegerField("bản quy định", default=0, editable=False)  # newest in the log; 0: none
    # The exam's rules: seed B Bước 4, experience.md §3.
    asked = models.PositiveSmallIntegerField("số câu một đề", default=20)
    time_limit = models.DurationField("thời gian làm bài", default=timedelta(minutes=20))
    attempts_limit = models.PositiveSmallIntegerField("số lượt thi tối đa", null=True, blank=True)
    learn_first = models.BooleanField("phải học xong mới thi", default=True)
    public_names = models.CharField(
        "tên trên bảng xếp hạng",
        max_length=10,
        choices=[("masked", "Che một phần"), ("full", "Đầy đủ")],
        default="masked",
    )
    share_rules = models.JSONField("quy định bài chia sẻ", default=dict)
    bulletin_times = ArrayField(
        models.TimeField(), verbose_name="giờ công bố bản tin", default=list, blank=True, size=MOST_BULLETINS
    )
    seed_sealed = models.BinaryField("hạt giống đề", editable=False)
    # The public number that joins the seed (log.md §6): what was named before it existed, and what it became.
    number_source = models.CharField("nguồn con số", max_length=120, blank=True, editable=False)
    number_day = models.DateField("ngày của con số", null=True, editable=False)
    number_value = models.CharField("con số", max_length=60, blank=True, editable=False)
    number_where = models.CharField("nơi xem con số", max_length=200, blank=True, editable=False)
    ended_at = models.DateTimeField("công bố đáp án lúc", null=True, editable=False)  # seed, key and standing are out

    moment: datetime  # with `named`: the database's clock

    objects = ContestQuerySet.as_manager()

    class Meta:
        verbose_name = "cuộc thi"
        verbose_name_plural = "cuộc thi"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="contest_closes_after_opening",
                violation_error_message="Lúc đóng phải sau lúc mở.",
            ),
            models.CheckConstraint(condition=Q(asked__gt=0), name="contest_asks_something"),
            models.CheckConstraint(
                condition=Q(number_source="", number_day__isnull=True, number_value="")
                | ~Q(number_source="") & Q(number_day__isnull=False),
                name="contest_number_has_a_source",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("closes_at")),
                name="contest_ends_after_closing",
                violation_error_message="Đáp án đã công bố: cuộc thi không mở lại được.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def phase(self, at: datetime) -> calendar.Phase:
        """Before, open or closed at that instant (M16)."""
        return calendar.phase(self.opens_at, self.closes_at, at)


NAMED = Compiled(lambda: Contest.objects.public(rehearsals=True).filter(slug=Slot("slug")))


class ContestantQuerySet(models.QuerySet["Contestant"]):
    """Reads of those who take part."""

    def detailed(self) -> ContestantQuerySet:
        """With what a list of people shows."""
        return self.select_related("contest", "person", "unit", "sub_unit")

    def found(self, number: int) -> Contestant | None:
        """The entry of that number, with contest, person and units."""
        return self.detailed().select_related("contest__root").filter(pk=number).first()

    def called(self, name: str) -> ContestantQuerySet:
        """Up to MOST_FOUND whose name has all these words: those first whose name begins with them, which cost least.

        Frequent words are found among the first people read, rare ones by an index: planned for the words themselves.
        A name that begins with them has them: asked for both, the planner expects too few and reads all of them.
        """
        asked, ids = fold(name), self.order_by().values("pk")
        there = ids.alias(words=words("person__called")).filter(words__contains=Written(asked.split()))
        begun = Q(person__called__gte=Written(asked), person__called__lt=Written(asked + AFTER_SPACE))
        first = ids.filter(begun).order_by("person__called")[:MOST_FOUND]
        found = first.union(there.exclude(begun)[:MOST_FOUND], all=True)[:MOST_FOUND]
        return self.filter(pk__in=found) if asked else self

    def entering(self, account: Account, slug: str) -> Contestant | None:
        """This account's entry in a public contest: contest, units and the database's moment in one query."""
        return ENTERING.first(account=account.pk, slug=slug)

    def entered_by(self, cookie: str, slug: str) -> Contestant | None:
        """The same of whoever is signed in by this cookie, with their account and ``.kept`` by the session."""
        return ENTERED_BY.first(key=key_of(cookie), slug=slug)


class Contestant(models.Model):
    """One person in one contest. `joined_unit` never changes; `unit` is the present one (figures.md §2)."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="contestants", verbose_name="cuộc thi")
    person = models.ForeignKey(Person, models.PROTECT, related_name="entries", verbose_name="họ và tên")
    who = models.BinaryField(max_length=16, editable=False)  # random pseudonym, log.md §1
    joined_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    sub_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="thôn, trường"
    )
    group = models.CharField("đối tượng", max_length=20, choices=Group)
    joined_at = models.DateTimeField("đăng ký lúc")
    valid_at = models.DateTimeField("hợp lệ từ", null=True, blank=True)
    # The person's name while the entry is valid, else empty; kept by triggers (decision 0041), read by the standings.
    public_name = models.CharField(max_length=120, default="", db_default="", editable=False)
    # Set when a correction concerns the entry: from then on exams/settling.py decides what its exams count for.
    corrected = models.BooleanField(default=False, db_default=False, editable=False)

    moment: datetime  # with `entering`: the database's clock
    kept: dict[str, Any]  # with `entered_by`: by the session

    objects = ContestantQuerySet.as_manager()

    class Meta:
        verbose_name = "thí sinh"
        verbose_name_plural = "thí sinh"
        constraints = [
            models.UniqueConstraint(fields=["contest", "person"], name="contestant_once"),
            models.UniqueConstraint(fields=["who"], name="contestant_pseudonym_once"),
        ]

    def __str__(self) -> str:
        return str(self.person)


def _entering(*more: str, **who: Any) -> models.QuerySet[Contestant]:
    found = Contestant.objects.filter(contest__slug=Slot("slug"), contest__published=True, **who)
    seen = found.annotate(moment=Now())  # type: ignore[no-redef]
    return seen.select_related("contest__root", "unit", "sub_unit", "person", *more)


ENTERING = Compiled(lambda: _entering(person__account=Slot("account")))
_SESSION = "person__account__sessions"
ENTERED_BY = Compiled(
    lambda: _entering(
        "person__account", **{f"{_SESSION}__key": Slot("key"), f"{_SESSION}__expires_at__gt": Now()}
    ).annotate(kept=F(f"{_SESSION}__data"))  # type: ignore[no-redef]
)


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Reads of corrections, and the turn to make one."""

    def turn(self, contest: int) -> datetime:
        """Wait for this contest's turn to decide, held to the end of the transaction; then the database's moment.

        The order of decisions counts (exams/counting.py): with the turn, none is known before one that it follows.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (TURN_KEY, contest))
        return clock.now()

    def about(self, contestants: Iterable[int]) -> CorrectionQuerySet:
        """All that concern these entries, in the order in which they were decided."""
        concerned = Q(contestant__in=contestants) | Q(target__in=contestants)
        return self.filter(concerned).order_by("known_at", "pk")

    def detailed(self) -> CorrectionQuerySet:
        """With what a page says of them."""
        return self.select_related("by", "unit", "contestant__person", "target__person")


class Correction(models.Model):
    """A later decision that changes what counted: void, restore, move, merge; append-only (figures.md §1).

    ``effective`` None: as if it had always been so. ``attempt`` is a number; without one, void and restore concern the
    person. ``target`` is the entry that a merged one became part of.
    """

    class Kind(models.TextChoices):
        VOID = "void", _("Không tính")
        RESTORE = "restore", _("Tính lại")
        MOVE = "move", _("Chuyển đơn vị")
        MERGE = "merge", _("Gộp")

    contest = models.ForeignKey(Contest, models.CASCADE)
    kind = models.CharField(max_length=12, choices=Kind)
    contestant = models.ForeignKey(Contestant, models.PROTECT, related_name="corrections")
    target = models.ForeignKey(Contestant, models.PROTECT, null=True, related_name="+")
    attempt = models.PositiveIntegerField(null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    effective = models.DateTimeField(null=True)
    known_at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    reason = models.TextField()

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = "điều chỉnh"
        verbose_name_plural = "điều chỉnh"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("void", "restore"), unit__isnull=True, target__isnull=True)
                | Q(kind="move", unit__isnull=False, target__isnull=True, attempt__isnull=True)
                | Q(kind="merge", target__isnull=False, unit__isnull=True, attempt__isnull=True),
                name="correction_says_what_its_kind_needs",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(effective__isnull=True) | Q(effective__lte=F("known_at")), name="correction_not_ahead"
            ),
            models.CheckConstraint(condition=~Q(target=F("contestant")), name="correction_merges_two"),
            models.UniqueConstraint(
                fields=["contestant"], condition=Q(kind="merge"), name="correction_merged_away_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.contestant_id}"


class Movement(models.Model):
    """One signed step of the figures: −n … +n registered, finished, attempts, with two times (figures.md §1)."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    contestant = models.ForeignKey(Contestant, models.PROTECT, related_name="movements")
    reg = models.SmallIntegerField(default=0)
    fin = models.SmallIntegerField(default=0)
    att = models.SmallIntegerField(default=0)
    old_missed = models.SmallIntegerField(null=True)
    old_ms = models.IntegerField(null=True)
    old_at = models.DateTimeField(null=True)
    new_missed = models.SmallIntegerField(null=True)
    new_ms = models.IntegerField(null=True)
    new_at = models.DateTimeField(null=True)  # of a correction's step; a fact's is its own moment
    correction = models.ForeignKey(Correction, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = "biến động"
        verbose_name_plural = "biến động"
        constraints = [
            models.CheckConstraint(
                condition=Q(correction__isnull=False) | Q(known_at=F("at")), name="movement_fact_known_at_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["contest", "at"],
                include=["unit", "reg", "fin", "att"],
                condition=Q(correction__isnull=True),
                name="movement_fact",
            ),
            models.Index(
                fields=["contest", "at", "known_at"],
                include=["unit", "reg", "fin", "att", "contestant", *OUTCOME],
                condition=Q(correction__isnull=False),
                name="movement_fix",
            ),
            # Better results unit by unit: what is not folded yet, and ranks inside a unit, at a past moment.
            models.Index(
                fields=["contest", "unit", "at"],
                include=["contestant", "old_at", *OUTCOME],
                condition=Q(correction__isnull=True, new_missed__isnull=False),
                name="movement_result",
            ),
            # By result: who stood where at a past moment. A fact's old result only goes if a new one comes.
            models.Index(
                fields=["contest", "new_missed", "new_ms"],
                include=["at", "known_at", "new_at", "contestant", "correction"],
                condition=Q(new_missed__isnull=False),
                name="movement_came",
            ),
            models.Index(
                fields=["contest", "old_missed", "old_ms"],
                include=["at", "known_at", "old_at", "contestant", "correction"],
                condition=Q(old_missed__isnull=False) & (Q(new_missed__isnull=False) | Q(correction__isnull=False)),
                name="movement_went",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reg:+d} {self.fin:+d} {self.att:+d}"
