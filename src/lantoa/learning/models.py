"""Topics, lessons as published, and progress."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from lantoa.contests.models import Contest, Contestant
from lantoa.lib.compiled import Compiled, Slot

if TYPE_CHECKING:
    from datetime import datetime


class TopicQuerySet(models.QuerySet["Topic"]):
    """Reads of topics."""

    def of(self, contest: Contest) -> list[Topic]:
        """The topics of a contest in their order."""
        return TOPICS.all(contest=contest.pk)


class Headed:
    """What is called by its language."""

    title: Any
    title_en: Any
    summary: Any
    summary_en: Any

    @property
    def heading(self) -> str:
        """The title in the language of the page."""
        return str(self.title_en if self.title_en and get_language() == "en" else self.title)

    @property
    def introduction(self) -> str:
        """The summary in the language of the page."""
        return str(self.summary_en if self.summary_en and get_language() == "en" else self.summary)


class Told:
    """What a lesson says of itself, in the language of the page when it is there in it."""

    title: Any
    title_en: Any
    goal: Any
    goal_en: Any
    takeaway: Any
    takeaway_en: Any

    @property
    def language(self) -> str:
        """In which language the page tells this lesson: "en" or "vi"."""
        return "en" if self.title_en and get_language() == "en" else "vi"

    def _told(self, name: str) -> str:
        return str(getattr(self, f"{name}_en" if self.language == "en" else name))

    @property
    def heading(self) -> str:
        """The title."""
        return self._told("title")

    @property
    def aim(self) -> str:
        """What one can do afterwards."""
        return self._told("goal")

    @property
    def keeper(self) -> str:
        """The one line to keep."""
        return self._told("takeaway")


class Topic(Headed, models.Model):
    """A topic of a contest (M6: four of them in the reference)."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="topics", verbose_name="cuộc thi")
    number = models.PositiveSmallIntegerField("số")
    title = models.CharField("tên", max_length=200)
    title_en = models.CharField("tên tiếng Anh", max_length=200, blank=True)
    summary = models.CharField("giới thiệu", max_length=400, blank=True)
    summary_en = models.CharField("giới thiệu tiếng Anh", max_length=400, blank=True)
    picture = models.CharField("tranh", max_length=80, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "chuyên đề"
        verbose_name_plural = "chuyên đề"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["contest", "number"], name="topic_number_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


TOPICS = Compiled(lambda: Topic.objects.filter(contest=Slot("contest")))


MOST_CARDS = 1_000  # far above what a lesson has, far below what a column holds


class LessonQuerySet(models.QuerySet["Lesson"]):
    """Reads of lessons."""

    def current(self, contest: Contest | Slot) -> LessonQuerySet:
        """The published versions of today, in the order of the course; without the cards' text."""
        lessons = self.filter(contest=contest, current=True).select_related("topic").defer("cards", "cards_en")
        return lessons.order_by("topic__number", "position")

    def seen_by(self, contestant: Contestant) -> list[tuple[Outline, dict[str, Any] | None]]:
        """Today's lessons, each with how far this contestant has come in it, or None."""
        rows = SEEN.rows(contest=contestant.contest_id, contestant=contestant.pk)
        return [(_outline(row[:-1]), row[-1]) for row in rows]

    def owed_by(self, contestant: Contestant | Slot, contest: int | Slot) -> LessonQuerySet:
        """Compulsory lessons of a contest that this contestant has not completed."""
        done = Progress.objects.filter(contestant=contestant, lesson_code=OuterRef("code"), completed_at__isnull=False)
        return self.filter(~Exists(done), contest=contest, current=True, compulsory=True)

    def owes(self, contestant: Contestant) -> bool:
        """Whether there are such lessons."""
        return bool(OWED.rows(contest=contestant.contest_id, contestant=contestant.pk))

    def with_card(self, contestant: Contestant, code: str, number: int) -> tuple[Outline, dict[str, Any] | None]:
        """Today's lesson of that code if it has this card, and how far one has come in it; raises DoesNotExist."""
        if not 1 <= number <= MOST_CARDS:
            raise Lesson.DoesNotExist
        found = WITH_CARD.rows(contest=contestant.contest_id, contestant=contestant.pk, code=code, number=number)
        if not found:
            raise Lesson.DoesNotExist
        return _outline(found[0][:-1]), found[0][-1]

    def cards_of(self, outline: Outline) -> tuple[dict[str, Any], ...]:
        """What stands on the cards of that version: read once a process, for it never changes."""
        return _cards(outline.pk, outline.digest, outline.language)


class Lesson(Told, models.Model):
    """One version of a lesson; publishing makes a new row, nothing is edited (law 8)."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="lessons", verbose_name="cuộc thi")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="lessons", verbose_name="chuyên đề")
    code = models.CharField("mã", max_length=10)
    version = models.PositiveIntegerField("bản")
    current = models.BooleanField("đang dùng", default=True)
    position = models.PositiveSmallIntegerField("thứ tự")
    title = models.CharField("tên bài", max_length=200)
    title_en = models.CharField("tên bài tiếng Anh", max_length=200, blank=True, default="", db_default="")
    goal = models.CharField("làm được", max_length=300)
    goal_en = models.CharField("làm được, tiếng Anh", max_length=300, blank=True, default="", db_default="")
    takeaway = models.CharField("điều cần nhớ", max_length=300)
    takeaway_en = models.CharField("điều cần nhớ, tiếng Anh", max_length=300, blank=True, default="", db_default="")
    minutes = models.PositiveSmallIntegerField("số phút")
    compulsory = models.BooleanField("bắt buộc", default=True)
    review_by = models.DateField("xem lại trước", null=True, blank=True)
    cards = models.JSONField("thẻ")
    cards_en = models.JSONField("thẻ tiếng Anh", default=list, db_default=Value([], models.JSONField()))
    size = models.PositiveSmallIntegerField("số thẻ")
    digest = models.CharField("mã băm", max_length=64)
    published_at = models.DateTimeField("công bố lúc")

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = "bài học"
        verbose_name_plural = "bài học"
        constraints = [
            models.UniqueConstraint(fields=["contest", "code", "version"], name="lesson_version_once"),
            models.UniqueConstraint(fields=["contest", "code"], condition=Q(current=True), name="lesson_current_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


@dataclass(frozen=True, slots=True)
class TopicWords(Headed):
    """A topic by value."""

    number: int
    title: str
    title_en: str
    summary: str
    summary_en: str
    picture: str


@dataclass(frozen=True, slots=True)
class Outline(Told):
    """A lesson as published, without its cards, by value."""

    pk: int
    contest_id: int
    digest: str
    code: str
    title: str
    title_en: str
    goal: str
    goal_en: str
    takeaway: str
    takeaway_en: str
    minutes: int
    compulsory: bool
    size: int
    topic: TopicWords


_WORDS = ("title", "title_en", "goal", "goal_en", "takeaway", "takeaway_en")
_OWN = ("pk", "contest_id", "digest", "code", *_WORDS, "minutes", "compulsory", "size")
_TOPIC = tuple(f"topic__{name}" for name in ("number", "title", "title_en", "summary", "summary_en", "picture"))
MOST_OUTLINES = 2_000  # that a process remembers; and of how many it remembers the cards


@lru_cache(MOST_OUTLINES)
def _outline(row: tuple[Any, ...]) -> Outline:
    return Outline(**dict(zip(_OWN, row, strict=False)), topic=TopicWords(*row[len(_OWN) :]))


@lru_cache(MOST_OUTLINES // 10)
def _cards(lesson: int, digest: str, language: str) -> tuple[dict[str, Any], ...]:
    stored = Lesson.objects.get(pk=lesson, digest=digest)
    return tuple(stored.cards_en if language == "en" else stored.cards)


def _seen() -> models.QuerySet[Lesson, tuple[Any, ...]]:
    known = Progress.objects.filter(contestant=Slot("contestant"), lesson_code=OuterRef("code"))
    seen = JSONObject(cards="cards", last="last_card", completed="completed_at", at="updated_at")
    found = Lesson.objects.current(Slot("contest")).annotate(seen=Subquery(known.values_list(seen)))
    return found.values_list(*_OWN, *_TOPIC, "seen")


SEEN: Compiled[Any] = Compiled(_seen)
WITH_CARD: Compiled[Any] = Compiled(lambda: _seen().filter(code=Slot("code"), size__gte=Slot("number")))
OWED = Compiled(lambda: Lesson.objects.owed_by(Slot("contestant"), Slot("contest")).values_list("pk")[:1])


# One statement, so that two cards done at once on two devices are both kept; what was done is never taken back.
_MARK = """
INSERT INTO lantoa_progress AS p (contestant_id, lesson_code, cards, last_card, completed_at, updated_at)
VALUES (%(contestant)s, %(code)s, ARRAY[%(card)s]::smallint[], %(card)s,
        CASE WHEN %(size)s = 1 THEN %(at)s::timestamptz END, %(at)s)
ON CONFLICT (contestant_id, lesson_code) DO UPDATE SET
    cards = ARRAY(SELECT DISTINCT c FROM unnest(p.cards || EXCLUDED.cards) c ORDER BY c),
    last_card = EXCLUDED.last_card,
    completed_at = COALESCE(p.completed_at, CASE WHEN p.cards || EXCLUDED.cards
        @> ARRAY(SELECT generate_series(1, %(size)s))::smallint[] THEN EXCLUDED.updated_at END),
    updated_at = GREATEST(p.updated_at, EXCLUDED.updated_at)
RETURNING p.id, p.contestant_id, p.lesson_code, p.cards, p.last_card, p.completed_at, p.updated_at
"""
_MARKED = ("id", "contestant_id", "lesson_code", "cards", "last_card", "completed_at", "updated_at")


class ProgressQuerySet(models.QuerySet["Progress"]):
    """Reads and the one write of progress."""

    def mark(self, contestant: Contestant, lesson: Lesson | Outline, card: int, at: datetime) -> Progress:
        """Note a card as done, and the lesson as completed when it was the last one missing."""
        facts: dict[str, Any] = {"contestant": contestant.pk, "code": lesson.code, "card": card}
        facts |= {"size": lesson.size, "at": at}
        with connection.cursor() as cursor:
            cursor.execute(_MARK, facts)
            return Progress.from_db(connection.alias, _MARKED, cursor.fetchone())


class Progress(models.Model):
    """How far a contestant has come in a lesson: the numbers of the cards done; only grows."""

    contestant = models.ForeignKey(Contestant, models.CASCADE, related_name="progress", db_index=False)
    lesson_code = models.CharField(max_length=10)
    cards = ArrayField(models.PositiveSmallIntegerField(), default=list)
    last_card = models.PositiveSmallIntegerField(default=1)
    completed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    objects = ProgressQuerySet.as_manager()

    class Meta:
        verbose_name = "tiến độ"
        verbose_name_plural = "tiến độ"
        constraints = [models.UniqueConstraint(fields=["contestant", "lesson_code"], name="progress_once")]

    def __str__(self) -> str:
        return f"{self.lesson_code}: {len(self.cards)}"
