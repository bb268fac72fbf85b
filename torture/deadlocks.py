"""R12: a rush beside everything that an organiser and the worker do at the same time: no deadlock, no failure."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import psycopg

from torture import books
from torture.filling import SLUG
from torture.kept import Rush
from torture.report import Report
from torture.rig import Installation, installation

Line = Iterator[tuple[str, ...]]
STRICT = {"deadlock_timeout": "100ms", "log_lock_waits": "on"}  # looked for ten times as eagerly
STAFF = "ban-to-chuc"
_BY = ("--by", STAFF, "--reason", "thu")


def run(template: Path, *, people: int, seconds: float, again: float = 5.0) -> Report:
    """All jobs over and over beside the rush."""
    with installation(template, settings=STRICT) as place:
        place.start(worker=True)
        made = place.command("account", "create", STAFF, "--role", "organiser")
        assert made.returncode == 0, made.stderr
        rush, jobs, failed = asyncio.run(_rush(place, people, seconds, again))
        broken = place.deadlocks()
        faults = books.recounted(place)
    faults += failed + ([f"{broken} deadlocks"] if broken else [])
    faults += [f"{count} answers {status}" for status, count in rush.seen.answers.items() if status >= 500]
    figures = {
        "acknowledged": rush.acknowledged,
        "deadlocks": broken,
        **{f"{job} done": count for job, count in sorted(jobs.items())},
        "p95, s": round(rush.seen.percentile(0.95), 2),
    }
    return Report(figures, [*faults, *rush.seen.odd])


async def _rush(place: Installation, people: int, seconds: float, again: float) -> tuple[Rush, Counter[str], list[str]]:
    rush, stop = Rush(place, 0, again, Random(12)), threading.Event()
    done: Counter[str] = Counter()
    failed: list[str] = []
    tasks = [asyncio.create_task(rush.sitting(index)) for index in range(people)]
    await rush.until(people)
    others = [person.contestant for person in place.people]
    lines = [_deciding(others[: people // 2]), _erasing(others[-20:]), _caring()]
    working = [asyncio.to_thread(_work, place, line, stop, done, failed) for line in lines]
    jobs = asyncio.gather(*working)
    await asyncio.sleep(seconds)
    stop.set()
    await jobs
    rush.stop = True
    await asyncio.gather(*tasks)
    return rush, done, failed


def _work(
    place: Installation,
    line: Line,
    stop: threading.Event,
    done: Counter[str],
    failed: list[str],
) -> None:
    for job in line:
        if stop.is_set():
            return
        ended = place.command(*job)
        done[job[0]] += 1
        if (ended.returncode and "deadlock" in ended.stderr + ended.stdout) or "Traceback" in ended.stderr:
            failed.append(f"{' '.join(job)}: {ended.stderr[-300:]}")


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
    """Bulletins, figures made anew, comparisons, and the migrations of an upgrade that changes nothing."""
    return itertools.cycle(
        [
            ("bulletin", SLUG, "--publish"),
            ("rebuild", SLUG),
            ("log", "verify", SLUG),
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
        time.sleep(1.0)  # the server adds its counts up once a second
        return Report({"deadlocks": place.deadlocks()})


def _lock(wire: psycopg.Connection[tuple[object, ...]], statement: str, who: int) -> None:
    try:
        wire.execute(statement, [who])  # type: ignore[arg-type]
    except psycopg.errors.DeadlockDetected:
        wire.rollback()
