"""The tree of rank buckets: how a result finds its place at each level (figures.md §4).

A bucket counts results by its parts: level 0 by `missed`, level 1 by minute; for the city level 2 by second, level 3 by
50 ms. It is one row, so that a reader meets one row a level whatever the crowd. The last part is counted exactly from
`lantoa_best` by `exams/ranking.py`; the tree uses its first two criteria, whole numbers.
"""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.exams.ranking import RANKING

CITY = -1
WIDTHS = (60_000, 1_000, 50)  # ms a part holds at levels 1, 2, 3
CITY_DEPTH = 3
UNIT_DEPTH = 1

# Both are whole numbers and come first: a change of the ranking must change the tree, and a test says so.
assert RANKING[:2] == ("missed", "ms")

_NODES = ",".join(
    f"({city},{level},{whole},{part})"
    for city, depth in (("true", CITY_DEPTH), ("false", UNIT_DEPTH))
    for level, (whole, part) in enumerate(
        zip(("NULL::int", "NULL", *WIDTHS[: depth - 1]), ("NULL::int", *WIDTHS[:depth]), strict=True)
    )
)


# Where a step `s` lies in a level: the row, and the part of it from 1.
_LYING = (
    "CASE WHEN node.level > 0 THEN s.missed ELSE 0 END AS missed, coalesce(s.ms / node.whole, 0) AS slot, "
    "coalesce(coalesce(mod(s.ms, node.whole), s.ms) / node.part, s.missed) + 1 AS place"
)


def width(depth: int) -> int:
    """How many milliseconds the finest part of a tree of that depth holds."""
    return WIDTHS[depth - 1]


def steps(changes: str) -> str:
    """Signed steps (unit_id, missed, ms, n) of rows of `lantoa_change`: the new result comes, the old one goes."""
    return (
        f"SELECT unit_id, new_missed AS missed, new_ms AS ms, 1 AS n FROM {changes} WHERE new_missed IS NOT NULL "
        f"UNION ALL SELECT unit_id, old_missed, old_ms, -1 FROM {changes} WHERE old_missed IS NOT NULL"
    )


def where(level: int, missed: str = "", ms: str = "") -> str:
    """The condition on `lantoa_bucket` that finds the row of a level in which that result is counted; level 0: all."""
    slot = f"{ms} / {WIDTHS[level - 2]}" if level > 1 else "0"
    return f"level = {level} AND missed = {missed if level else 0} AND slot = {slot}"


def place(level: int, missed: str, ms: str) -> str:
    """How many parts of that row lie before the one of that result."""
    inside = f"mod({ms}, {WIDTHS[level - 2]})" if level > 1 else ms
    return f"{inside} / {WIDTHS[level - 1]}" if level else missed


def parts(source: str) -> str:
    """Counts (unit_id, level, missed, slot, place from 1, n) that the signed steps of ``source`` add up to."""
    return (
        f"SELECT CASE WHEN node.city THEN {CITY} ELSE s.unit_id END AS unit_id, node.level, "
        f"{_LYING}, sum(s.n)::int AS n "
        f"FROM {source} s CROSS JOIN (VALUES {_NODES}) AS node(city, level, whole, part) "
        "GROUP BY 1, 2, 3, 4, 5 HAVING sum(s.n) <> 0"
    )


def placed(source: str) -> str:
    """Where each signed step (at, n, missed, ms) of ``source`` lies in the city's levels."""
    return (
        f"SELECT s.at, s.n, node.level, {_LYING} FROM {source} s CROSS JOIN (VALUES {_NODES}) "
        "AS node(city, level, whole, part) WHERE node.city"
    )


def buckets(source: str) -> str:
    """Rows (unit_id, level, missed, slot, counts) that the signed steps of ``source`` add up to, sorted by key."""
    return f"""SELECT unit_id, level, missed, slot, ARRAY(
        SELECT coalesce(part.n, 0) FROM generate_series(1, max(counted.place)) AS place
          LEFT JOIN unnest(array_agg(counted.place), array_agg(counted.n)) AS part(place, n) USING (place)
         ORDER BY place) AS counts
  FROM ({parts(source)}) counted GROUP BY unit_id, level, missed, slot ORDER BY unit_id, level, missed, slot"""
