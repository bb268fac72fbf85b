"""The production form under fire: contestants at its front, and blows at its machines."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
from tools.cluster import build
from tools.cluster.build import DATA, FRONT, SITE, Cluster
from tools.cluster.machines import Machine, remove_all
from tools.cluster.needs import ROOT

from torture import books
from torture.page import Page, Sat, Seen
from torture.rig import Job, Person
from torture.wire import Connection

AGAIN = 0.5  # seconds between a contestant's tries
BETWEEN = (0.3, 0.9)  # seconds between two exams: all of them come from one address, and nginx lets it ask so often
QUIET = 3.0  # seconds of rush before each blow
RESUMED = 20  # acknowledgements after a blow until it counts as overcome
ALONE = 40.0  # seconds that a primary is left alone: longer than its keeper needs to notice
LONGEST = 120.0  # seconds after which a blow that is not overcome is a fault


@dataclass
class Several:
    """A cluster with contestants; what `torture.books` asks of a place."""

    cluster: Cluster
    people: list[Person]

    def connect(self) -> psycopg.Connection[Any]:
        """To whichever takes writing."""
        return psycopg.connect(self.cluster.database(), target_session_attrs="read-write", connect_timeout=2)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `lantoa …` on the machine in front."""
        environ = os.environ | self.cluster.environ(FRONT)
        return subprocess.run(
            build.lantoa(*arguments), env=environ, capture_output=True, text=True, check=False, cwd=ROOT, timeout=300
        )

    @contextmanager
    def jobs(self) -> Iterator[Job]:
        """The same as a job of an installation's."""

        def job(*arguments: str) -> tuple[int, str]:
            done = self.command(*arguments)
            return done.returncode, done.stdout + done.stderr

        yield job


@contextmanager
def several(people: int, *, synchronous: bool = True, **extra: str) -> Iterator[Several]:
    """Built, filled with contestants who have not sat yet, and gone at the end; ``extra``: settings by name."""
    try:
        cluster = build.build(people=0, synchronous=synchronous, extra=extra)
        path = os.pathsep.join(filter(None, [str(ROOT), *sys.path]))
        own = {"DJANGO_SETTINGS_MODULE": "lantoa.config.settings", "PYTHONPATH": path}
        environ = os.environ | cluster.environ(FRONT) | own
        command = [sys.executable, "-m", "torture.several_filling", str(people)]
        told = subprocess.run(command, env=environ, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        yield Several(cluster, [Person(**row) for row in json.loads(told.splitlines()[-1])])
    finally:
        remove_all()


class FrontPage(Page):
    """A contestant's browser at the front machine."""

    def __init__(self, person: Person, seen: Seen, rng: Random, until: Callable[[], bool]) -> None:
        super().__init__(80, person, seen, rng, again=AGAIN, until=until)
        self.wire = Connection(80, host=FRONT.address)
        self.origin = SITE


@dataclass
class Rush:
    """Contestants who sit one exam after the other until told to stop."""

    place: Several
    rng: Random = field(default_factory=lambda: Random(4))
    seen: Seen = field(default_factory=Seen)
    sats: list[Sat] = field(default_factory=list)
    marks: list[float] = field(default_factory=list)  # when each acknowledgement came
    grew: asyncio.Event = field(default_factory=asyncio.Event)
    stop: bool = False

    async def sitting(self, person: Person) -> None:
        """One person's exams."""
        page = FrontPage(person, self.seen, Random(self.rng.random()), lambda: self.stop)
        while not self.stop:
            sat = await page.sit(saves=0)
            if sat is not None:
                self.sats.append(sat)
                if sat.acknowledged:
                    self.marks.append(time.monotonic())
                    self.grew.set()
            await asyncio.sleep(self.rng.uniform(*BETWEEN))
        await page.wire.close()

    async def acknowledged(self, more: int) -> None:
        """Until so many more came."""
        enough = len(self.marks) + more
        while len(self.marks) < enough:
            self.grew.clear()
            await self.grew.wait()

    async def struck(self, blow: Callable[[], object], after: Callable[[], object] | None = None) -> float:
        """A rush, a blow in it, and the longest time without an acknowledgement until it goes on; then ``after``."""
        await asyncio.sleep(QUIET)
        began = time.monotonic()
        await asyncio.to_thread(blow)
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST):
                await self.acknowledged(RESUMED)
        marks = [mark for mark in self.marks if mark > began]
        gap = max(later - earlier for earlier, later in zip([began, *marks], [*marks, time.monotonic()], strict=True))
        if after is not None:
            await asyncio.to_thread(after)
        return gap

    async def run(self, blows: list[tuple[Callable[[], object], Callable[[], object] | None]]) -> list[float]:
        """Everybody sits; each blow in its turn; the gaps in seconds."""
        crowd = [asyncio.create_task(self.sitting(person)) for person in self.place.people]
        gaps = [await self.struck(blow, after) for blow, after in blows]
        await asyncio.sleep(QUIET)
        self.stop = True
        await asyncio.wait(crowd, timeout=60)
        for task in crowd:
            task.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)
        return gaps


