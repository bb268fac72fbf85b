"""The generator's own books: what was acknowledged to whom, what was measured, what failed and where."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

SHOWN = 60  # failures kept in full; all are counted


class Sat(NamedTuple):
    """An attempt whose result was shown."""

    number: int
    right: int
    seconds: int  # as the page rounds them


@dataclass(slots=True)
class Person:
    """Somebody of the crowd: invented, with a browser's cookies."""

    serial: int  # of the invented numbers
    unit: str  # code
    cookies: dict[str, str] = field(default_factory=dict)
    registered: bool = False
    learned: bool = False
    sat: list[Sat] = field(default_factory=list)
    left_open: int = 0  # the number of an attempt that was never handed in
    shared: bool = False

    @property
    def best(self) -> Sat:
        """The result that counts, as far as pages tell: more right answers, then less time."""
        return min(self.sat, key=lambda sat: (-sat.right, sat.seconds))


class Failure(NamedTuple):
    """An honest request that got no good answer."""

    step: str
    why: str
    person: int
    at: float  # seconds from the start


@dataclass(slots=True)
class Books:
    """Everything that was acknowledged and measured."""

    people: list[Person] = field(default_factory=list)
    visits: int = 0  # pages of the contest that came whole, as the site's own rule counts them
    saves: int = 0
    shares: int = 0
    cards: int = 0
    sign_ins: int = 0
    answers: int = 0  # of all requests
    times: dict[str, array[float]] = field(default_factory=dict)  # seconds by step
    failures: list[Failure] = field(default_factory=list)
    failed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def took(self, step: str, seconds: float) -> None:
        """Note how long an answer took."""
        self.answers += 1
        known = self.times.get(step)
        if known is None:
            known = self.times[step] = array("f")
        known.append(seconds)

    def fail(self, step: str, why: str, person: int, at: float) -> None:
        """Note what went wrong."""
        self.failed[step, why] += 1
        if len(self.failures) < SHOWN:
            self.failures.append(Failure(step, why, person, at))

    @property
    def errors(self) -> int:
        """How many honest requests failed."""
        return self.failed.total()

    def registered(self) -> Counter[str]:
        """People by unit."""
        return Counter(person.unit for person in self.people if person.registered)

    def finished(self) -> Counter[str]:
        """People with a result, by unit."""
        return Counter(person.unit for person in self.people if person.sat or person.left_open)

    def attempts(self) -> Counter[str]:
        """Attempts by unit, those that ran out too."""
        found: Counter[str] = Counter()
        for person in self.people:
            if person.sat or person.left_open:
                found[person.unit] += len(person.sat) + bool(person.left_open)
        return found

    def entries(self) -> int:
        """How many lines the log must hold of people: a joining each, a sitting each."""
        return self.registered().total() + self.attempts().total()


def percentile(times: array[float], share: float) -> float:
    """The time that so large a share of answers stayed below, in seconds."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
