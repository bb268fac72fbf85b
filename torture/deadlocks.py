"""R12: a rush beside everything that an organiser and the worker do at the same time: no deadlock, no failure."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from torture import books
from torture.filling import SLUG
from torture.kept import Rush
from torture.page import Seen
from torture.report import Report
from torture.rig import PATIENCE, PAUSE, PROGRAMS, Installation, Job, installation

Line = Iterator[tuple[str, ...]]
# Looked for ten times as eagerly, and told by name: what the product's own server leaves out of its log.
STRICT = {"deadlock_timeout": "100ms", "log_lock_waits": "on", "log_error_verbosity": "default"}
MOST_SAID = 3_000  # signs of a deadlock's story
STAFF = "ban-to-chuc"
BACKUP = ("backup",)
PACE = 20.0  # seconds between two jobs of a line on any day
QUIET = 4.0  # seconds that a person then rests between two exams: a part of what is possible
ENOUGH = 300.0  # seconds from which a comparison says something
SLOWER = 1.3  # times as long, at most
_BY = ("--by", STAFF, "--reason", "thu")


def run(
    template: Path, *, people: int, seconds: float, steady: float = 0.0, least: int = 1, again: float = 5.0
) -> Report:
    """All jobs over and over beside the rush, of each kind at least so many.

    ``steady``: seconds after that in which both take their time, as on any day: the exam hardly feels the jobs then.
    """
    with installation(template, settings=STRICT) as place:
        place.start(worker=True)
        with ExitStack() as processes:
            lantoa = [processes.enter_context(place.jobs()) for _ in range(3)]
            made = lantoa[0]("account", "create", STAFF, "--role", "organiser")
            assert made[0] == 0, made
            beside = Beside(place, list(zip(lantoa, _lines(place), strict=True)), least)
            rush, eagerly, slower = asyncio.run(_rush(place, beside, people, seconds, steady, again))
            faults = books.compared(lantoa[0])
        broken = place.deadlocks()
        said = _who(place) if broken else []
    faults += beside.failed + ([f"{broken} deadlocks", *said] if broken else [])
    faults += [f"{count} answers {status}" for status, count in rush.seen.answers.items() if status >= 500]
    if steady >= ENOUGH and slower > SLOWER:
        faults.append(f"p95 is {slower:.2f} times as long beside the jobs")
    figures = {
        "acknowledged": rush.acknowledged,
        "deadlocks": broken,
        **{f"{job} done": count for job, count in sorted(beside.done.items())},
        "p95 beside jobs without a pause, s": round(eagerly, 2),
        **({"p95 beside jobs at their pace, times": round(slower, 2)} if steady else {}),
    }
    return Report(figures, [*faults, *rush.seen.odd])


def _who(place: Installation) -> list[str]:
    """Who waited for whom, as the server's log tells it."""
    log = (place.data / "postgres.log").read_text(errors="replace")
    return [found[:MOST_SAID] for found in log.split("deadlock detected")[1:]]


@dataclass
class Beside:
    """What is done beside the rush: each line of jobs in a process of its own."""

    place: Installation
    lines: list[tuple[Job, Line]]
    least: int
    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    async def work(self, seconds: float, pace: float = 0.0) -> None:
        """For so long, with so many seconds between two jobs of a line."""
        stop = threading.Event()
        jobs = asyncio.gather(*(asyncio.to_thread(self._line, *line, stop, pace) for line in self.lines))
        await asyncio.sleep(seconds)
        stop.set()
        await jobs

    def _line(self, lantoa: Job, line: Line, stop: threading.Event, pace: float) -> None:
        for made, job in enumerate(line):
            if stop.is_set() and made >= self.least:
                return
            status, said = self._backup() if job == BACKUP else lantoa(*job)
            self.done[job[0]] += 1
            if "Traceback" in said or (status and ("deadlock" in said or job == BACKUP)):
                self.failed.append(f"{' '.join(job)}: {said[-300:]}")
            stop.wait(pace)

    def _backup(self) -> tuple[int, str]:
        """The whole database, read by PostgreSQL's own program."""
        command = [str(PROGRAMS / "pg_dump"), "--no-sync", "-Fc", "-f", "/dev/null", "-U", "postgres", "lantoa"]
        ended = subprocess.run([*command, "-h", self.place.cluster], capture_output=True, text=True, check=False)
        return ended.returncode, ended.stderr