# --- blows ----------------------------------------------------------------------------------------------------------


def lead() -> Machine:
    """The primary, once there is exactly one."""
    build.wait_until(build.primary, "a primary")
    found = build.primary()
    return found if found is not None else lead()


@dataclass
class Blows:
    """What may happen to a data machine, each with what is done about it."""

    place: Several
    struck: Machine = DATA[0]

    def kill_primary(self) -> None:
        """The machine of the primary: its server, its Patroni, its etcd; nothing is asked."""
        self.struck = lead()
        self.struck.off()

    def kill_primary_after_its_standbys_fell_behind(self) -> None:
        """The cables of both standbys are out for a moment before: what is answered then lies on one machine only."""
        self.struck = lead()
        others = [one for one in DATA if one != self.struck]
        for one in others:
            one.cut(cable=True)
        time.sleep(1.5)
        self.struck.off()
        for one in others:
            one.cut(cable=False)

    def kill_standby(self) -> None:
        """The machine that the primary waits for."""
        self.struck = next(one for one in DATA if build.role_of(one) == "sync_standby")
        self.struck.off()

    def kill_standbys_and_then_the_primary(self) -> None:
        """The primary is left alone; what it would acknowledge then would be lost with it. The standbys come back."""
        self.struck = lead()
        others = [one for one in DATA if one != self.struck]
        for one in others:
            one.off()
        time.sleep(ALONE)
        self.struck.off()
        for one in others:
            build.start_data(one, self.place.cluster)

    def freeze_primary(self) -> None:
        """Everything on the primary's machine stands still, for longer than it may; its kernel goes on answering."""
        self.struck = lead()
        self.struck.send(signal.SIGSTOP)
        time.sleep(30)

    def thaw(self) -> None:
        """It wakes up believing that it is still primary."""
        self.struck.send(signal.SIGCONT)
        self.whole()

    def kill_one_etcd(self) -> None:
        """One of the three that vote."""
        self.struck = lead()
        self.struck.send(signal.SIGKILL, "etcd ")

    def kill_etcd(self) -> None:
        """All that vote, for longer than the primary's lease lasts."""
        for one in DATA:
            one.send(signal.SIGKILL, "etcd ")
        time.sleep(30)

    def vote_again(self) -> None:
        """Start what votes."""
        for one in DATA:
            if not one.pids("etcd "):
                build.start_etcd(one, self.place.cluster)
        self.whole()

    def bring_back(self) -> None:
        """The machine is switched on again and becomes a standby."""
        build.start_data(self.struck, self.place.cluster)
        self.whole()

    def whole(self) -> None:
        """Wait until there are a primary and two standbys."""
        wanted = self.place.cluster.synchronous
        build.wait_until(lambda: build.whole(synchronous=wanted), "one primary and two standbys")

    def kill_cache(self) -> None:
        """Counts and copies are gone."""
        FRONT.send(signal.SIGKILL, "redis")

    def cache_again(self) -> None:
        """It comes back empty."""
        build.start_cache()


# --- two that write -------------------------------------------------------------------------------------------------


@dataclass
class Probes:
    """Somebody who writes to each data machine directly, whatever it thinks of itself: two may never be believed."""

    place: Several
    stop: bool = False
    machines: list[Machine] = field(default_factory=lambda: list(DATA))
    kept: dict[str, list[int]] = field(default_factory=lambda: {one.name: [] for one in DATA})

    def prepare(self) -> None:
        """A table of their own."""
        with self.place.connect() as wire:
            wire.execute("CREATE TABLE probe (machine text, n bigint)")

    def write(self, machine: Machine) -> None:
        """Again and again until told to stop; remembers what was acknowledged and when."""
        password, wire, n = self.place.cluster.passwords["lantoa"], None, 0
        where = (
            f"postgresql://lantoa:{password}@{machine.address}/lantoa?target_session_attrs=read-write&connect_timeout=2"
        )
        while not self.stop:
            with suppress(psycopg.Error):
                if wire is None or wire.closed:
                    wire = psycopg.connect(where, autocommit=True)
                n += 1
                wire.execute("INSERT INTO probe VALUES (%s, %s)", (machine.name, n))
                self.kept[machine.name].append(n)
            time.sleep(0.02)

    def lost(self) -> int:
        """Acknowledged writes that the cluster does not know afterwards: made by one that was not primary any more."""
        with self.place.connect() as wire:
            there = set(wire.execute("SELECT machine, n FROM probe").fetchall())
        return sum((name, n) not in there for name, made in self.kept.items() for n in made)


def checked(place: Several, rush: Rush) -> list[str]:
    """The contestants' books against the database's, then the product's own recount."""
    return checked_sats(place, rush.sats, rush.seen)


def checked_sats(place: Several, sats: list[Sat], seen: Seen) -> list[str]:
    """The same of any crowd."""
    return [*books.differences(place, sats), *books.recounted(place), *seen.odd]
