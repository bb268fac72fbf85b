"""When who does what: the first ten days of the history (simulate), as many people as asked for, in its own order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter
from random import Random
from typing import NamedTuple

from lantoa.management.simulate.history import History, make, stream
from lantoa.management.simulate.published import DAY, MINUTE, REFERENCE, Row, Rows
from lantoa.management.simulate.sittings import Exam, Sitting

LEARNS_AFTER = 0.5  # of the time from registering to the first sitting
FROM_ANOTHER_DEVICE = 0.08  # of those who come back on a later day: they sign in again, the others' cookies hold
RUNS_OUT = 0.01  # of the last sittings: begun, saved, never handed in
TWICE = 0.01  # press the last button two times
SHARES = 0.1  # of those who finish
LOOKS_UP = 0.3  # of those who sat: their place on the board
SOON = 20 * MINUTE  # after a sitting


class Deed(NamedTuple):
    """What somebody does; times in milliseconds of the history."""

    at: int
    who: int
    what: str  # a verb of Crowd
    took: int = 0
    device: bool = False  # another one: sign in first
    manner: str = ""  # of a sitting: "" handed in once, "twice", "open" never


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it, in the order of time."""

    history: History
    deeds: list[Deed]
    visits: list[int]  # pages seen by the end of each minute
    end: int


def scaled(share: float) -> Rows:
    """The published rows with so large a share of the people."""
    first, second = (
        Row(row.at, *(round(number * share) for number in (row.registered, row.finished, row.attempts, row.visits)))
        for row in REFERENCE
    )
    return first, second


def make_plan(seed: int, populations: Sequence[int], *, share: float, asked: int, may_run_out: float) -> Plan:
    """The days up to the first published moment. In their first part ``may_run_out`` a deadline falls into the run."""
    rows = scaled(share)
    end = rows[0].cut
    history = make(seed, populations, rows=rows, exam=Exam(asked)).until(end)
    deeds = sorted(_deeds(stream(seed, "deeds"), history, end, int(end * may_run_out)), key=attrgetter("at"))
    return Plan(history, deeds, list(accumulate(history.visits)), end)


def _deeds(rng: Random, history: History, end: int, early: int) -> list[Deed]:
    sittings: dict[int, list[Sitting]] = defaultdict(list)
    for sitting in history.sittings:
        sittings[sitting.who].append(sitting)
    found = []
    for who, (at, _unit) in enumerate(history.registrations):
        found.append(Deed(at, who, "register"))
        if mine := sittings.get(who):
            found += _of_one(rng, who, mine, registered=at, end=end, early=early)
    return found


def _of_one(rng: Random, who: int, mine: list[Sitting], *, registered: int, end: int, early: int) -> list[Deed]:
    """Somebody who finishes: learns, sits, shares perhaps."""
    first = mine[0].at - mine[0].took
    found = [Deed(int(registered + (first - registered) * LEARNS_AFTER), who, "learn")]
    came = registered
    for sitting in mine:
        begins = sitting.at - sitting.took
        another = begins // DAY > came // DAY and rng.random() < FROM_ANOTHER_DEVICE
        last = sitting is mine[-1]
        manner = "open" if last and begins < early and rng.random() < RUNS_OUT else ""
        manner = manner or ("twice" if rng.random() < TWICE else "")
        found.append(Deed(begins, who, "sit", sitting.took, another, manner))
        came = sitting.at
        if manner != "open" and rng.random() < LOOKS_UP:
            found.append(Deed(min(end, int(sitting.at + rng.random() * SOON)), who, "look_up"))
    if found[-1].manner != "open" and rng.random() < SHARES:
        found.append(Deed(min(end, int(came + rng.random() * SOON)), who, "share"))
    return found
