"""Results read back: of one attempt, of one person; never which answer was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lantoa.contests.models import Contestant
from lantoa.exams.bank import open_bank
from lantoa.exams.marking import hits
from lantoa.exams.models import NEWEST, Attempt


@dataclass(frozen=True)
class Result:
    """The three criteria of `ranking.py`."""

    missed: int
    ms: int
    submitted_at: datetime


@dataclass(frozen=True)
class TopicScore:
    """How many of a topic's questions in the paper were right."""

    topic: int
    right: int
    asked: int


def by_topic(attempt: Attempt) -> list[TopicScore]:
    """What to study next (experience.md page 6): counts by topic, and nothing about single questions."""
    opened = open_bank(attempt.bank_id)
    marks = hits(attempt.answers, attempt.orders, opened.keys(attempt.questions))
    topics = opened.topics(attempt.questions)
    scores = []
    for topic in sorted(set(topics)):
        mine = [mark for mark, of in zip(marks, topics, strict=True) if of == topic]
        scores.append(TopicScore(topic, sum(mine), len(mine)))
    return scores


def result_of(attempt: Attempt) -> Result:
    """What a submitted attempt ranks by."""
    assert attempt.correct is not None
    assert attempt.duration_ms is not None
    assert attempt.submitted_at is not None
    return Result(len(attempt.questions) - attempt.correct, attempt.duration_ms, attempt.submitted_at)


def attempts_of(contestant: Contestant, before: int = NEWEST) -> list[Attempt]:
    """The newest SHOWN attempts of a person, or the newest before one of them."""
    return Attempt.objects.of(contestant, before)


def attempt_of(contestant: Contestant, number: int) -> Attempt | None:
    """One attempt of this person, with the best result that stands."""
    return Attempt.objects.numbered(contestant, number)


def has_finished(contestant: Contestant) -> bool:
    """Whether an exam was finished at all: it opens the share and freezes the name."""
    return Attempt.objects.finished(contestant)


def earliest_overdue(contest_pk: int, at: datetime) -> datetime | None:
    """The oldest deadline that passed without a submission yet: facts as of it are still to come (the fold waits)."""
    overdue = Attempt.objects.filter(contestant__contest=contest_pk, submitted_at__isnull=True, deadline__lte=at)
    return overdue.order_by("deadline").values_list("deadline", flat=True).first()
