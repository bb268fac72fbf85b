"""R12: a rush beside everything that an organiser and the worker do at the same time: no deadlock, no failure."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import threading
import time
from collections import Counter, deque
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from lantoa.management.main import NICE
from torture import books
from torture.filling import SLUG
from torture.kept import Rush
from torture.page import Seen
from torture.report import Report
from torture.rig import PATIENCE, PAUSE, PROGRAMS, Installation, Job, Person, installation

Line = Iterator[tuple[str, ...]]
# Looked for ten times as eagerly, and told by name: what the product's own server leaves out of its log.
STRICT = {"deadlock_timeout": "100ms", "log_lock_waits": "on", "log_error_verbosity": "default"}
MOST_SAID = 3_000  # signs of a deadlock's story
STAFF = "ban-to-chuc"
BACKUP = ("backup",)
REBUILD = ("rebuild", SLUG)
MUST = (BACKUP, REBUILD)  # what a rule may not refuse
PACE = 20.0  # seconds between two jobs of a line on any day
QUIET = 4.0  # seconds that a person then rests between two exams: a part of what is possible
ENOUGH = 300.0  # seconds from which a comparison says something
SLOWER = 1.3  # times as long, at most
EXAMS = 3  # of each who takes a seat
ERASED = 20  # people, who do not sit
ENTRIES = 4  # of one person, at most: somebody registers twice or three times, not hundreds of times
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
            rush = Seats(place, 0, again, Random(12))
            beside = Beside(place, list(zip(lantoa, _lines(rush), strict=True)), least)
            eagerly, slower = asyncio.run(_rush(rush, beside, people, seconds, steady))
            faults = books.compared(lantoa[0])
        broken = place.deadlocks()
        said = _who(place) if broken else []
    faults += beside.failed + ([f"{broken} deadlocks", *said] if broken else [])
    faults += [f"{count} answers {status}" for status, count in rush.seen.answers.items() if status >= 500]
    if steady >= ENOUGH and slower > SLOWER:
        faults.append(f"p95 is {slower:.2f} times as long beside the jobs")
    figures: dict[str, float | int | str] = {
        "acknowledged": rush.acknowledged,
        "deadlocks": broken,
        "people who sat": len({sat.contestant for sat in rush.sats}),
        **dict(sorted(beside.done.items())),
        "p95 beside jobs without a pause, s": round(eagerly, 2),
        **({"p95 beside jobs at their pace, times": round(slower, 2)} if steady else {}),
    }
    return Report(figures, [*faults, *rush.seen.odd])


def _who(place: Installation) -> list[str]:
    """Who waited for whom, as the server's log tells it."""
    log = (place.data / "postgres.log").read_text(errors="replace")
    return [found[:MOST_SAID] for found in log.split("deadlock detected")[1:]]


@dataclass
class Seats(Rush):
    """People sit a few exams each and make room for the next, as in a contest: nobody is corrected a hundred times."""

    sitters: dict[int, int] = field(default_factory=dict)  # contestant by seat
    gone: deque[int] = field(default_factory=deque)  # those who sat, the longest ago first
    merged: set[int] = field(default_factory=set)
    entries: Counter[int] = field(default_factory=Counter)  # that became part of somebody
    coming: Iterator[Person] = field(init=False)

    def __post_init__(self) -> None:
        """Everybody but those who are erased, over and over."""
        self.coming = itertools.cycle(self.place.people[:-ERASED])

    async def sitting(self, index: int) -> None:
        """Of one seat: person by person."""
        while not self.over():
            person = next(person for person in self.coming if person.contestant not in self.merged)
            self.sitters[index] = person.contestant
            page = self.page(person)
            for _ in range(EXAMS):
                await self.exam(page)
            await page.wire.close()
            self.gone.append(person.contestant)

    def two_gone(self) -> tuple[int, int] | None:
        """Two who have sat and of whom the first will not sit again; None when nobody is left."""
        if len(self.gone) < len(self.sitters):
            return None
        first, other = self.gone.popleft(), self.gone.popleft()
        together = self.entries[first] + self.entries[other] + 1
        if first == other or together >= ENTRIES or {first, other} & {*self.merged, *self.sitters.values()}:
            return None
        self.merged.add(first)
        self.entries[other] = together
        return first, other


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
            self.done[f"{job[0]} {'refused' if status else 'done'}"] += 1
            if "Traceback" in said or (status and ("deadlock" in said or job in MUST)):
                self.failed.append(f"{' '.join(job)}: {said[-300:]}")
            stop.wait(pace)

    def _backup(self) -> tuple[int, str]:
        """The whole database, read by PostgreSQL's own program, as little in the way as the shipped unit's."""
        nice = ["nice", "-n", str(NICE)]
        command = [str(PROGRAMS / "pg_dump"), "--no-sync", "-Fc", "-f", "/dev/null", "-U", "postgres", "lantoa"]
        ended = subprocess.run([*nice, *command, "-h", self.place.cluster], capture_output=True, text=True, check=False)
        return ended.returncode, ended.stderr


async def _rush(rush: Seats, beside: Beside, people: int, seconds: float, steady: float) -> tuple[float, float]:
    tasks = [asyncio.create_task(rush.sitting(seat)) for seat in range(people)]
    await rush.until(people)
    await beside.work(seconds)
    eagerly = rush.seen.percentile(0.95)
    slower = 0.0
    if steady:
        rush.pause = QUIET
        await asyncio.sleep(steady / 20)  # what the eager jobs left behind is not what the calm ones are held against
        alone = await _p95(rush, asyncio.sleep(steady / 3))
        slower = await _p95(rush, beside.work(steady * 2 / 3, PACE)) / alone
    rush.stop = True
    await asyncio.gather(*tasks)
    return eagerly, slower


async def _p95(rush: Rush, meanwhile: Awaitable[None]) -> float:
    """Of the answers that came in that time."""
    before = len(rush.seen.waits)
    await meanwhile
    return Seen(waits=rush.seen.waits[before:]).percentile(0.95)


def _lines(rush: Seats) -> list[Line]:
    erased = [person.contestant for person in rush.place.people[-ERASED:]]
    return [_deciding(rush), _erasing(erased), _caring()]


def _deciding(rush: Seats) -> Line:
    """Corrections of people who are sitting: taken away and given back, moved; two who have sat are one."""
    for turn in itertools.count():
        sitting = list(rush.sitters.values())
        who, other = sitting[turn % len(sitting)], sitting[(turn + 1) % len(sitting)]
        yield ("correct", SLUG, "void", str(who), "--attempt", "1", *_BY)
        yield ("correct", SLUG, "restore", str(who), "--attempt", "1", *_BY)
        yield ("correct", SLUG, "move", str(other), "--unit", "11419", *_BY)
        if pair := rush.two_gone():
            yield ("correct", SLUG, "merge", str(pair[0]), "--into", str(pair[1]), *_BY)


def _erasing(contestants: list[int]) -> Line:
    """People erased by law, and the contest's public files written anew between."""
    jobs = [("account", "erase", str(who), "--sure") for who in contestants]
    return itertools.cycle([step for job in jobs for step in (job, ("log", "export", SLUG))])


def _caring() -> Line:
    """Bulletins, figures made anew, comparisons, a backup, and the migrations of an upgrade that changes nothing."""
    return itertools.cycle(
        [
            ("bulletin", SLUG, "--publish"),
            REBUILD,
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
