"""R06: the rush before the end: what is handed in on time counts, what comes late does not, and nobody is told else."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from torture import books
from torture.page import ASKED, Page, Sat, Seen
from torture.report import Report
from torture.rig import Installation, installation

STARTING = 5.0  # seconds that the site may take to come up before the first ones arrive
LAST = ((0.05, 60.0), (0.30, 600.0))  # shares of all people who hand in during the last seconds (reliability.md)
LATE = 50.0  # seconds in which those come who are too late: they do not know of each other
SLOW = 3.0  # seconds: the p99 that is allowed; who sent earlier than that before the end is on time without doubt
ENOUGH = 6.0  # times shorter than an hour at most, for the p99 to say something
CLOSE = "UPDATE lantoa_contest SET closes_at = now() + %s * interval '1 second' RETURNING extract(epoch FROM closes_at)"
_OPEN = "SELECT count(*) FROM lantoa_attempt WHERE submitted_at IS NULL"
_ROWS = "SELECT contestant_id, number, correct, closed_by, answers FROM lantoa_attempt"


@dataclass
class Evening:
    """The contest's last hour, or less of it."""

    place: Installation
    closes: float  # by this machine's clock, as the database has it
    squeeze: float  # how many times shorter than an hour
    rng: Random
    seen: Seen = field(default_factory=Seen)
    sats: list[Sat] = field(default_factory=list)
    kept: dict[tuple[int, int], list[int]] = field(default_factory=dict)  # the sheet that was saved before
    none: int = 0  # who came too late to start

    def moment(self) -> float:
        """When somebody hands in."""
        lot, before = self.rng.random(), 0.0
        for share, seconds in LAST:
            if lot < share:
                return self.closes - self.rng.uniform(before, seconds) / self.squeeze
            before = seconds
        return self.closes - self.rng.uniform(before, 3600) / self.squeeze

    async def visit(self, index: int) -> None:
        """One person: starts, saves, changes the sheet, hands in at a chosen moment; one in forty after the end."""
        late = index % 40 == 39
        ends = self.closes + 1.5 + self.rng.uniform(0, LATE) / self.squeeze if late else self.moment()
        sits = self.rng.uniform(120, 900) / self.squeeze
        page = Page(
            self.place.port,
            self.place.people[index],
            self.seen,
            Random(index),
            again=5 / min(self.squeeze, 25),
            until=lambda: time.time() > self.closes + 60,
        )
        starts = min(ends, self.closes - 1) - sits
        # Whoever would have come before the first moment comes at some moment: nobody stood before the door together.
        now = time.time()
        await until(starts if starts > now else self.rng.uniform(now, max(now, min(ends, self.closes - 1))))
        paper = await page.open_paper()
        if paper is None:
            self.none += 1
            return
        sat = page.fill(paper)
        half = [*sat.sheet[: ASKED // 2], *[-1] * (ASKED - ASKED // 2)]
        if await page.save(paper, half, 1) == 200:
            self.kept[(sat.contestant, sat.number)] = half
        await page.wire.close()
        await until(ends)
        if index % 40 != 38:  # and one in forty goes away
            await page.submit(paper, sat, 2)
        self.sats.append(sat)
        await page.wire.close()


async def until(moment: float) -> None:
    """Until that instant of this machine's clock."""
    await asyncio.sleep(max(0.0, moment - time.time()))


def run(template: Path, *, people: int, seconds: float, lenient: float = 0.0, seed: int = 1) -> Report:
    """An hour squeezed into ``seconds``; ``lenient``: the control, a site that closes so much later than told."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with installation(template) as place:
            place.start_database()
            with place.connect() as wire:
                closing = wire.execute(CLOSE, [STARTING + seconds + lenient]).fetchone()
            assert closing is not None
            place.start_site()
            place.start_worker()
            evening = Evening(place, float(str(closing[0])) - lenient, 3600 / seconds, Random(seed))
            asyncio.run(_everybody(evening, people))
            took = _all_closed(place)
            with place.connect() as wire:
                rows = {(row[0], row[1]): row for row in wire.execute(_ROWS).fetchall()}
            faults = books.differences(place, evening.sats) if not lenient else []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return _report(evening, rows, faults, took)


async def _everybody(evening: Evening, people: int) -> None:
    await asyncio.gather(*(evening.visit(index) for index in range(people)))


def _all_closed(place: Installation) -> float:
    """Seconds until the worker has closed what was left open."""
    began = time.monotonic()
    with place.connect() as wire:
        while (found := wire.execute(_OPEN).fetchone()) and found[0] and time.monotonic() < began + 120:
            time.sleep(0.1)  # the worker's beat
    return time.monotonic() - began


def _report(evening: Evening, rows: dict[Any, Any], faults: list[str], took: float) -> Report:
    submitted = [sat for sat in evening.sats if sat.sent]
    refused = list(_refused(evening, submitted, rows))
    late = list(_late(evening, submitted, rows))
    reached_late = sum(
        sat.sent < evening.closes and rows[(sat.contestant, sat.number)][3] != "submit" for sat in submitted
    )
    p99 = evening.seen.percentile(0.99)
    slow = [f"p99 {p99:.1f} s"] if p99 > SLOW and evening.squeeze <= ENOUGH else []
    figures = {
        "handed in": len(submitted),
        "acknowledged": sum(bool(sat.acknowledged) for sat in submitted),
        "on time and refused": len(refused),
        "late and accepted": len(late),
        "sent in time, met after the end": reached_late - len(refused),
        "came too late to start": evening.none,
        "p99, s": round(p99, 2),
        "all closed after, s": round(took, 1),
    }
    return Report(figures, [*refused, *late, *slow, *faults, *evening.seen.odd])


def _refused(evening: Evening, submitted: list[Sat], rows: dict[Any, Any]) -> Iterable[str]:
    for sat in submitted:
        row = rows[(sat.contestant, sat.number)]
        counted = row[3] == "submit" and row[2] == sat.right
        on_time = sat.sent < evening.closes - SLOW or 0 < sat.acknowledged < evening.closes
        if on_time and not counted:
            yield f"{sat.contestant}: sent {evening.closes - sat.sent:.1f} s before the end, closed by {row[3]}"


def _late(evening: Evening, submitted: list[Sat], rows: dict[Any, Any]) -> Iterable[str]:
    for sat in submitted:
        key = (sat.contestant, sat.number)
        if sat.sent > evening.closes and (rows[key][3] == "submit" or rows[key][4] != evening.kept.get(key, [-1] * 20)):
            yield f"{sat.contestant}: sent {sat.sent - evening.closes:.1f} s after the end and counted"
