"""R09: clients that send or read a byte a second, say nothing, stay when served: honest people go on behind nginx."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Self

from benchmarks.installation import HOST, ROOT, free_port

from torture import books
from torture.kept import Rush
from torture.page import Page, Sat, Seen
from torture.report import Missing, Report
from torture.rig import PATIENCE, PAUSE, Installation, installation
from torture.thin import thin_link

Figures = dict[str, float | int]
SPARE = 1000  # files open besides
ON_2G = 30.0  # seconds within which somebody on 2G has handed in
ENOUGH = 60.0  # seconds from which a comparison says something
SLOWER = 1.2  # times as long, at most
OPEN = 0.85  # of them at any moment: nginx throws out those that say nothing, and they come back


@contextmanager
def many_files(count: int) -> Iterator[None]:
    """Room for so many connections of this process's."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), max(hard, count)))
    except (ValueError, OSError) as refused:
        raise Missing(f"{count} files may not be open here: {refused}") from refused
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def fronted(place: Installation) -> Iterator[int]:
    """Nginx with the shipped configuration before the site; its port."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise Missing("nginx is not installed")
    port, folder = free_port(), place.data / "nginx"
    place.environ |= {"LANTOA_URL": f"http://{HOST}:{port}", "LANTOA_VISITS_LOG": str(place.data / "visits.log")}
    places = ["--logs", str(folder), "--cache", str(folder / "cache"), "--pid", str(folder / "pid")]
    made = place.command("nginx", str(folder), "--app", f"{HOST}:{place.port}", *places, "--user", getpass.getuser())
    if made.returncode:
        raise Missing(made.stderr[-500:])
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
    began = time.monotonic()
    try:
        while True:
            with suppress(OSError), socket.create_connection((HOST, port), 1):
                break
            if process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise Missing("nginx does not start with the shipped configuration")
            time.sleep(PAUSE)  # another process is coming up
        yield port
    finally:
        process.terminate()
        process.wait()


@dataclass(frozen=True)
class Sizes:
    """Of the trial: ``each`` of the slow kinds; ``silent`` say nothing; ``kept`` stay when they were served.

    ``thin``: people on 2G. ``pause``: seconds that honest people rest between two exams.
    """

    people: int
    each: int
    silent: int
    seconds: float
    kept: int = 0
    thin: int = 0
    pause: float = 0.0
    again: float = 5.0

    def kinds(self) -> dict[str, int]:
        """How many of each."""
        return {**dict.fromkeys(("head", "body", "read"), self.each), "silent": self.silent, "kept": self.kept}


def run(template: Path, sizes: Sizes, *, behind: bool = True) -> Report:
    """So many of each kind beside honest people; not ``behind`` nginx is the control.

    It has one process: of two, all the slow may have come to one, and the honest to the other.
    """
    workers = 2 if behind else 1
    with many_files(sum(sizes.kinds().values()) + SPARE), installation(template, workers=workers) as place:
        place.start_database()
        if behind:
            with fronted(place) as port:
                place.start_site()
                return _judged(place, sizes, asyncio.run(_rush(place, port, sizes)))
        place.start_site()
        return _judged(place, sizes, asyncio.run(_rush(place, place.port, sizes)))


def _judged(place: Installation, sizes: Sizes, found: tuple[Rush, list[Sat], Figures]) -> Report:
    rush, thin, figures = found
    faults = books.differences(place, [*rush.sats, *thin])
    faults += ["nobody could hand in beside them"] if figures["starved"] else []
    faults += [f"{count} answers {status}" for status, count in rush.seen.answers.items() if status >= 500]
    if sizes.thin:
        took = [sat.acknowledged - sat.sent for sat in thin if sat.acknowledged]
        figures |= {"handed in on 2G": len(took), "longest of those, s": round(max(took, default=0.0), 1)}
        faults += [] if took and max(took) <= ON_2G else ["nobody handed in on 2G, or not in time"]
    if sizes.seconds >= ENOUGH:
        alone, beside = figures["p95 alone, s"], figures["p95 beside them, s"]
        faults += [f"p95 {beside} s instead of {alone} s"] if beside > alone * SLOWER else []
        held, wanted = figures["slow and silent connections"], sum(sizes.kinds().values())
        faults += [f"only {held} of {wanted} were open"] if held < wanted * OPEN else []
    return Report({"acknowledged": rush.acknowledged, **figures}, [*faults, *rush.seen.odd])


@dataclass
class Pests:
    """The process of those with bad manners; ``open`` is how many there are."""

    place: Installation
    port: int
    within: float  # seconds in which they come
    kinds: dict[str, int]
    open: int = 0

    async def __aenter__(self) -> Self:
        """Start it, and wait until most of them are there."""
        command = [sys.executable, "-m", "torture.pests", str(self.port), str(self.within), json.dumps(self.kinds)]
        self._process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=self.place.environment(), stdout=asyncio.subprocess.PIPE
        )
        self._there = asyncio.Event()
        self._counting = asyncio.create_task(self._count())
        async with asyncio.timeout(self.within + PATIENCE):
            await self._there.wait()
        return self

    async def _count(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            self.open = int(line)
            if self.open >= sum(self.kinds.values()) / 2:
                self._there.set()

    async def __aexit__(self, *_: object) -> None:
        self._process.kill()
        await self._process.wait()
        await self._counting


async def _rush(place: Installation, port: int, sizes: Sizes) -> tuple[Rush, list[Sat], Figures]:
    rush = Rush(place, 0, sizes.again, Random(9), port=port, pause=sizes.pause)
    tasks = [asyncio.create_task(rush.sitting(index)) for index in range(sizes.people)]
    await rush.until(sizes.people)
    mark = len(rush.seen.waits)
    await asyncio.sleep(sizes.seconds)
    alone = Seen(waits=rush.seen.waits[mark:])
    thin: list[Sat] = []
    async with Pests(place, port, sizes.seconds / 4, sizes.kinds()) as pests, thin_link(port) as narrow:
        far = range(sizes.people, sizes.people + sizes.thin)
        for index in far:
            page = Page(port, place.people[index], Seen(), Random(index), until=rush.over, through=narrow)
            tasks.append(asyncio.create_task(_on_2g(page, thin)))
        await asyncio.sleep(sizes.seconds / 2)
        before, held, mark = rush.acknowledged, pests.open, len(rush.seen.waits)
        await asyncio.sleep(sizes.seconds / 2)
        beside, among = rush.acknowledged - before, Seen(waits=rush.seen.waits[mark:])
        rush.stop = True
        await asyncio.gather(*tasks)
    return (
        rush,
        thin,
        {
            "slow and silent connections": held,
            "acknowledged beside them": beside,
            "starved": int(beside == 0),
            "p95 alone, s": round(alone.percentile(0.95), 3),
            "p95 beside them, s": round(among.percentile(0.95), 3),
        },
    )


async def _on_2g(page: Page, sats: list[Sat]) -> None:
    """Somebody far from any mast."""
    while not page.over():
        if (sat := await page.sit(saves=1)) is not None:
            sats.append(sat)
    await page.wire.close()
