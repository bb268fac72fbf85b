"""Figures as plain data, one form for every door; outsiders may rely on the keys (docs/interfaces.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lantoa.lib.clock import VIETNAM
from lantoa.standings.figures import ClusterFigures, Counts, Day, Figures, Measure, UnitFigures
from lantoa.standings.small_cells import small, withheld

Plain = dict[str, Any]


def instant(at: datetime) -> str:
    """ISO 8601 to the second, in Vietnam's offset."""
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def plain(counted: Figures) -> Plain:
    """Contest, units, clusters; a ratio in parts of one; null where there is none, or where it is withheld (S27)."""
    places: dict[str, dict[str, int | None]] = {}
    for measure in Measure:
        for rank, unit in counted.by(measure):
            places.setdefault(unit.code, {})[measure.value] = rank
    closed = withheld(counted)
    return {
        **_counts(counted.total, closed=closed.total),
        "finished_units": counted.finished_units,
        "visits": counted.visits,
        "units": [_unit(unit, places[unit.code], closed=closed.holds(unit)) for unit in counted.units],
        "clusters": [_cluster(cluster, closed=closed.holds(cluster)) for cluster in counted.clusters],
    }


def plain_days(days: Iterable[Day]) -> list[Plain]:
    """The curve, a line a day; attempts null as long as they are withheld."""
    return [
        {
            "day": day.day.isoformat(),
            "registered": day.registered,
            "finished": day.finished,
            "attempts": None if small(day) else day.attempts,
        }
        for day in days
    ]


def _unit(unit: UnitFigures, rank: dict[str, int | None], *, closed: bool) -> Plain:
    place = {"code": unit.code, "name": unit.name, "cluster": unit.cluster[0] if unit.cluster else None}
    return {**place, **_counts(unit, closed=closed), "rank": rank}


def _cluster(cluster: ClusterFigures, *, closed: bool) -> Plain:
    place = {"code": cluster.code, "name": cluster.name, "units": cluster.units}
    return {**place, **_counts(cluster, closed=closed)}


def _counts(of: Counts, *, closed: bool) -> Plain:
    return {
        "registered": of.registered,
        "finished": of.finished,
        "attempts": None if closed else of.attempts,
        "population": of.population,
        "ratio": None if of.ratio is None else round(float(of.ratio), 8),
    }
