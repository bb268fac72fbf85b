"""The contestants' own books beside the database's: what was acknowledged is kept once, and right (R01, R16).

Counted by plain SQL and Python from tables alone; nothing of the product's code is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from torture.page import ASKED, Sat
from torture.rig import Installation, Job

_ATTEMPTS = """
SELECT contestant_id, number, correct, duration_ms, submitted_at, answers, closed_by, started_at, deadline, id
  FROM lantoa_attempt ORDER BY contestant_id, number
"""


def differences(place: Installation, sats: Iterable[Sat]) -> list[str]:
    """Every fault by name; none when all is as it was acknowledged."""
    with place.connect() as wire:
        attempts = {(row[0], row[1]): row for row in wire.execute(_ATTEMPTS).fetchall()}
        counts = {
            "entries": _counted(wire, "SELECT contestant_id, number FROM lantoa_entry WHERE number > 0"),
            "movements": _counted(wire, "SELECT contestant_id, at FROM lantoa_movement WHERE att = 1"),
        }
        best = dict(wire.execute("SELECT contestant_id, attempt_id FROM lantoa_best").fetchall())
        unnumbered = wire.execute(
            "SELECT count(*) FROM lantoa_entry e WHERE NOT EXISTS (SELECT FROM lantoa_leaf WHERE entry_id = e.id)"
            " AND NOT EXISTS (SELECT FROM lantoa_waiting WHERE entry_id = e.id)"
        ).fetchone()
    closed = {key: row for key, row in attempts.items() if row[4] is not None}
    return [
        *_promised(sats, closed),
        *_once(closed, counts),
        *_best(closed, best),
        *([f"{unnumbered[0]} entries neither wait nor have a number"] if unnumbered and unnumbered[0] else []),
    ]


def _counted(wire: Any, statement: str) -> Counter[tuple[Any, ...]]:
    return Counter(wire.execute(statement).fetchall())


def _promised(sats: Iterable[Sat], closed: dict[Any, Any]) -> Iterable[str]:
    met: set[tuple[int, int]] = set()
    for sat in sats:
        key = (sat.contestant, sat.number)
        row = closed.get(key)
        name = f"attempt {sat.contestant}/{sat.number}"
        if row is None or key in met:  # a number that is given twice had been forgotten in between
            if sat.acknowledged:
                yield f"{name}: acknowledged and lost"
        elif sat.acknowledged and row[6] == "submit" and row[2] != sat.right:
            yield f"{name}: {row[2]} right instead of {sat.right}"
        if len(sat.receipts) > 1 or len(sat.codes) > 1:
            yield f"{name}: different acknowledgements {sorted(sat.receipts | sat.codes)}"
        if sat.acknowledged:
            met.add(key)


def _once(closed: dict[Any, Any], counts: dict[str, Counter[tuple[Any, ...]]]) -> Iterable[str]:
    moments = Counter((row[0], row[4]) for row in closed.values())
    wanted = {"entries": Counter(list(closed)), "movements": moments}
    for what, found in counts.items():
        for key in found - wanted[what]:
            yield f"{what} of {key}: more than one, or of nothing"
        for key in wanted[what] - found:
            yield f"{what} of {key}: none"


def _best(closed: dict[Any, Any], best: dict[Any, Any]) -> Iterable[str]:
    """The fewest missed, then the least time, then the earlier: by the published rule, worked out once more."""
    ranked: dict[int, tuple[Any, ...]] = {}
    for (who, _), row in closed.items():
        key = (ASKED - row[2], row[3], row[4], row[9])
        ranked[who] = min(ranked.get(who, key), key)
    for who, key in ranked.items():
        if best.get(who) != key[3]:
            yield f"best of {who}: {best.get(who)} instead of {key[3]}"
    for who in best.keys() - ranked.keys():
        yield f"best of {who}: without an attempt"


def recounted(place: Installation) -> list[str]:
    """The product's own checks, in a process apart: figures against facts, facts against the log."""
    with place.jobs() as lantoa:
        return compared(lantoa)


def compared(lantoa: Job) -> list[str]:
    """The same, by a process that runs already."""
    faults = []
    for command in (["rebuild", "thu-nghiem", "--check"], ["log", "verify", "thu-nghiem"]):
        status, said = lantoa(*command)
        if status:
            faults.append(f"{' '.join(command)}: {said[-2000:]}")
    return faults
