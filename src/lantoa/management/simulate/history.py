"""A whole history from one seed: instants and results without people, the same bytes for the same seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from lantoa.management.simulate.published import MINUTE, REFERENCE, Rows
from lantoa.management.simulate.rates import by_minute
from lantoa.management.simulate.registrations import Registration, registrations
from lantoa.management.simulate.sittings import Exam, Sitting, sittings
from lantoa.management.simulate.visits import visits


@dataclass(frozen=True, slots=True)
class Totals:
    """What counted at a moment."""

    registered: int
    finished: int
    units: int  # in which somebody finished
    attempts: int
    visits: int


@dataclass(frozen=True, slots=True)
class History:
    """Everything in time order; times in milliseconds from the opening, units by place."""

    registrations: list[Registration]
    sittings: list[Sitting]
    visits: list[int]  # by minute

    def until(self, edge: int) -> History:
        """What had happened by then, that moment included."""
        return History(
            [registration for registration in self.registrations if registration[0] <= edge],
            [sitting for sitting in self.sittings if sitting.at <= edge],
            self.visits[: edge // MINUTE],
        )

    def totals(self, at: int) -> Totals:
        """The figures as of ``at``, counted one by one."""
        known = self.until(at)
        finished = {sitting.who for sitting in known.sittings}
        units = {self.registrations[who][1] for who in finished}
        return Totals(
            len(known.registrations), len(finished), len(units), len(known.sittings), sum(known.visits)
        )  # fmt: skip

    def digest(self) -> str:
        """SHA-256 of all three streams."""
        seen = hashlib.sha256()
        for at, unit in self.registrations:
            seen.update(b"%d %d\n" % (at, unit))
        for sitting in self.sittings:
            seen.update(b"%d %d %d %d\n" % (sitting.at, sitting.who, sitting.correct, sitting.took))
        for count in self.visits:
            seen.update(b"%d\n" % count)
        return seen.hexdigest()


def stream(seed: int, what: str) -> Random:
    """Random numbers of one part: what another part draws never disturbs it."""
    return Random(f"lantoa/simulate/1 {seed} {what}")  # noqa: S311 (invented people, no secret)


def make(seed: int, populations: Sequence[int], *, rows: Rows = REFERENCE, exam: Exam | None = None) -> History:
    """The history of ``seed`` over units of these populations; its figures at the moments of ``rows`` are these."""
    rate = by_minute(stream(seed, "rate"))
    joined = registrations(stream(seed, "registrations"), rate, populations, rows)
    sat = sittings(stream(seed, "sittings"), exam or Exam(), joined, rows)
    at = [registered for registered, _ in joined]
    seen = visits(stream(seed, "visits"), rate, at, [sitting.at for sitting in sat], rows)
    return History(joined, sat, seen)
