"""R03: between a submission and its acknowledgement the write-ahead log was flushed to disk, each time."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from torture.kept import CARELESS
from torture.page import Page, Sat, Seen
from torture.report import Missing, Report
from torture.rig import Installation, family, installation

_FLUSH = re.compile(r"^(\d+\.\d+) f(?:data)?sync\(\d+<[^>]*/pg_wal/[^>]*>\) = 0 <(\d+\.\d+)>$", re.MULTILINE)


def run(template: Path, *, submissions: int, careful: bool = True) -> Report:
    """So many submissions one after the other, every process of PostgreSQL watched by strace."""
    if shutil.which("strace") is None:
        raise Missing("strace is not installed")
    with installation(template, settings={} if careful else CARELESS) as place:
        place.start()
        sats = asyncio.run(_sit(place, 2))  # whatever is flushed for the first time
        with traced(place) as folder:
            sats = asyncio.run(_sit(place, submissions))
        flushes = sorted(
            float(began) + float(took) for one in folder.iterdir() for began, took in _FLUSH.findall(one.read_text())
        )
    missing = [sat for sat in sats if not any(sat.sent < flush < sat.acknowledged for flush in flushes)]
    figures = {"acknowledged": len(sats), "flushes seen": len(flushes), "without a flush": len(missing)}
    return Report(figures, [f"attempt {sat.contestant}/{sat.number}: acknowledged before any flush" for sat in missing])


async def _sit(place: Installation, submissions: int) -> list[Sat]:
    sats, seen = [], Seen()
    for turn in range(submissions):
        person = place.people[turn % len(place.people)]
        page = Page(place.port, person, seen, Random(turn), until=lambda: False)
        sat = await page.sit(saves=0)
        assert sat is not None, seen.odd
        assert sat.acknowledged, seen.odd
        sats.append(sat)
        await page.wire.close()
    return sats


@contextmanager
def traced(place: Installation) -> Iterator[Path]:
    """Every flush of every process of PostgreSQL, with its instant, in files of the folder that this gives."""
    folder = place.data / "strace"
    folder.mkdir()
    pids = [str(process.pid) for process in family(place.postgres)]
    command = ["strace", "-ff", "-y", "-ttt", "-T", "-e", "trace=fdatasync,fsync", "-o", str(folder / "of")]
    tracer = subprocess.Popen([*command, "-p", ",".join(pids)], stderr=subprocess.DEVNULL)
    try:
        while not all(_tracer_of(pid) for pid in pids):
            if tracer.poll() is not None:
                raise Missing("strace may not look at other processes here")
            time.sleep(0.02)  # it is taking hold of them
        yield folder
    finally:
        tracer.terminate()
        tracer.wait()


def _tracer_of(pid: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("TracerPid:")[1].split()[0])
