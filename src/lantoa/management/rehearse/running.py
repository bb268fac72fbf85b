"""One rehearsal from the first request to the last comparison."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from lantoa.management.rehearse.books import Books, Person
from lantoa.management.rehearse.browser import Place
from lantoa.management.rehearse.checking import Compared, close_open, compare_all
from lantoa.management.rehearse.crowd import Crowd
from lantoa.management.rehearse.installation import Installation, Rehearsal
from lantoa.management.rehearse.journey import Journey, Manner
from lantoa.management.rehearse.machine import Busy, Look
from lantoa.management.rehearse.plan import Plan, make_plan
from lantoa.management.rehearse.wire import Wire

GRACE = 20.0  # seconds after the last deadline: the worker closes what ran out each second
THINKING = 8  # people in the middle of something for each whose question is under way
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """How it is to be done."""

    address: str  # of the contest's page
    share: float  # of the history's people
    seconds: float  # for its ten days
    at_once: int = 24  # questions under way
    seed: int = 2025
    manner: Manner = field(default_factory=Manner)

    @property
    def slug(self) -> str:
        """The contest's."""
        return urlsplit(self.address).path.strip("/").removeprefix("en/")


@dataclass(slots=True)
class Run:
    """What came of it."""

    asked: Asked
    contest: Rehearsal
    plan: Plan
    books: Books
    begun: datetime
    took: float = 0.0  # seconds, to the last answer
    visits: int = 0  # by then: the comparison opens pages too
    behind: float = 0.0  # seconds behind the plan, at most
    skipped: int = 0
    sent_again: int = 0
    told: dict[str, Any] = field(default_factory=dict)  # the installation's figures
    compared: list[Compared] = field(default_factory=list)
    here: bool = False  # the installation runs on this machine
    busy: Busy | None = None  # what this machine did meanwhile
    compared_in: Busy | None = None  # and from the last answer until all was compared

    @property
    def fine(self) -> bool:
        """No error, and everything equal."""
        return not self.books.errors and not self.skipped and all(one.equal for one in self.compared)


async def drive(asked: Asked, wire: Wire, say: Say) -> Run:
    """The ten days; not compared yet."""
    books = Books()
    place = Place(wire, asked.slug, books, at_once=asked.at_once)
    contest = await Installation(wire, asked.slug).rehearsal()
    say(f"{contest.name}: lập kế hoạch …")
    early = max(0.0, 1 - (contest.time_limit + GRACE) / asked.seconds)
    plan = make_plan(asked.seed, contest.populations, share=asked.share, asked=contest.asked, may_run_out=early)
    joined = enumerate(plan.history.registrations, 1)
    books.people = [Person(serial, contest.units[unit]) for serial, (_, unit) in joined]
    say(f"{len(books.people)} người, {len(plan.history.sittings)} lượt thi, {plan.visits[-1]} lượt truy cập …")
    journey = Journey(place, asked.seed, asked.manner)
    crowd = Crowd(journey, plan, seconds=asked.seconds, at_once=THINKING * asked.at_once)
    run = Run(asked, contest, plan, books, datetime.now(UTC))
    telling, before = asyncio.create_task(_tell(crowd, say)), Look.now()
    run.took = await crowd.run()
    run.busy, run.visits = Look.now().since(before), books.visits
    telling.cancel()
    run.behind, run.skipped, run.sent_again = crowd.behind, crowd.skipped, wire.sent_again
    return run


async def _tell(crowd: Crowd, say: Say) -> None:
    """How far it is, each half minute."""
    while True:
        await asyncio.sleep(30)
        books = crowd.books
        say(
            f"{crowd.now:6.0f} s: {books.registered().total()} người, {books.attempts().total()} lượt thi, "
            f"{books.visits} lượt truy cập, {books.errors} lỗi"
        )


async def compare(run: Run, wire: Wire, say: Say) -> None:
    """Wait until the installation's figures are settled, then compare everything."""
    place = Place(wire, run.asked.slug, run.books)
    installation = Installation(wire, run.asked.slug)
    over, before = run.begun + timedelta(seconds=run.took), Look.now()
    if any(person.left_open for person in run.books.people):
        await close_open(place)
    say("Chờ số liệu của phút cuối, rồi đối chiếu …")
    # The board is exact at any moment; totals are told of whole minutes that are over.
    run.told, board = await asyncio.gather(installation.settled(over), installation.board())
    run.compared = await compare_all(place, installation, run.told, board, run.asked.seed)
    run.compared_in = Look.now().since(before)
