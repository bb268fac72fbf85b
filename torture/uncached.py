"""R10: the cache that machines share is killed, emptied, frozen in a rush: nobody meets an error, throttles hold."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from random import Random

from benchmarks.installation import HOST, free_port

from torture import books
from torture.filling import SLUG
from torture.kept import Rush
from torture.page import HOME, Sat, Seen
from torture.report import Missing, Report
from torture.rig import PATIENCE, PAUSE, Installation, installation
from torture.wire import Connection

MOST = 20  # requests for open data a minute and address
MODEST = 6.0  # seconds between two requests of somebody who never comes near that
DATA = f"/api/v1/contests/{SLUG}/statistics"
PAGES = ("", "xep-hang/", "thong-ke/", "the-le/")
FOLDED = 60.0  # seconds after which every rank is right again
BLOWS = ("killed", "emptied", "frozen")
NEEDY = "torture.needy"  # settings of the control
_WAITING = "SELECT count(*) FROM lantoa_waiting"


@dataclass
class Cache:
    """A real server that keeps nothing on disk."""

    folder: Path
    program: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For CACHE_URL."""
        return f"redis://{HOST}:{self.port}/0"

    def start(self) -> None:
        """Empty, and wait until it answers."""
        command = [self.program, "--port", str(self.port), "--bind", HOST, "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        began = time.monotonic()
        while True:
            with suppress(OSError):
                return self.say("PING")
            if self.process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise Missing(f"{self.program} does not start")
            time.sleep(PAUSE)  # another process is coming up

    def say(self, word: str) -> None:
        """One word, and its answer."""
        with socket.create_connection((HOST, self.port), 5) as wire:
            wire.sendall(f"{word}\r\n".encode())
            wire.recv(100)

    def kill(self) -> None:
        """Kill -9."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def strike(self, blow: str, away: float) -> None:
        """One blow; after it the cache is there again, so many seconds later."""
        if blow == "emptied":
            return self.say("FLUSHALL")
        if blow == "killed" or self.process is None:
            self.kill()
            time.sleep(away)
            return self.start()
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(away)
        return self.process.send_signal(signal.SIGCONT)


@contextmanager
def cached(folder: Path) -> Iterator[Cache]:
    """Redis, or Valkey, which is the same to us."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise Missing("neither redis-server nor valkey-server is installed")
    cache = Cache(folder, program)
    cache.start()
    try:
        yield cache
    finally:
        cache.kill()


@contextmanager
def two_machines(place: Installation) -> Iterator[list[Installation]]:
    """The site twice, each with a folder of its own as two machines have, one database behind them."""
    folder = place.data / "second"
    folder.mkdir()
    shutil.copy(place.data / "keys.json", folder)
    (folder / "static").symlink_to(place.data / "static")
    environ = {**place.environ, "LANTOA_DATA": str(folder)}
    second = replace(place, port=free_port(), environ=environ, postgres=None)
    machines = [place, second]
    try:
        with ThreadPoolExecutor() as starting:
            list(starting.map(Installation.start_site, machines))
        yield machines
    finally:
        second.kill_everything()


@dataclass
class Askers:
    """People who only read: pages, and the open data, some of them far too often."""

    stop: bool = False
    let: Counter[tuple[int, int]] = field(default_factory=Counter)  # greedy requests by minute and machine
    refused: int = 0
    throttled: asyncio.Event = field(default_factory=asyncio.Event)  # somebody was refused: there is something to hold
    answers: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0  # seconds of an answer of the open data
    odd: list[str] = field(default_factory=list)

    async def read(self, port: int, every: float) -> None:
        """One page after the other."""
        async with Connection(port) as wire:
            for page in itertools.cycle(PAGES):
                if self.stop:
                    return
                await self._ask(wire, f"{HOME}{page}")
                await asyncio.sleep(every)

    async def modest(self, ports: list[int], source: str) -> None:
        """The open data now and then, at either machine: never refused."""
        wires = [Connection(port, source=source) for port in ports]
        for wire in itertools.cycle(wires):
            if self.stop:
                break
            if (status := await self._ask(wire, DATA)) == HTTPStatus.TOO_MANY_REQUESTS:
                self.odd.append(f"somebody modest was told {status}")
            await asyncio.sleep(MODEST)
        await asyncio.gather(*(wire.close() for wire in wires))

    async def greedy(self, port: int, source: str, every: float) -> None:
        """The open data without end at one machine; counts what was let through of each whole minute."""
        async with Connection(port, source=source) as wire:
            while not self.stop:
                minute = int(time.time()) // 60
                status = await self._ask(wire, DATA)
                if status == HTTPStatus.OK and int(time.time()) // 60 == minute:
                    self.let[(minute, port)] += 1
                if status == HTTPStatus.TOO_MANY_REQUESTS:
                    self.refused += 1
                    self.throttled.set()
                await asyncio.sleep(every)

    async def _ask(self, wire: Connection, path: str) -> int:
        began, status = time.monotonic(), 0
        try:
            status = (await wire.ask("GET", path, {"Accept": "*/*"})).status
        except (ConnectionError, TimeoutError) as problem:
            self.odd.append(f"{path}: {problem!r}")
        self.answers[status] += 1
        if path == DATA:
            self.longest = max(self.longest, time.monotonic() - began)
        return status

    def most(self) -> int:
        """The most that one machine let through in a minute."""
        return max(self.let.values(), default=0)

    def most_together(self) -> int:
        """The most that both let through."""
        together: Counter[int] = Counter()
        for (minute, _), count in self.let.items():
            together[minute] += count
        return max(together.values(), default=0)


def run(
    template: Path, *, people: int, blows: int, every: float, away: float, again: float = 5.0, careful: bool = True
) -> Report:
    """A rush at two machines; a blow to their cache every so many seconds, which is ``away`` for some of them.

    Not ``careful`` is the control: a build that counts in the cache alone, and needs it for every answer.
    """
    with installation(template, workers=1) as place, cached(place.data) as cache:
        place.environ |= {"CACHE_URL": cache.url, "LANTOA_API_PER_MINUTE": str(MOST)}
        if not careful:
            place.environ["DJANGO_SETTINGS_MODULE"] = NEEDY
        place.start_database()
        with two_machines(place) as machines:
            place.start_worker()
            seen, sats, askers, together = asyncio.run(_rush(machines, cache, people, blows, every, away, again))
            folded = _folded(place)
            faults = books.differences(place, sats) + books.recounted(place)
    faults += _faults(seen, askers, together) + ([f"ranks were right after {folded:.0f} s"] if folded > FOLDED else [])
    figures: dict[str, float | int | str] = {
        "acknowledged": sum(bool(sat.acknowledged) for sat in sats),
        "blows": blows,
        "failures": _failures(seen, askers),
        "pages and data shown": askers.answers[HTTPStatus.OK],
        "refused as too many": askers.refused,
        "most let through by one machine in a minute": askers.most(),
        "by both while the cache was there": together,
        "longest answer of the open data, s": round(askers.longest, 2),
        "p99 of the exam, s": round(seen.percentile(0.99), 2),
        "all ranked after, s": round(folded, 1),
    }
    return Report(figures, faults)


def _failures(seen: Seen, askers: Askers) -> int:
    """Whatever anybody must not meet, on any way."""
    bad = [status for status in {*seen.answers, *askers.answers} if status >= HTTPStatus.INTERNAL_SERVER_ERROR]
    return sum(seen.answers.get(status, 0) + askers.answers[status] for status in bad) + seen.lost + askers.answers[0]


def _faults(seen: Seen, askers: Askers, together: int) -> list[str]:
    failures, most = _failures(seen, askers), askers.most()
    faults = [f"{failures} failures"] if failures else []
    faults += [f"{most} let through by one machine in a minute"] if most > MOST else []
    faults += [f"{together} let through by both while the cache was there"] if together > MOST else []
    faults += [] if askers.refused else ["nobody was ever refused: no throttle was tried"]
    return [*faults, *askers.odd, *seen.odd]


async def _rush(  # noqa: PLR0917 - the sizes of the trial in their order
    machines: list[Installation], cache: Cache, people: int, blows: int, every: float, away: float, again: float
) -> tuple[Seen, list[Sat], Askers, int]:
    rushes = [Rush(machine, 0, again, Random(n)) for n, machine in enumerate(machines)]
    for rush in rushes[1:]:
        rush.seen, rush.sats = rushes[0].seen, rushes[0].sats
    askers, ports = Askers(), [machine.port for machine in machines]
    tasks = [asyncio.create_task(rushes[n % 2].sitting(n)) for n in range(people)]
    tasks += [asyncio.create_task(askers.read(port, every=0.25)) for port in ports]
    tasks += [asyncio.create_task(askers.modest(ports, "127.0.0.2"))]
    tasks += [asyncio.create_task(askers.greedy(port, "127.0.0.3", every=0.04)) for port in ports]
    await askers.throttled.wait()
    together = askers.most_together()
    for _, blow in zip(range(blows), itertools.cycle(BLOWS), strict=False):
        began = time.monotonic()
        await asyncio.to_thread(cache.strike, blow, away)
        await asyncio.sleep(max(0.0, every - (time.monotonic() - began)))
    askers.stop = True
    for rush in rushes:
        rush.stop = True
    await asyncio.gather(*tasks)
    return rushes[0].seen, rushes[0].sats, askers, together


def _folded(place: Installation) -> float:
    """Seconds until the worker has counted everything."""
    began = time.monotonic()
    with place.connect() as wire:
        while (found := wire.execute(_WAITING).fetchone()) and found[0] and time.monotonic() < began + 2 * FOLDED:
            time.sleep(PAUSE)  # the worker's beat
    return time.monotonic() - began
