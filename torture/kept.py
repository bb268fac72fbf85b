"""R01: what was acknowledged is kept, once and right, whoever is killed in the middle of a rush."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from torture import books
from torture.page import Page, Sat, Seen
from torture.report import Report
from torture.rig import Installation, Person, installation, kill

# The control: a commit is said to be done before it is on disk, and the disk is written to as late as possible.
CARELESS = {"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}


@dataclass
class Rush:
    """People who sit one exam after the other until enough were acknowledged."""

    place: Installation
    enough: int
    again: float  # seconds between tries; 5 on the page, sooner here so that more is tried
    rng: Random
    seen: Seen = field(default_factory=Seen)
    sats: list[Sat] = field(default_factory=list)
    acknowledged: int = 0
    grew: asyncio.Event = field(default_factory=asyncio.Event)
    stop: bool = False
    port: int = 0  # where the site is asked, if not where it listens
    pause: float = 0.0  # seconds between two exams of one person

    def over(self) -> bool:
        """Whether enough is acknowledged, and nobody is being killed any more."""
        return self.stop

    async def sitting(self, index: int) -> None:
        """One person's exams."""
        page = self.page(self.place.people[index])
        while not self.over():
            await self.exam(page)
        await page.wire.close()

    def page(self, person: Person) -> Page:
        """That person's browser."""
        port, rng = self.port or self.place.port, Random(self.rng.random())
        return Page(port, person, self.seen, rng, again=self.again, until=self.over)

    async def exam(self, page: Page) -> None:
        """One exam, and the rest after it."""
        sat = await page.sit(saves=0)
        if sat is None:
            return
        self.sats.append(sat)
        if sat.acknowledged:
            self.acknowledged += 1
            self.grew.set()
        await asyncio.sleep(self.pause * page.rng.uniform(0.5, 1.5))

    async def until(self, count: int) -> None:
        """Until so many are acknowledged."""
        while self.acknowledged < count:
            self.grew.clear()
            await self.grew.wait()

    async def run(self, people: int, blows: list[str]) -> list[float]:
        """Everybody sits; the blows fall at random moments; the seconds until the first acknowledgement after each."""
        crowd = [asyncio.create_task(self.sitting(index)) for index in range(people)]
        gaps = []
        share = self.enough / (len(blows) + 1)
        for turn, blow in enumerate(blows, 1):
            await self.until(round(share * (turn - self.rng.random() / 2)))
            began = time.monotonic()
            await asyncio.to_thread(strike, self.place, blow, self.rng)
            await self.until(self.acknowledged + 1)
            gaps.append(time.monotonic() - began)
        await self.until(self.enough)
        self.stop = True
        await asyncio.gather(*crowd)
        return gaps


def strike(place: Installation, blow: str, rng: Random) -> None:
    """Kill -9, then what a supervisor does: start again what ended."""
    if blow == "database":
        place.kill_database()
        place.start_database()
    elif blow == "workers":
        killed = place.site_workers()
        kill(rng.sample(killed, rng.randint(1, len(killed))))
    else:
        place.kill_everything()
        place.start(worker=True)
    if place.site and place.site.poll() is not None:
        place.start_site()


def run(
    template: Path,
    *,
    submissions: int,
    people: int,
    database: int,
    workers: int,
    everything: int,
    again: float = 5.0,
    careful: bool = True,
    seed: int = 1,
) -> Report:
    """So many acknowledged submissions, so many kills of each kind; not ``careful`` is the control."""
    rng = Random(seed)
    blows = ["database"] * database + ["workers"] * workers + ["everything"] * everything
    rng.shuffle(blows)
    began = time.monotonic()
    with installation(template, settings={} if careful else CARELESS) as place:
        place.start(worker=True)
        rush = Rush(place, submissions, again, rng)
        gaps = asyncio.run(rush.run(people, blows))
        faults = books.differences(place, rush.sats)
        if careful:
            faults += books.recounted(place)
    lost = sum("acknowledged and lost" in fault for fault in faults)
    figures = {
        "acknowledged": rush.acknowledged,
        "kills": len(blows),
        "lost": lost,
        "other faults": len(faults) - lost,
        "requests without an answer": rush.seen.lost,
        "refused as busy": rush.seen.answers.get(503, 0),
        "failures": rush.seen.answers.get(500, 0),
        "longest gap, s": round(max(gaps, default=0.0), 1),
        "seconds": round(time.monotonic() - began),
    }
    return Report(figures, [*faults, *rush.seen.odd])
