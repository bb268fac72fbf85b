"""How many people a minute it carries: the rate is raised until answers take too long or fail, then narrowed down.

People come by the clock whether or not earlier ones were served, as they do; a step fails when one of a hundred answers
takes longer than allowed, when anybody gets an error, or when more people wait than a step could ever serve.
"""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from time import perf_counter

from lantoa.management.rehearse.books import Books, Person, percentile
from lantoa.management.rehearse.browser import OK, Browser, Place, Unexpected
from lantoa.management.rehearse.journey import Journey, Manner
from lantoa.management.rehearse.machine import Busy, Look
from lantoa.management.rehearse.wire import Wire

FIRST = 60.0  # people a minute
NARROWED = 2  # steps between the last that passed and the first that failed
LOWEST, HIGHEST = 4.0, 1_000_000.0
WAITING = 600  # people at once: more than that is a queue, whatever the answers say
CALM = 1.0  # seconds between steps
PROBE = 0.25  # seconds between two looks at a page that costs nothing
NOTHING = "/robots.txt"
TOO_FEW = "not enough people who learned: take a larger --share"

Does = Callable[[Journey], Awaitable[None]]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a step has failed."""

    p99: float = 1.0  # seconds
    hold: float = 10.0  # seconds of a step


@dataclass(slots=True)
class Step:
    """One rate, held for some seconds."""

    rate: float  # people a minute
    served: int
    p99: float
    errors: int
    why: str  # of the first error
    crowded: bool
    busy: Busy
    nothing: float  # median seconds of a page that costs nothing

    def passed(self, limits: Limits) -> bool:
        """Whether everybody was served well."""
        return not self.errors and not self.crowded and self.p99 <= limits.p99


@dataclass(slots=True)
class Rush:
    """One kind of rush and what it came to."""

    name: str
    about: str
    limits: Limits
    steps: list[Step] = field(default_factory=list)

    @property
    def carried(self) -> Step | None:
        """The highest rate at which everybody was served well."""
        return max((step for step in self.steps if step.passed(self.limits)), key=lambda step: step.rate, default=None)

    @property
    def bent(self) -> Step | None:
        """The lowest rate at which not everybody was."""
        failed = [step for step in self.steps if not step.passed(self.limits)]
        return min(failed, key=lambda step: step.rate, default=None)


class Rushes:
    """The three rushes of a contest, at one place, with the people of the rehearsal."""

    def __init__(
        self, wire: Wire, slug: str, people: list[Person], *, seed: int, manner: Manner, calm: float = CALM
    ) -> None:
        """``people``: of the days made again; those who learned may sit. ``calm``: seconds between steps."""
        self.wire, self.slug, self.seed, self.manner, self.calm = wire, slug, seed, manner, calm
        self._units = sorted({person.unit for person in people})
        self._ready = deque(person for person in people if person.learned and not person.left_open)
        self._serials = count(len(people) + 1)
        self._rng = Random(f"lantoa/rehearse/rush {seed}")  # noqa: S311 (whom it is that comes, no secret)

    async def all(self, limits: Limits, say: Say) -> list[Rush]:
        """Opening, last hour, results; one after the other."""
        rushes = [
            (Rush("opening", "mở đăng ký: trang đầu, tờ đăng ký, ghi danh, chuyên đề", limits), self._opens),
            (Rush("last hour", "giờ cuối: vào thi, lưu, nộp bài, xem kết quả", limits), self._sits),
            (Rush("results", "công bố kết quả: trang đầu, bảng đơn vị, thống kê, chỗ của mình", limits), self._looks),
        ]
        for rush, does in rushes:
            await self._find(rush, does, say)
        return [rush for rush, _ in rushes]

    async def _find(self, rush: Rush, does: Does, say: Say) -> None:
        """Double until it bends; where it bent at once go far down; then narrow it down."""

        async def hold(rate: float) -> bool:
            step = await self._hold(rate, does, rush.limits)
            rush.steps.append(step)
            say(f"{rush.name}: {rate:.0f}/phút, p99 {step.p99 * 1000:.0f} ms, {step.errors} lỗi {step.why}")
            await asyncio.sleep(self.calm)
            return step.passed(rush.limits)

        rate = FIRST
        while await hold(rate) and rate < HIGHEST:
            rate *= 2
        while rush.carried is None and rate > LOWEST:
            rate /= 4
            await hold(rate)
        for _ in range(NARROWED):
            if rush.carried and rush.bent:
                await hold((rush.carried.rate + rush.bent.rate) / 2)

    async def _hold(self, rate: float, does: Does, limits: Limits) -> Step:
        books = Books()
        journey = Journey(Place(self.wire, self.slug, books), self.seed + int(rate), self.manner)
        before, begun = Look.now(), perf_counter()
        probes: array[float] = array("f")
        probing = asyncio.create_task(self._probe(probes))
        people: set[asyncio.Task[None]] = set()
        crowded, served = False, 0
        async with asyncio.TaskGroup() as group:
            for number in range(max(1, round(rate * limits.hold / 60))):
                await asyncio.sleep(max(0.0, begun + number * 60 / rate - perf_counter()))
                people = {task for task in people if not task.done()}
                if crowded := len(people) >= WAITING:
                    break
                people.add(group.create_task(_one(does, journey, books)))
                served += 1
        probing.cancel()
        whole: array[float] = array("f")
        for step in books.times:
            whole.extend(books.times[step])
        first = next((f"{step}: {why}" for step, why in books.failed), "")
        busy = Look.now().since(before)
        return Step(rate, served, percentile(whole, 0.99), books.errors, first, crowded, busy, percentile(probes, 0.5))

    async def _probe(self, probes: array[float]) -> None:
        """Tell whether the way there is slow, or what is asked for."""
        question = f"GET {NOTHING} HTTP/1.1\r\nHost: {self.wire.host}\r\n\r\n".encode()
        while True:
            begun = perf_counter()
            await self.wire.ask(question)
            probes.append(perf_counter() - begun)
            await asyncio.sleep(PROBE)

    # --- what one person does ---------------------------------------------------------------------------------------

    async def _opens(self, journey: Journey) -> None:
        person = Person(next(self._serials), self._rng.choice(self._units))
        await journey.register(person)

    async def _sits(self, journey: Journey) -> None:
        person = self._ready.popleft() if self._ready else None
        if person is None:
            raise Unexpected("exam", TOO_FEW)
        try:
            await journey.sit(person, 0)
        finally:
            self._ready.append(person)

    async def _looks(self, journey: Journey) -> None:
        home = journey.place.home
        for step, path in (
            ("landing", home),
            ("units' board", f"{home}xep-hang/don-vi/"),
            ("statistics", f"{home}thong-ke/"),
        ):
            answer = await journey.place.get(step, path)
            if answer.status != OK:
                raise Unexpected(step, str(answer.status))
        if self._ready:
            person = self._rng.choice(self._ready)
            await Browser(journey.place, person).open("my place", f"{home}xep-hang/")


async def _one(does: Does, journey: Journey, books: Books) -> None:
    try:
        await does(journey)
    except Unexpected as error:
        books.fail(error.step, error.why, 0, 0)
