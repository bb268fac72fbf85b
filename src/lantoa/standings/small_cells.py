"""Which numbers of attempts are not given out, because fewer than five people made them (reliability.md S27).

That a unit has three finishers is the contest's own news. How often these three tried is theirs: `attempts` of fewer
than ENOUGH finishers is withheld, also where it would follow from other numbers of the same moment by subtraction.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from lantoa.standings.figures import STATES, ClusterFigures, Counts, Day, Figures, UnitFigures

ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Withheld:
    """Codes of the units and clusters whose attempts are not given; whether the contest's own are not."""

    units: frozenset[str]
    clusters: frozenset[str]
    total: bool

    def holds(self, row: UnitFigures | ClusterFigures) -> bool:
        """Whether the attempts of this row are not given."""
        return row.code in (self.units if isinstance(row, UnitFigures) else self.clusters)


def small(of: Counts | Day) -> bool:
    """Too few finishers to hide among."""
    return 0 < of.finished < ENOUGH


def withheld(counted: Figures) -> Withheld:
    """What is closed at that moment: what sums leave open is about five people or nobody.

    The small units; a cluster in which they would be found by subtraction; and one larger unit, with its cluster, where
    the same would be possible in the whole contest.
    """
    return _withheld(counted.units, counted.total)


@lru_cache(STATES)
def _withheld(units: tuple[UnitFigures, ...], total: Counts) -> Withheld:
    hidden = [unit for unit in units if small(unit)]
    inside: Counter[str] = Counter()
    for unit in hidden:
        inside[_cluster(unit)] += unit.finished
    clusters = {code for code, finished in inside.items() if code and finished < ENOUGH}
    left_open = inside[""] + sum(inside[code] for code in clusters)
    larger = [unit for unit in units if unit.finished >= ENOUGH]
    if 0 < left_open < ENOUGH and not larger:
        # Everybody is in a small unit: one cluster that could be told is closed too.
        clusters |= set(sorted(inside.keys() - clusters - {""}, key=lambda code: (inside[code], code))[:1])
    elif 0 < left_open < ENOUGH:
        cover = min(larger, key=lambda unit: (_cluster(unit) not in {"", *clusters}, unit.finished, unit.code))
        hidden.append(cover)
        clusters |= {_cluster(cover)} - {""}
    return Withheld(frozenset(unit.code for unit in hidden), frozenset(clusters), small(total))


def _cluster(unit: UnitFigures) -> str:
    return unit.cluster[0] if unit.cluster else ""