async def _rush(  # noqa: PLR0917 - the sizes of the trial in their order
    place: Installation, beside: Beside, people: int, seconds: float, steady: float, again: float
) -> tuple[Rush, float, float]:
    rush = Rush(place, 0, again, Random(12))
    tasks = [asyncio.create_task(rush.sitting(index)) for index in range(people)]
    await rush.until(people)
    await beside.work(seconds)
    eagerly = rush.seen.percentile(0.95)
    slower = 0.0
    if steady:
        rush.pause = QUIET
        alone = await _p95(rush, asyncio.sleep(steady / 3))
        slower = await _p95(rush, beside.work(steady * 2 / 3, PACE)) / alone
    rush.stop = True
    await asyncio.gather(*tasks)
    return rush, eagerly, slower


async def _p95(rush: Rush, meanwhile: Awaitable[None]) -> float:
    """Of the answers that came in that time."""
    before = len(rush.seen.waits)
    await meanwhile
    return Seen(waits=rush.seen.waits[before:]).percentile(0.95)


def _lines(place: Installation) -> list[Line]:
    contestants = [person.contestant for person in place.people]
    return [_deciding(contestants[: len(contestants) // 2]), _erasing(contestants[-20:]), _caring()]


def _deciding(contestants: list[int]) -> Line:
    """Corrections of people who are sitting: taken away and given back, moved, two merged."""
    jobs: list[tuple[str, ...]] = []
    for who, other in itertools.pairwise(contestants):
        jobs += [
            ("correct", SLUG, "void", str(who), "--attempt", "1", *_BY),
            ("correct", SLUG, "restore", str(who), "--attempt", "1", *_BY),
            ("correct", SLUG, "move", str(other), "--unit", "11419", *_BY),
        ]
    jobs.append(("correct", SLUG, "merge", str(contestants[0]), "--into", str(contestants[1]), *_BY))
    return itertools.cycle(jobs)


def _erasing(contestants: list[int]) -> Line:
    """People erased by law, and the contest's public files written anew between."""
    jobs = [("account", "erase", str(who), "--sure") for who in contestants]
    return itertools.cycle([step for job in jobs for step in (job, ("log", "export", SLUG))])


def _caring() -> Line:
    """Bulletins, figures made anew, comparisons, a backup, and the migrations of an upgrade that changes nothing."""
    return itertools.cycle(
        [
            ("bulletin", SLUG, "--publish"),
            ("rebuild", SLUG),
            ("log", "verify", SLUG),
            BACKUP,
            ("migrate",),
        ]
    )


def crossed(template: Path) -> Report:
    """The control: two who lock the same two rows the other way round are found by the same count."""
    with installation(template, settings=STRICT) as place:
        place.start_database()
        lock = "SELECT FROM lantoa_contestant WHERE id = %s FOR UPDATE"
        with closing(place.connect(autocommit=False)) as one, closing(place.connect(autocommit=False)) as other:
            one.execute(lock, [place.people[0].contestant])
            other.execute(lock, [place.people[1].contestant])
            waiting = threading.Thread(target=_lock, args=(one, lock, place.people[1].contestant))
            waiting.start()
            _lock(other, lock, place.people[0].contestant)
            other.rollback()
            waiting.join()
        began = time.monotonic()
        while not (found := place.deadlocks()) and time.monotonic() < began + PATIENCE:
            time.sleep(PAUSE)  # the server adds its counts up once a second
        return Report({"deadlocks": found})


def _lock(wire: psycopg.Connection[tuple[object, ...]], statement: str, who: int) -> None:
    try:
        wire.execute(statement, [who])  # type: ignore[arg-type]
    except psycopg.errors.DeadlockDetected:
        wire.rollback()
