"""R08: the disk of the database is full: a clear refusal, nothing acknowledged is lost, pages stay, no restart."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import psycopg

from torture import books
from torture.kept import Rush
from torture.page import HOME
from torture.report import Missing, Report
from torture.rig import Installation, installation
from torture.wire import Connection

# The log's segments are made beforehand and used again: they never need what the disk no longer has.
SETTINGS = {"max_wal_size": "64MB", "min_wal_size": "64MB", "checkpoint_timeout": "30s", "max_connections": "30"}
PAGE = f"{HOME}xep-hang/"
RECOVERED = 30.0  # seconds
Wire = psycopg.Connection[tuple[object, ...]]


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own."""
    if os.geteuid() != 0:
        raise Missing("only root makes a small file system")
    with tempfile.TemporaryDirectory(prefix="lt-full-") as folder:
        Path(folder).chmod(0o755)
        made = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "lantoa-full", folder]
        if subprocess.run(made, capture_output=True, check=False).returncode:
            raise Missing("no file system may be mounted here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def run(
    template: Path, *, people: int, seconds: float, megabytes: int = 260, again: float = 5.0, fill: bool = True
) -> Report:
    """A rush; the disk fills; after so many seconds there is room again. Without ``fill``: the control."""
    with small_disk(megabytes) as folder, installation(template, folder=folder, settings=SETTINGS) as place:
        place.start(worker=True)
        watch = place.connect()
        rush, pages, refused, recovery = asyncio.run(_rush(place, watch, people, seconds, again, fill=fill))
        faults = books.differences(place, rush.sats) + books.recounted(place)
        faults += ["the database broke down"] if _ended(watch) else []
    never = not refused
    if never:
        faults.append("the disk was never full")
    faults += [f"a page answered {status}" for status in pages if status != 200]
    figures = {
        "acknowledged": rush.acknowledged,
        "refused as busy": rush.seen.answers.get(503, 0),
        "failures": rush.seen.answers.get(500, 0),
        "never full": int(never),
        "pages shown while full": pages.count(200),
        "recovered in, s": round(recovery, 1),
    }
    faults += [f"{rush.seen.answers[500]} answers 500"] if 500 in rush.seen.answers else []
    return Report(figures, [*faults, *rush.seen.odd])


async def _rush(
    place: Installation, watch: Wire, people: int, seconds: float, again: float, *, fill: bool
) -> tuple[Rush, list[int], int, float]:
    rush = Rush(place, 0, again, Random(8))
    tasks = [asyncio.create_task(rush.sitting(index)) for index in range(people)]
    await rush.until(people)
    ballast = place.data / "ballast"
    ballast.touch()
    async with Connection(place.port) as wire:
        # Somebody who was here before: the process that answers is connected. Of two that serve six people, one may not
        # have met anybody yet, and on a full disk nobody can connect any more.
        await wire.ask("GET", PAGE, {"Accept": "text/html"})
        if fill:
            await asyncio.to_thread(_fill, ballast, place.cluster)
            await asyncio.to_thread(_checkpoint, watch)
        ends, pages = time.monotonic() + seconds, []
        while time.monotonic() < ends:
            if fill:
                await asyncio.to_thread(_fill, ballast, place.cluster)  # what was given back meanwhile, too
            pages.append((await wire.ask("GET", PAGE, {"Accept": "text/html"})).status)
            await asyncio.sleep(0.1)
    refused = rush.seen.answers.get(503, 0) + rush.seen.answers.get(500, 0)
    ballast.unlink()
    freed = time.monotonic()
    await asyncio.wait_for(rush.until(rush.acknowledged + people), RECOVERED * 4)
    recovery = time.monotonic() - freed
    rush.stop = True
    await asyncio.gather(*tasks)
    return rush, pages, refused, recovery


def _checkpoint(watch: Wire) -> None:
    """One comes by itself every few minutes; it may find no room and be told so, but nothing may end by it."""
    with suppress(psycopg.Error):
        watch.execute("CHECKPOINT")


def _ended(watch: Wire) -> bool:
    """Whether the server has put an end to all that were connected: that is what it does when it breaks down."""
    try:
        watch.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    watch.close()
    return False


def _fill(ballast: Path, cluster: Path) -> None:
    """Take what is free. Others write meanwhile, so the last piece may not fit: then it is full, which is the aim.

    And let nobody connect any more: a vacuum of a catalog, which may come at any moment, takes away the files that each
    new connection reads or else must write, and without room it is refused.
    """
    for found in cluster.rglob("pg_internal.init"):
        found.unlink(missing_ok=True)
    free = os.statvfs(ballast.parent)
    more = free.f_bavail * free.f_frsize
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        while more > 0:
            more -= file.write(bytes(min(more, 2**20)))
