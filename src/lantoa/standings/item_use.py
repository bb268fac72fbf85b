"""How questions fare with real people: facility, discrimination, options that nobody takes (items.md §8).

First attempts only: whoever sits again has been trained by the first paper. The worker keeps sums (`QuestionTally`), so
a figure costs the same for any number of people, and it is exact up to the moment that is named beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from math import sqrt
from statistics import fmean

from django.db import connection

from lantoa.contests.models import Contest
from lantoa.exams.models import Question
from lantoa.standings import item_statements
from lantoa.standings.models import QuestionEdge, QuestionTally, TotalsEdge

ENOUGH = 30  # first attempts with the question: figures of fewer say nothing yet
HARDEST, EASIEST = 0.35, 0.97  # items.md §8: look again beyond these
LEAST_DISCRIMINATION = 0.10
LEAST_TAKEN = 0.03  # of a wrong option


@dataclass(frozen=True, slots=True)
class QuestionUse:
    """A version of a question: shares are of all who met it, those who chose nothing included."""

    question: Question
    n: int
    facility: float
    discrimination: float | None  # None where all or nobody was right, or all others of the paper alike
    shares: tuple[float, ...]  # of the four options in the author's order
    nothing: float
    look: tuple[str, ...]  # why somebody should look at it again: hard, easy, blunt, idle, beaten


@dataclass(frozen=True, slots=True)
class LessonUse:
    """The questions of a lesson: means over those that enough people met."""

    lesson: str
    questions: int
    n: int
    facility: float | None
    discrimination: float | None
    look: int


@dataclass(frozen=True, slots=True)
class Use:
    """All questions that anybody met in a first attempt, up to a moment; None before the first fold."""

    until: datetime | None
    lessons: tuple[LessonUse, ...]
    questions: tuple[QuestionUse, ...]


def fold_questions(contest: Contest) -> None:
    """Add the first attempts of the minutes that the totals have reached (`TotalsEdge`); the caller holds the lock."""
    totals = TotalsEdge.objects.filter(contest=contest).first()
    if totals is None:
        return
    edge = QuestionEdge.objects.filter(contest=contest).first()
    since = edge.until if edge else datetime.min.replace(tzinfo=UTC)
    if since >= totals.until:
        return
    with connection.cursor() as cursor:
        cursor.execute(item_statements.FOLD, {"contest": contest.pk, "since": since, "until": totals.until})
    QuestionEdge.objects.update_or_create(contest=contest, defaults={"until": totals.until})


def item_use(contest: Contest) -> Use:
    """How the questions of a contest fared; two queries."""
    edge = QuestionEdge.objects.filter(contest=contest).first()
    found = tuple(of_question(tally) for tally in QuestionTally.objects.of(contest))
    by_lesson = sorted(found, key=lambda use: (use.question.topic, use.question.lesson))
    lessons = tuple(_of_lesson(name, part) for name, part in groupby(by_lesson, key=lambda use: use.question.lesson))
    return Use(edge.until if edge else None, lessons, found)


def of_question(tally: QuestionTally) -> QuestionUse:
    """The figures of a question from its sums."""
    shares = tuple(taken / tally.n for taken in tally.chosen)
    facility, blunt = tally.hits / tally.n, discrimination(tally)
    look = tuple(_look(tally.question.key, facility, blunt, shares[:-1])) if tally.n >= ENOUGH else ()
    return QuestionUse(tally.question, tally.n, facility, blunt, shares[:-1], shares[-1], look)


def discrimination(tally: QuestionTally) -> float | None:
    """Point-biserial correlation of being right here with the number right elsewhere in the paper; −1 to 1."""
    n, hits, rest = tally.n, tally.hits, tally.rest
    spread = hits * (n - hits) * (n * tally.rest_squares - rest * rest)
    return (n * tally.rest_of_hits - hits * rest) / sqrt(spread) if spread else None


def _look(key: int, facility: float, found: float | None, shares: Sequence[float]) -> Iterable[str]:
    """The rules of items.md §8, gravest first."""
    wrong = [share for place, share in enumerate(shares) if place != key]
    rules = {
        "beaten": max(wrong) > shares[key],
        "hard": facility < HARDEST,
        "easy": facility > EASIEST,
        "blunt": found is not None and found < LEAST_DISCRIMINATION,
        "idle": min(wrong) < LEAST_TAKEN,
    }
    return (name for name, holds in rules.items() if holds)


def _of_lesson(lesson: str, part: Iterable[QuestionUse]) -> LessonUse:
    uses = list(part)
    enough = [use for use in uses if use.n >= ENOUGH]
    blunt = [use.discrimination for use in enough if use.discrimination is not None]
    return LessonUse(
        lesson,
        len(uses),
        sum(use.n for use in uses),
        fmean(use.facility for use in enough) if enough else None,
        fmean(blunt) if blunt else None,
        sum(bool(use.look) for use in uses),
    )
