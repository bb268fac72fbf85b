"""R15: hours at a part of what is possible: memory and open files stay flat, nothing fails."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from random import Random
from statistics import linear_regression

import psutil

from torture import books
from torture.kept import Rush
from torture.page import HOME, Page
from torture.report import Report
from torture.rig import Installation, family, installation
from torture.wire import Connection

PAGES = ("", "xep-hang/", "xep-hang/don-vi/", "thong-ke/", "so/", "lan-toa/", "the-le/", "van-ban/")
STEEPEST = 1.0  # percent an hour
# Seconds in which what fills once does (what a process keeps of pages took half an hour); of a shorter trial the half.
WARM = 1800.0
ENOUGH = 900.0  # seconds of a trial from which a slope says something
MORE_FILES = 20


@dataclass
class Sizes:
    """What the product's processes hold, moment by moment."""

    moments: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)  # bytes
    files: list[float] = field(default_factory=list)

    def look(self, place: Installation) -> None:
        """Now: memory of one's own of site and worker, open files."""
        memory = files = 0
        for process in [*family(place.site), *family(place.worker)]:
            with suppress(psutil.Error):
                memory += process.memory_full_info().uss
                files += process.num_fds()
        self.moments.append(time.monotonic())
        self.memory.append(float(memory))
        self.files.append(float(files))

    def warm(self) -> int:
        """The first look after the time to warm up."""
        time_given = min(WARM, (self.moments[-1] - self.moments[0]) / 2)
        return bisect_left(self.moments, self.moments[0] + time_given)

    def slope(self) -> float:
        """Percent of memory an hour, after the time to warm up."""
        moments, memory = self.moments[self.warm() :], self.memory[self.warm() :]
        return 3600 * linear_regression(moments, memory).slope / memory[0] * 100 if len(moments) > 2 else 0.0


def run(template: Path, *, people: int, seconds: float, pause: float, careful: bool = True) -> Report:
    """Exams and pages with pauses for so long; not ``careful`` is the control, a site that lets go of nothing."""
    with installation(template) as place:
        if not careful:
            place.environ["DJANGO_SETTINGS_MODULE"] = "torture.leaking"
        place.start(worker=True)
        rush, sizes, bad = asyncio.run(_soak(place, people, seconds, pause))
        faults = books.differences(place, rush.sats) + (books.recounted(place) if careful else [])
    later = sizes.files[sizes.warm() :]
    steep, more = sizes.slope(), max(later) - later[0]
    failures = sum(count for status, count in rush.seen.answers.items() if status >= 500) + len(bad)
    faults += [f"memory grows by {steep:.1f} % an hour"] if seconds >= ENOUGH and steep > STEEPEST else []
    faults += [f"{more:.0f} more open files than at first"] if more > MORE_FILES else []
    faults += [f"{failures} failures"] if failures else []
    figures = {
        "acknowledged": rush.acknowledged,
        "answers": sum(rush.seen.answers.values()),
        "failures": failures,
        "memory at the end, MB": round(sizes.memory[-1] / 2**20, 1),
        "memory, % an hour": round(steep, 2),
        "open files": round(sizes.files[-1]),
        "open files more than at first": round(more),
        "steeper than allowed": int(steep > STEEPEST and more > MORE_FILES),
        "p99, s": round(rush.seen.percentile(0.99), 2),
        "seconds": round(seconds),
    }
    return Report(figures, [*faults, *bad, *rush.seen.odd])


async def _soak(place: Installation, people: int, seconds: float, pause: float) -> tuple[Rush, Sizes, list[str]]:
    rush, sizes, bad = Rush(place, 0, 1.0, Random(15)), Sizes(), []
    ends = time.monotonic() + seconds

    async def sit(index: int) -> None:
        page = Page(place.port, place.people[index], rush.seen, Random(index), again=1.0, until=lambda: rush.stop)
        while time.monotonic() < ends:
            sat = await page.sit(saves=2)
            if sat is not None:
                rush.sats.append(sat)
                rush.acknowledged += bool(sat.acknowledged)
            await asyncio.sleep(pause * page.rng.uniform(0.5, 1.5))
        await page.wire.close()

    async def look() -> None:
        while time.monotonic() < ends:
            await asyncio.to_thread(sizes.look, place)
            await asyncio.sleep(max(1.0, seconds / 500))

    await asyncio.gather(
        *(sit(index) for index in range(people)),
        *(_read(place, turn, ends, pause / 4, bad) for turn in range(people)),
        look(),
    )
    return rush, sizes, bad


async def _read(place: Installation, turn: int, ends: float, pause: float, bad: list[str]) -> None:
    """Somebody without an account, one page after the other."""
    async with Connection(place.port) as wire:
        while time.monotonic() < ends:
            turn += 1
            page = PAGES[turn % len(PAGES)]
            answer = await wire.ask("GET", f"{HOME}{page}", {"Accept": "text/html"})
            if answer.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
                bad.append(f"{page}: {answer.status}")
            await asyncio.sleep(pause)
