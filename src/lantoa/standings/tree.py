"""The tree of rank buckets: how a result finds its slot at each level (figures.md §4).

Level 0 counts results by `missed`, level 1 by minute, level 2 by second, level 3 (the city only) by 50 ms. The last
slot is counted exactly from `lantoa_best` by `exams/ranking.py`; the tree uses its first two criteria, whole numbers.
"""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.exams.ranking import RANKING

CITY = -1
WIDTHS = (60_000, 1_000, 50)  # ms a slot holds at levels 1, 2, 3
CITY_DEPTH = 3
UNIT_DEPTH = 2

# Both are whole numbers and come first: a change of the ranking must change the tree, and a test says so.
assert RANKING[:2] == ("missed", "ms")

_NODES = ",".join(
    f"({city},{level},{width})"
    for city, depth in (("true", CITY_DEPTH), ("false", UNIT_DEPTH))
    for level, width in enumerate(("NULL::int", *WIDTHS[:depth]))
)


def width(depth: int) -> int:
    """How many milliseconds the finest slot of a tree of that depth holds."""
    return WIDTHS[depth - 1]


def steps(changes: str) -> str:
    """Signed steps (unit_id, missed, ms, n) of rows of `lantoa_change`: the new result comes, the old one goes."""
    return (
        f"SELECT unit_id, new_missed AS missed, new_ms AS ms, 1 AS n FROM {changes} WHERE new_missed IS NOT NULL "
        f"UNION ALL SELECT unit_id, old_missed, old_ms, -1 FROM {changes} WHERE old_missed IS NOT NULL"
    )


def slots(source: str) -> str:
    """Bucket rows (unit_id, level, missed, slot, n) that the signed steps of ``source`` add up to."""
    return (
        f"SELECT CASE WHEN node.city THEN {CITY} ELSE s.unit_id END AS unit_id, node.level, s.missed, "
        f"coalesce(s.ms / node.width, 0) AS slot, sum(s.n)::int AS n FROM {source} s "
        f"CROSS JOIN (VALUES {_NODES}) AS node(city, level, width) GROUP BY 1, 2, 3, 4 HAVING sum(s.n) <> 0"
    )
