"""The figures of any moment: contest, units, clusters, made in Python from the rows of one query (figures.md §3).

Cost does not grow with the number of contestants: the last totals kept, plus the few facts behind them. What follows
from the rows (units, ranks, clusters) is a function of them alone: of the same rows it is made once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar

from django.db import connection

from lantoa.contests.calendar import end_of, last_day
from lantoa.contests.models import Contest
from lantoa.lib.clock import VIETNAM
from lantoa.lib.hashed import Hashed
from lantoa.standings import statements
from lantoa.units.models import COMMUNE_LEVEL, full_name

FOREVER = datetime.max.replace(tzinfo=UTC)  # as known today
SETTLES = timedelta(seconds=60)  # after this, facts of an instant are all there (statements.SETTLED)
STATES = 32  # of the counts, for which a process remembers what follows from them
INSTANT = timedelta(microseconds=1)  # the database's grain: `at <= T` is `at < T + 1 µs`


class Measure(StrEnum):
    """What units and clusters are compared by (M13)."""

    RATIO = "ratio"
    FINISHED = "finished"
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is counted of a unit, a cluster or the whole contest; population None where one is missing."""

    registered: int
    finished: int
    attempts: int
    population: int | None

    @property
    def ratio(self) -> Fraction | None:
        """Finished over population (seed A, M12), exact."""
        return Fraction(self.finished, self.population) if self.population else None

    def value(self, measure: Measure) -> Fraction | int | None:
        """What a measure compares; None does not rank."""
        if measure is Measure.RATIO:
            return self.ratio
        return self.finished if measure is Measure.FINISHED else self.registered


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFigures(Counts):
    """A cluster: the sum of its units."""

    code: str
    name: str
    units: int

    @property
    def search(self) -> str:
        """The order among equals."""
        return self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFigures(Counts):
    """A unit that competes, with everything of the units that became part of it."""

    id: int
    code: str
    name: str
    search: str
    cluster: tuple[str, str] | None  # code and name
    parts: tuple[int, ...]  # itself and the units that became part of it


