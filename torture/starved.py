"""R07: no connection is free, then a table is slow: pages say so, submissions go on, all recovers at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from random import Random

import psycopg

from torture import books
from torture.kept import Rush
from torture.page import HOME
from torture.report import Report
from torture.rig import Installation, installation
from torture.wire import Connection

CONNECTIONS = 20
# What standings and statistics are read from, and no submission waits for.
READ = "lantoa_bucket, lantoa_tally, lantoa_tallyedge, lantoa_pulse"
PAGES = ("xep-hang/", "xep-hang/don-vi/", "thong-ke/")
RECOVERED = 5.0  # seconds after the fault
PAUSE = 0.05
WELL = "all is well"
STARVED = 10  # times fewer than beside the same readers when nothing is wrong; the product promises two thirds


@dataclass
class Readers:
    """People who look at pages without an account, one page after the other."""

    place: Installation
    stop: bool = False
    answers: dict[int, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    good: asyncio.Event = field(default_factory=asyncio.Event)  # a page was shown since it was cleared

    async def read(self, turn: int) -> None:
        """Until told to stop."""
        async with Connection(self.place.port) as wire:
            while not self.stop:
                page = f"{HOME}{PAGES[turn % len(PAGES)]}"
                turn += 1
                try:
                    answer = await wire.ask("GET", page, {"Accept": "text/html"})
                except (ConnectionError, TimeoutError) as problem:
                    self.faults.append(f"{page}: {problem!r}")
                    continue
                self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
                if answer.status == HTTPStatus.OK:
                    self.good.set()
                    await asyncio.sleep(PAUSE)
                elif not answer.field("retry-after"):
                    self.faults.append(f"{page}: {answer.status} without a time to come back")
                else:
                    await asyncio.sleep(PAUSE * 4)  # sooner than it was told to


@contextmanager
def nothing(_: Installation) -> Iterator[int]:
    """What the faults are compared with."""
    yield 0


@contextmanager
def exhausted(place: Installation) -> Iterator[int]:
    """Every connection that is left is taken; how many those were."""
    with ExitStack() as taken:
        count = 0
        try:
            while True:
                taken.enter_context(closing(place.connect()))
                count += 1
        except psycopg.OperationalError:
            yield count


@contextmanager
def held(place: Installation) -> Iterator[int]:
    """Tables that are read from answer nobody."""
    with closing(place.connect(autocommit=False)) as wire:
        wire.execute(f"LOCK TABLE {READ} IN ACCESS EXCLUSIVE MODE")
        yield 1
        wire.rollback()


def run(
    template: Path, *, people: int, readers: int, seconds: float, again: float = 5.0, careful: bool = True
) -> Report:
    """Both faults for so many seconds each; not ``careful`` is the control, in which nothing gives way.

    It has one process: of two, those who read may all have come to the other one, and then nobody waits behind them.
    """
    settings = {"max_connections": str(CONNECTIONS)}
    with installation(template, settings=settings, workers=2 if careful else 1) as place:
        if not careful:
            place.environ["DJANGO_SETTINGS_MODULE"] = "torture.careless"
        place.start(worker=True)
        rush, crowd, acknowledged, recovery = asyncio.run(_rush(place, people, readers, seconds, again))
        well = acknowledged.pop(WELL)
        faults = books.differences(place, rush.sats) + (books.recounted(place) if careful else [])
    starved = [fault for fault, count in acknowledged.items() if count * STARVED <= well]
    faults += [f"starved while {fault}" for fault in starved]
    faults += [f"recovered after {took:.1f} s" for took in recovery if took > RECOVERED]
    figures = {
        "acknowledged": rush.acknowledged,
        "acknowledged while all is well": well,
        **{f"acknowledged while {fault}": count for fault, count in acknowledged.items()},
        "starved": len(starved),
        "longest wait of the exam, s": round(max(rush.seen.waits), 1),
        "pages shown": crowd.answers.get(200, 0),
        "pages that said busy": crowd.answers.get(503, 0),
        "recovered in, s": round(max(recovery), 1),
    }
    return Report(figures, [*faults, *crowd.faults, *rush.seen.odd])


async def _rush(
    place: Installation, people: int, readers: int, seconds: float, again: float
) -> tuple[Rush, Readers, dict[str, int], list[float]]:
    rush, crowd = Rush(place, 0, again, Random(7)), Readers(place)
    tasks = [asyncio.create_task(rush.sitting(index)) for index in range(people)]
    await rush.until(people)
    tasks += [asyncio.create_task(crowd.read(turn)) for turn in range(readers)]
    acknowledged, recovery = {}, []
    for name, fault in {WELL: nothing, "no connection is free": exhausted, "tables are held": held}.items():
        with fault(place):
            await asyncio.sleep(seconds / 2)  # whoever waits has met it by now
            before = rush.acknowledged
            await asyncio.sleep(seconds / 2)
            acknowledged[name] = rush.acknowledged - before
        crowd.good.clear()
        ended = time.monotonic()
        await crowd.good.wait()
        recovery.append(time.monotonic() - ended)
    rush.stop = crowd.stop = True
    await asyncio.gather(*tasks)
    return rush, crowd, acknowledged, recovery
