"""R09: clients that send a byte a second, read a byte a second, or say nothing: honest people go on behind nginx."""

from __future__ import annotations

import asyncio
import getpass
import os
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.installation import HOST, free_port

from torture import books
from torture.kept import Rush
from torture.page import HOME, Seen
from torture.report import Missing, Report
from torture.rig import PATIENCE, PAUSE, Installation, installation

DRIP = 1.0  # seconds between two bytes
_HEAD = f"GET {HOME} HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: "
_BODY = (
    f"POST {HOME}thi/bat-dau/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Cookie: sessionid=cham\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 4000\r\n\r\nphieu="
)
_WHOLE = f"GET {HOME}xep-hang/ HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\n\r\n"


@dataclass
class Pests:
    """Connections of each kind of bad manners, held until told to stop."""

    port: int
    open: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def be(self, kind: str) -> None:
        """One of them, again and again when it is thrown out."""
        while not self.stop.is_set():
            with suppress(OSError, TimeoutError):
                reader, writer = await asyncio.open_connection(HOST, self.port)
                self.open += 1
                try:
                    await self._behave(kind, reader, writer)
                finally:
                    self.open -= 1
                    writer.close()
            await self._wait(DRIP)

    async def _behave(self, kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write({"head": _HEAD, "body": _BODY, "read": _WHOLE, "idle": ""}[kind].encode())
        if kind == "read":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        while not self.stop.is_set():
            await self._wait(DRIP)
            if kind in {"head", "body"}:
                writer.write(b"x")
                await writer.drain()
            elif kind == "read":
                if not await reader.read(1):
                    return
            elif reader.at_eof():
                return

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)


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


def run(
    template: Path, *, people: int, each: int, idle: int, seconds: float, again: float = 5.0, behind: bool = True
) -> Report:
    """So many of each kind beside honest people; not ``behind`` nginx is the control."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with installation(template) as place:
            place.start_database()
            if behind:
                with fronted(place) as port:
                    place.start_site()
                    return _judged(place, asyncio.run(_rush(place, port, people, each, idle, seconds, again)))
            place.start_site()
            return _judged(place, asyncio.run(_rush(place, place.port, people, each, idle, seconds, again)))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _judged(place: Installation, found: tuple[Rush, dict[str, float | int | str]]) -> Report:
    rush, figures = found
    faults = books.differences(place, rush.sats)
    faults += ["nobody could hand in beside them"] if figures["starved"] else []
    faults += [f"{count} answers {status}" for status, count in rush.seen.answers.items() if status >= 500]
    return Report({"acknowledged": rush.acknowledged, **figures}, [*faults, *rush.seen.odd])


async def _rush(  # noqa: PLR0917 - the sizes of the trial in their order
    place: Installation, port: int, people: int, each: int, idle: int, seconds: float, again: float
) -> tuple[Rush, dict[str, float | int | str]]:
    rush, pests = Rush(place, 0, again, Random(9)), Pests(port)
    rush.port = port
    tasks = [asyncio.create_task(rush.sitting(index)) for index in range(people)]
    await rush.until(people)
    await asyncio.sleep(seconds)
    alone = Seen(waits=list(rush.seen.waits))
    bad = [asyncio.create_task(pests.be(kind)) for kind in ("head", "body", "read") for _ in range(each)]
    bad += [asyncio.create_task(pests.be("idle")) for _ in range(idle)]
    await asyncio.sleep(seconds / 2)
    before, held = rush.acknowledged, pests.open
    await asyncio.sleep(seconds / 2)
    beside = rush.acknowledged - before
    among = Seen(waits=rush.seen.waits[len(alone.waits) :])
    pests.stop.set()
    await asyncio.gather(*bad)
    rush.stop = True
    await asyncio.gather(*tasks)
    return rush, {
        "slow and silent connections": held,
        "acknowledged beside them": beside,
        "starved": int(beside == 0),
        "p95 alone, s": round(alone.percentile(0.95), 2),
        "p95 beside them, s": round(among.percentile(0.95), 2),
    }
