"""Where a contestant stood at a past moment, and who led then; as known then or as known today (figures.md §4).

From the runs of the buckets (past_runs.py), the steps that are not folded yet, and the corrections known: a place
in the contest costs the same whatever the number of contestants, a place in a unit what the people of that unit cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from lantoa.contests.models import Contest, Contestant
from lantoa.standings import past_walks
from lantoa.standings.figures import FOREVER, INSTANT
from lantoa.standings.ranks import Row, row_of


@dataclass(frozen=True, slots=True)
class PastRank:
    """A place in the contest, or in a unit, as of a moment, of how many."""

    missed: int
    ms: int
    rank: int
    total: int


def past_rank(me: Contestant, at: datetime, known_at: datetime | None = None) -> PastRank | None:
    """The place at ``at`` as known at ``known_at`` (None: today); None without a result then."""
    found = _fetch(past_walks.RANK, me.contest_id, at, known_at, contestant=me.pk)
    return PastRank(*found[0]) if found else None


def past_unit_rank(me: Contestant, at: datetime, known_at: datetime | None = None) -> PastRank | None:
    """The place in the unit that ``me`` counted for at ``at``, with those that had become part of it.

    As known at ``known_at`` (None: today); None without a result then.
    """
    found = _fetch(past_walks.UNIT_RANK, me.contest_id, at, known_at, contestant=me.pk)
    return PastRank(*found[0]) if found else None


def past_top(contest: Contest, n: int, at: datetime, known_at: datetime | None = None) -> tuple[Row, ...]:
    """The first ``n`` at ``at`` as known at ``known_at``, each with the unit of that moment; one query."""
    return tuple(row_of(contest, *line) for line in _fetch(past_walks.TOP, contest.pk, at, known_at, size=n))


def _fetch(
    statement: str, contest: int, at: datetime, known_at: datetime | None, **values: Any
) -> list[tuple[Any, ...]]:
    moment = {"at": at, "before": at + INSTANT, "known_at": known_at or FOREVER}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"contest": contest, **moment, **values})
        return list(cursor.fetchall())
