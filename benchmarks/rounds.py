"""One round of the bench: every story walked in step by many, the CPU of site and database by request.

All walkers put the same request at the same time over the connections given; the figure of a request is what both
process trees spent meanwhile, divided by the walkers. The first walkers of a step warm it up.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.installation import HOST, Cpu
from benchmarks.wire import Answer, Asked, Connection, Visit, connected, drive

WARM = 8  # the first requests of a step are not counted
SETTLE = 0.05  # seconds for what ends after the answer: commits, the log of the server


@dataclass(frozen=True)
class Watched:
    """Where the site answers, and the two process trees that work for it."""

    port: int
    application: int
    database: int

    def connected(self, count: int) -> AbstractContextManager[list[Connection]]:
        """So many connections to the site, kept until the end."""
        return connected(HOST, self.port, count)

    def cpu(self) -> tuple[Cpu, Cpu]:
        """What both have spent so far."""
        return Cpu.of_tree(self.application), Cpu.of_tree(self.database)


@dataclass
class Cost:
    """What a request cost in each round."""

    app_ms: list[float] = field(default_factory=list)
    db_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)
    size: int = 0
    times: int = 1  # how often a visit makes it

    def report(self) -> dict[str, float]:
        """Medians over the rounds."""
        found = {"app_ms": median(self.app_ms), "db_ms": median(self.db_ms), "wall_ms": median(self.wall_ms)}
        return {name: round(value, 3) for name, value in found.items()} | {"bytes": self.size}


Costs = dict[str, Cost]


@dataclass
class _Step:
    """All requests of one name in one walk."""

    app: float = 0.0
    db: float = 0.0
    made: int = 0
    walls: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def together(stories: Iterable[Sequence[Visit]]) -> list[tuple[Visit, ...]]:
    """Everybody's first visit, everybody's second, and so on."""
    return list(zip(*stories, strict=True))


def walk_together(
    visits: Sequence[Visit],
    watched: Watched,
    costs: Costs,
    *,
    connections: Sequence[Connection],
    between: Callable[[str], Any] = lambda _name: None,
) -> None:
    """Walk all ``visits`` in step and add what each request cost; ``between`` hears the name of the step that comes."""
    steps: dict[str, _Step] = defaultdict(_Step)
    rounds: dict[str, int] = defaultdict(int)
    asked = [next(visit) for visit in visits]
    while asked:
        (name,) = {one.name for one in asked}
        between(name)
        rounds[name] += 1
        answers = _counted(asked, watched, steps[name], connections)
        asked = [
            following for visit, answer in zip(visits, answers, strict=True) if (following := _next(visit, answer))
        ]
    for name, step in steps.items():
        cost = costs.setdefault(name, Cost())
        visitors = step.made / rounds[name]
        cost.times = 1 if name == "start" else rounds[name]  # a start that leads to its paper is one start
        cost.app_ms.append(1000 * step.app / visitors / cost.times)
        cost.db_ms.append(1000 * step.db / visitors / cost.times)
        cost.wall_ms.append(1000 * median(step.walls) * rounds[name] / cost.times)
        cost.size = round(median(step.sizes))


def _next(visit: Visit, answer: Answer) -> Asked | None:
    try:
        return visit.send(answer)
    except StopIteration:
        return None


def _counted(asked: list[Asked], watched: Watched, step: _Step, connections: Sequence[Connection]) -> list[Answer]:
    found: dict[int, Answer] = {}

    def once(question: Asked, place: int) -> Visit:
        found[place] = yield question

    visits = [once(question, place) for place, question in enumerate(asked)]
    drive((visits[:WARM], connections))
    before = watched.cpu()
    times = drive((visits[WARM:], connections))
    time.sleep(SETTLE)
    spent = [after.since(then) for after, then in zip(watched.cpu(), before, strict=True)]
    step.app += spent[0]
    step.db += spent[1]
    step.made += len(asked) - WARM
    step.walls += [value for values in times.seconds.values() for value in values]
    step.sizes += [value for values in times.sizes.values() for value in values]
    return [found[place] for place in range(len(asked))]
