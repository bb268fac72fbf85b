"""Who would win each prize as of now, by the rule of each, with the evidence; nothing here decides (M11, M12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from lantoa.awards.models import Prize
from lantoa.contests.models import Contest
from lantoa.exams.models import Best
from lantoa.exams.ranking import RANKING, key, ranks
from lantoa.lib import clock
from lantoa.standings.figures import Measure, UnitFigures, figures


@dataclass(frozen=True)
class Place:
    """Somebody in reach of a prize. ``tied``: more share this rank than the prize has places left."""

    rank: int
    tied: bool
    who: Person | Community


@dataclass(frozen=True)
class Person:
    """A contestant and what decides."""

    name: str
    unit: str
    attempt: int
    correct: int
    asked: int
    ms: int
    submitted_at: datetime


@dataclass(frozen=True)
class Community:
    """A unit and what decides."""

    unit: str
    finished: int
    population: int
    ratio: Fraction


@dataclass(frozen=True)
class PrizeWinners:
    """A prize with those in reach of it."""

    prize: Prize
    places: tuple[Place, ...]

    @property
    def tied(self) -> bool:
        """Whether somebody has to decide."""
        return any(place.tied for place in self.places)


def provisional(contest: Contest, at: datetime | None = None) -> list[PrizeWinners]:
    """Each prize in its order: individual ones by `exams/ranking.py`, unit ones by finished over population."""
    prizes = list(Prize.objects.of(contest))
    people = [prize for prize in prizes if prize.rule == Prize.Rule.INDIVIDUAL]
    units = [prize for prize in prizes if prize.rule == Prize.Rule.UNIT_RATIO]
    found = {
        **_given(people, _people(contest, sum(prize.count for prize in people))),
        **_given(units, _units(contest, at or clock.now()) if units else []),
    }
    return [PrizeWinners(prize, found.get(prize.pk, ())) for prize in prizes]


Row = tuple[int, Person | Community]


def _given(prizes: Iterable[Prize], rows: Sequence[Row]) -> dict[int, tuple[Place, ...]]:
    """Each prize takes the next places. Who shares a rank across a cut stands on both sides of it, as a tie."""
    size = {rank: sum(other == rank for other, _ in rows) for rank, _ in rows}
    given, first = {}, 1
    for prize in prizes:
        last = first + prize.count - 1
        given[prize.pk] = tuple(
            Place(rank, tied=rank < first or rank + size[rank] - 1 > last, who=who)
            for rank, who in rows
            if rank <= last and rank + size[rank] - 1 >= first
        )
        first = last + 1
    return given


def _people(contest: Contest, count: int) -> list[Row]:
    """The first ``count`` valid ones of the contest, and all who are equal to the last of them."""
    ordered = Best.objects.filter(contest=contest, contestant__valid_at__isnull=False).order_by(*RANKING)
    best = list(ordered.select_related("attempt", "contestant__person", "unit")[:count])
    if best:
        last = {column: getattr(best[-1], column) for column in RANKING}
        known = {row.contestant_id for row in best}
        equal = ordered.filter(**last).select_related("attempt", "contestant__person", "unit")
        best += [row for row in equal if row.contestant_id not in known]
    best.sort(key=lambda row: (key(row), row.contestant.person.sort_key))
    return [(rank, _person(row)) for rank, row in zip(ranks(best), best, strict=True)]


def _person(best: Best) -> Person:
    attempt, contestant = best.attempt, best.contestant
    assert attempt.correct is not None
    return Person(
        name=contestant.person.full_name,
        unit=best.unit.full_name,
        attempt=attempt.number,
        correct=attempt.correct,
        asked=len(attempt.questions),
        ms=best.ms,
        submitted_at=best.submitted_at,
    )


def _units(contest: Contest, at: datetime) -> list[Row]:
    """Units with a known population in which somebody finished, by the ratio."""
    placed = figures(contest, at).by(Measure.RATIO)
    return [(rank, _community(unit)) for rank, unit in placed if rank is not None and unit.finished]


def _community(unit: UnitFigures) -> Community:
    assert unit.population is not None
    assert unit.ratio is not None
    return Community(unit.name, unit.finished, unit.population, unit.ratio)
