"""R17: each machine of the application gets its new version in its turn, while people sit."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random

from tools.cluster import build
from tools.cluster.build import APPS

from torture.page import Sat, Seen
from torture.report import Report
from torture.several import FrontPage, Several, checked_sats, several

PEOPLE = 200
THINKING = 3.0  # seconds between two changes of a sheet
SITE = "--port 8000"  # in the command of the processes that serve pages


@dataclass
class Hall:
    """People with an open paper each, who change their sheets until they are told to hand in."""

    place: Several
    seen: Seen = field(default_factory=Seen)
    sats: list[Sat] = field(default_factory=list)
    saves: Counter[int] = field(default_factory=Counter)
    seated: int = 0
    all_seated: asyncio.Event = field(default_factory=asyncio.Event)
    hand_in: bool = False
    rng: Random = field(default_factory=lambda: Random(17))

    async def sitting(self, index: int) -> None:
        """One person."""
        page = FrontPage(self.place.people[index], self.seen, Random(self.rng.random()), lambda: False)
        paper = await page.open_paper()
        assert paper is not None
        sat = page.fill(paper)
        self.seated += 1
        if self.seated == PEOPLE:
            self.all_seated.set()
        revision = 1
        while not self.hand_in:
            self.saves[await page.save(paper, sat.sheet, revision)] += 1
            revision += 1
            await asyncio.sleep(THINKING * page.rng.uniform(0.5, 1.5))
        await page.submit(paper, sat, revision)
        self.sats.append(sat)
        await page.wire.close()

    async def run(self) -> float:
        """Everybody sits down, everything is replaced, everybody hands in; the seconds of the replacing."""
        crowd = [asyncio.create_task(self.sitting(index)) for index in range(PEOPLE)]
        await self.all_seated.wait()
        began = time.monotonic()
        await asyncio.to_thread(upgrade, self.place)
        took = time.monotonic() - began
        self.hand_in = True
        await asyncio.gather(*crowd)
        return took


def upgrade(place: Several) -> None:
    """What the operator does: new tables first (they fit the old version too), then one machine after the other."""
    done = place.command("migrate")
    assert done.returncode == 0, done.stderr
    for machine in APPS:
        machine.stop(SITE)
        build.start_site(machine, place.cluster)
        build.wait_until(lambda at=machine: build.answers(at), f"the site on {machine.name}")


def run(_kills: int) -> Report:
    """0 broken attempts: everybody's is submitted, with the sheet that was sent."""
    with several(PEOPLE) as place:
        hall = Hall(place)
        took = asyncio.run(hall.run())
        faults = checked_sats(place, hall.sats, hall.seen)
    refused = {status: count for status, count in hall.saves.items() if status != HTTPStatus.OK}
    broken = PEOPLE - sum(bool(sat.acknowledged) for sat in hall.sats)
    figures: dict[str, float | int | str] = {
        "sitting": PEOPLE,
        "broken": broken,
        "saves": hall.saves.total(),
        "saves tried again": sum(refused.values()),
        "upgrade, s": round(took, 1),
        "p99, s": round(hall.seen.percentile(0.99), 2),
    }
    return Report(figures, faults + ([f"{broken} attempts are broken"] if broken else []))