T = TypeVar("T", ClusterFigures, UnitFigures)


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that counted at a moment, as known at a moment."""

    at: datetime
    known_at: datetime
    total: Counts
    visits: int
    units: tuple[UnitFigures, ...]

    @property
    def finished_units(self) -> int:
        """In how many units somebody finished."""
        return sum(unit.finished > 0 for unit in self.units)

    @property
    def clusters(self) -> tuple[ClusterFigures, ...]:
        """The clusters of these units, by code."""
        return _clusters(self.units)

    def by(self, measure: Measure) -> tuple[tuple[int | None, UnitFigures], ...]:
        """All units with their rank by that measure, the first first."""
        return _by(self.units, measure)


def ranked(rows: Iterable[T], measure: Measure) -> list[tuple[int | None, T]]:
    """Competition ranks: equal values, equal rank; what has no value comes last and has none."""
    valued = sorted(
        ((row.value(measure), row) for row in rows), key=lambda pair: (pair[0] is None, -(pair[0] or 0), pair[1].search)
    )
    places: list[tuple[int | None, T]] = []
    for number, (value, row) in enumerate(valued):
        equal = number > 0 and valued[number - 1][0] == value
        places.append((None if value is None else places[-1][0] if equal else number + 1, row))
    return places


@lru_cache(STATES)
def _by(units: tuple[UnitFigures, ...], measure: Measure) -> tuple[tuple[int | None, UnitFigures], ...]:
    return tuple(ranked(units, measure))


@lru_cache(STATES)
def _clusters(units: tuple[UnitFigures, ...]) -> tuple[ClusterFigures, ...]:
    members = sorted((u for u in units if u.cluster), key=lambda u: u.cluster or ("", ""))
    grouped = groupby(members, key=lambda u: u.cluster or ("", ""))
    return tuple(_cluster(code, name, list(inside)) for (code, name), inside in grouped)


def figures(contest: Contest, at: datetime, known_at: datetime | None = None) -> Figures:
    """What counted at ``at`` as known at ``known_at`` (None: as known today); one query."""
    known_at = known_at or FOREVER
    with connection.cursor() as cursor:
        cursor.execute(statements.FIGURES, _parameters(contest, at, known_at) | {"before": at + INSTANT})
        rows = cursor.fetchall()
    found = tuple(row[1:] for row in rows if row[1] is not None)
    units = _units(found, at.astimezone(VIETNAM).date())
    return Figures(at, known_at, _total(units), rows[0][0], units)


def newest_minute(now: datetime) -> datetime:
    """The last whole minute whose figures do not change any more."""
    return (now - SETTLES).replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Day:
    """Running totals at the end of a day, or at the moment asked for."""

    day: date
    registered: int
    finished: int
    attempts: int


def curve(contest: Contest, at: datetime, known_at: datetime | None = None) -> tuple[Day, ...]:
    """Running totals day by day from the opening to ``at`` (Vietnam's days), the last day as of ``at``; one query."""
    first = contest.opens_at.astimezone(VIETNAM).date()
    last = min(at.astimezone(VIETNAM).date(), last_day(contest.closes_at))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    points = [min(end_of(day), at + INSTANT) for day in days]
    with connection.cursor() as cursor:
        cursor.execute(statements.CURVE, _parameters(contest, at, known_at or FOREVER) | {"points": points})
        return tuple(Day(day, *row) for day, row in zip(days, cursor.fetchall(), strict=True))


def _parameters(contest: Contest, at: datetime, known_at: datetime) -> dict[str, Any]:
    return {"contest": contest.pk, "kinds": list(COMMUNE_LEVEL), "at": at, "known_at": known_at}


@dataclass(frozen=True, slots=True)
class _Place:
    """A row of the query: one unit, and into which one it counts since when."""

    id: int
    shown: int
    since: datetime | None
    code: str
    name: str
    kind: str
    search: str
    valid_from: date | None
    valid_to: date | None
    cluster_code: str | None
    cluster_name: str | None
    registered: int
    finished: int
    attempts: int
    population: int | None
    population_from: date | None

    def exists(self, day: date) -> bool:
        """Whether the unit stands on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@lru_cache(STATES)
def _units(rows: tuple[tuple[Any, ...], ...], day: date) -> Hashed[UnitFigures]:
    """The units shown: those that stand on that day, and whichever counts anything, so that nothing disappears."""
    places = [_Place(*row) for row in rows]
    into: dict[int, list[_Place]] = {}
    for place in places:
        into.setdefault(place.shown, []).append(place)
    shown = [_unit(place, into[place.id]) for place in places if place.id in into]
    standing = {place.id for place in places if place.exists(day)}
    kept = (unit for unit in shown if unit.id in standing or unit.registered or unit.finished or unit.attempts)
    return Hashed(sorted(kept, key=lambda unit: (unit.search, unit.code)))


def _unit(place: _Place, members: Sequence[_Place]) -> UnitFigures:
    cluster = (place.cluster_code, place.cluster_name) if place.cluster_code and place.cluster_name else None
    return UnitFigures(
        id=place.id,
        code=place.code,
        name=full_name(place.kind, place.name),
        search=place.search,
        cluster=cluster,
        parts=tuple(member.id for member in members),
        registered=sum(member.registered for member in members),
        finished=sum(member.finished for member in members),
        attempts=sum(member.attempts for member in members),
        population=_population(place, members),
    )


def _population(place: _Place, members: Sequence[_Place]) -> int | None:
    """The unit's own number, if it dates from the last merger or later; before that, the sum of those that merged.

    A number that is missing makes the sum unknown: a small denominator must not win. A unit that the merger itself
    founded had no people of its own before.
    """
    joined = [member.since.astimezone(VIETNAM).date() for member in members if member.since]
    if not joined or (place.population_from and place.population_from >= max(joined)):
        return place.population
    founded = place.population is None and place.valid_from is not None and place.valid_from >= min(joined)
    numbers = [member.population for member in members if not (founded and member is place)]
    return sum(n for n in numbers if n is not None) if all(n is not None for n in numbers) else None


@lru_cache(STATES)
def _total(units: tuple[UnitFigures, ...]) -> Counts:
    return summed(units)


def summed(rows: Sequence[Counts]) -> Counts:
    """All of them together; the population is unknown when one of them is."""
    numbers = [row.population for row in rows]
    return Counts(
        registered=sum(row.registered for row in rows),
        finished=sum(row.finished for row in rows),
        attempts=sum(row.attempts for row in rows),
        population=sum(n for n in numbers if n is not None) if rows and None not in numbers else None,
    )


def _cluster(code: str, name: str, units: Sequence[UnitFigures]) -> ClusterFigures:
    total = summed(units)
    return ClusterFigures(
        code=code,
        name=name,
        units=len(units),
        registered=total.registered,
        finished=total.finished,
        attempts=total.attempts,
        population=total.population,
    )
