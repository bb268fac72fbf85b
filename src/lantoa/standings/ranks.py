"""Where a contestant stands, and the pages of the standings: from the tree of buckets, always exact (figures.md §4).

The buckets count whole slots before mine, `lantoa_change` what is not folded into them yet, and `lantoa_best` my own
slot by `exams/ranking.py`. Equal keys have equal ranks. The cost does not grow with the number of contestants.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from lantoa.contests.models import Contest, Contestant
from lantoa.exams.models import Best
from lantoa.lib.text import mask_name
from lantoa.standings import walks
from lantoa.units.models import Unit, full_name

PAGE = 50


@dataclass(frozen=True, slots=True)
class Ranks:
    """A contestant's places as of the reading: in the contest and in the unit, each of how many."""

    missed: int
    ms: int
    city: int
    city_total: int
    unit: int
    unit_total: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the standings; the name as the contest lets it be shown, empty for somebody not valid any more."""

    rank: int
    contestant: int
    name: str
    unit_code: str
    unit: str
    missed: int
    ms: int
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Fifty lines of the standings of a contest, or of one unit of it."""

    number: int
    rows: tuple[Row, ...]
    total: int
    unit: Unit | None

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def my_ranks(best: Best) -> Ranks:
    """The places of somebody's best result as it stands now; one query."""
    found = _ranks(best.contest_id, best.contestant_id)
    assert found is not None
    return found


def my_place(me: Contestant) -> Ranks | None:
    """A contestant's places; None before the first finished attempt. One query."""
    return _ranks(me.contest_id, me.pk)


def _ranks(contest: int, contestant: int) -> Ranks | None:
    with connection.cursor() as cursor:
        cursor.execute(walks.RANKS, {"contest": contest, "contestant": contestant})
        found = cursor.fetchone()
    return Ranks(*found) if found else None


def page_of(rank: int) -> int:
    """The page that shows a rank."""
    return (rank - 1) // PAGE + 1


def top(contest: Contest, n: int) -> tuple[Row, ...]:
    """The first ``n`` of the contest; one query."""
    return _walk(contest, 1, n, None).rows


def page(contest: Contest, number: int, unit: str | None = None) -> Page:
    """Page ``number`` (from 1) of the contest, or of the unit with that code; raises Unit.DoesNotExist. One query."""
    return _walk(contest, number, PAGE, unit)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of the standings behind a key; ``more`` when others follow."""

    rows: tuple[Row, ...]
    total: int
    unit: Unit | None
    more: bool


def after(contest: Contest, row: tuple[int, int, datetime, int] | None, size: int, unit: str | None = None) -> Stretch:
    """``size`` lines behind the key of a row (missed, ms, submitted_at, contestant), or the first.

    Of the contest, or of the unit of that code; raises Unit.DoesNotExist. One query, which costs the same at any depth.
    """
    missed, ms, at, last = row or (-1, -1, datetime.min.replace(tzinfo=UTC), 0)
    parameters = {"contest": contest.pk, "missed": missed, "ms": ms, "at": at, "last": last, "code": unit}
    statement = walks.CITY_AFTER if unit is None else walks.UNIT_AFTER
    found, shown = _lines(walks.sized(statement, size + 1), parameters, unit)
    rows = tuple(row_of(contest, *line[4:]) for line in found if line[4] is not None)
    return Stretch(rows[:size], found[0][0], shown, len(rows) > size)


def _walk(contest: Contest, number: int, size: int, unit: str | None) -> Page:
    parameters = {"contest": contest.pk, "offset": (number - 1) * size, "code": unit}
    statement = walks.CITY_PAGE if unit is None else walks.UNIT_PAGE
    found, shown = _lines(walks.sized(statement, size), parameters, unit)
    rows = tuple(row_of(contest, *line[4:]) for line in found if line[4] is not None)
    return Page(number, rows, found[0][0], shown)


def _lines(statement: str, parameters: dict[str, Any], unit: str | None) -> tuple[list[Any], Unit | None]:
    """What a statement of `walks.py` finds, and the unit that it is about; raises Unit.DoesNotExist."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchall()
    if not found:
        raise Unit.DoesNotExist(unit)
    _, code, kind, name = found[0][:4]
    return found, Unit(code=code, kind=kind, name=name) if unit is not None else None


def row_of(contest: Contest, rank: int, contestant: int, person: str, *rest: Any) -> Row:
    """A line as the contest lets it be shown."""
    code, kind, name, *key = rest
    shown = person if contest.public_names == "full" else mask_name(person)
    return Row(rank, contestant, shown, code, full_name(kind, name), *key)
