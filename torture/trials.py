"""The trials in their order, with the sizes of the long forms and the control of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torture import deadline, deadlocks, flushed, full, kept, retried, skewed, slow, soak, starved, uncached
from torture.report import Report

Run = Callable[[Path, float], Report]


@dataclass(frozen=True)
class Trial:
    """``run`` must find no fault; ``control``, with the protection off, must make the figure ``shows`` more than 0."""

    name: str
    title: str
    asks: str  # the figure of reliability.md §4
    run: Run
    control: Run | None = None
    shows: str = ""
    people: int = 400
    scales: bool = True

    def judge(self, template: Path, scale: float) -> dict[str, Any]:
        """Both, and whether all is as it must be."""
        found = self.run(template, scale)
        passed, control = not found.faults, "none"
        if self.control:
            other = self.control(template, scale)
            caught = float(other.figures[self.shows]) > 0
            control = f"{self.shows} {other.figures[self.shows]}" + ("" if caught else ": NOT CAUGHT")
            passed = passed and caught
        return {"passed": passed, "figures": found.figures, "faults": found.faults, "control": control}


def of(size: float, scale: float, least: int = 1) -> int:
    """A stated size at that scale."""
    return max(least, round(size * scale))


TRIALS = [
    Trial(
        "R01",
        "acknowledged is kept",
        "200,000 submissions, 50 kills: 0 lost, 0 doubled, every score right",
        run=lambda where, scale: kept.run(
            where,
            submissions=of(200_000, scale, 200),
            people=32,
            database=of(20, scale, 2),
            workers=of(20, scale, 2),
            everything=of(10, scale),
        ),
        control=lambda where, scale: kept.run(
            where, submissions=1500, people=32, database=of(10, scale), workers=0, everything=0, careful=False
        ),
        shows="lost",
    ),
    Trial(
        "R03",
        "flushed before it is acknowledged",
        "a flush of the log between each of 1,000 submissions and its answer",
        run=lambda where, scale: flushed.run(where, submissions=of(1000, scale, 20)),
        control=lambda where, scale: flushed.run(where, submissions=of(100, scale, 10), careful=False),
        shows="without a flush",
    ),
    Trial(
        "R05",
        "retrying is harmless",
        "100,000 submissions cut, doubled, reordered, delayed up to 60 s: one effect each, the same receipt",
        run=lambda where, scale: retried.run(
            where, submissions=of(100_000, scale, 200), people=of(1000, scale, 40), delay=60 * min(1.0, scale * 10)
        ),
        control=lambda where, _scale: retried.run(where, submissions=40, people=40, delay=1, again=0.5, harmless=False),
        shows="doubled",
        people=1000,
    ),
    Trial(
        "R06",
        "the rush before the end",
        "42,000 people, 30 % in the last ten minutes, 5 % in the last one: 0 on time refused, 0 late accepted",
        run=lambda where, scale: deadline.run(where, people=of(42_000, scale, 60), seconds=max(3600 * scale, 20)),
        control=lambda where, _scale: deadline.run(where, people=60, seconds=20, lenient=3),
        shows="late and accepted",
        people=42_000,
    ),
    Trial(
        "R07",
        "no free connection, slow tables",
        "503 with Retry-After for pages, submissions pass, recovery at most 5 s",
        run=lambda where, scale: starved.run(where, people=24, readers=100, seconds=60 * max(scale, 0.1)),
        control=lambda where, scale: starved.run(
            where, people=24, readers=100, seconds=12 * max(scale, 0.5), careful=False
        ),
        shows="starved",
    ),
    Trial(
        "R08",
        "a full disk",
        "a clear refusal, 0 acknowledged lost, pages stay, no restart",
        run=lambda where, scale: full.run(where, people=24, seconds=max(120 * scale, 10)),
        control=lambda where, _scale: full.run(where, people=8, seconds=5, fill=False),
        shows="never full",
    ),
    Trial(
        "R09",
        "slow and silent clients, behind nginx",
        "300 slow, 8,000 who stay, 2,000 who say nothing: honest p95 at most 20 % longer; handed in on 2G within 30 s",
        run=lambda where, scale: slow.run(
            where,
            slow.Sizes(
                people=24,
                each=of(100, min(1.0, scale * 10)),
                silent=of(2000, min(1.0, scale * 10)),
                kept=of(8000, min(1.0, scale * 10)),
                thin=4,
                pause=3.0,
                seconds=max(300 * scale, 30),
            ),
        ),
        control=lambda where, _scale: slow.run(where, slow.Sizes(people=8, each=8, silent=20, seconds=6), behind=False),
        shows="starved",
    ),
    Trial(
        "R10",
        "the shared cache lost",
        "killed, emptied or frozen every ten seconds at two machines: 0 failures, 0 lost, every rank right within 60 s",
        run=lambda where, scale: uncached.run(where, people=16, blows=of(60, scale, 3), every=10.0, away=4.0),
        control=lambda where, _scale: uncached.run(where, people=8, blows=3, every=4.0, away=2.0, careful=False),
        shows="failures",
    ),
    Trial(
        "R11",
        "wrong clocks",
        "order and deadline by the database's clock: 0 inversions in 50,000",
        run=lambda where, scale: skewed.run(where, submissions=of(50_000, scale, 60), people=30),
    ),
    Trial(
        "R12",
        "all jobs at once",
        "0 deadlocks, 0 failures beside corrections, mergers, erasing, rebuilding, bulletins, exports, backups; "
        "jobs at their own pace: p95 at most 30 % longer",
        run=lambda where, scale: deadlocks.run(
            where, people=24, seconds=max(3600 * scale, 30), steady=max(3600 * scale, 30)
        ),
        control=lambda where, _scale: deadlocks.crossed(where),
        shows="deadlocks",
        people=16_000,
    ),
    Trial(
        "R15",
        "hours on end",
        "eight hours: memory at most 1 % an hour, open files flat, 0 failures",
        run=lambda where, scale: soak.run(where, people=8, seconds=max(8 * 3600 * scale, 60), pause=1.0),
        control=lambda where, _scale: soak.run(where, people=4, seconds=60, pause=1.0, careful=False),
        shows="steeper than allowed",
    ),
]
