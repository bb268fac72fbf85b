"""The crowd at work: each deed at its moment of the compressed history, no more at once than asked for.

The history's clock runs evenly. Where the installation does not follow, deeds wait their turn and nothing is left out:
how far behind it fell is reported beside how long answers took.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop, Semaphore, Task
from collections.abc import Coroutine
from typing import Any

from lantoa.management.rehearse.books import Person
from lantoa.management.rehearse.browser import Unexpected
from lantoa.management.rehearse.journey import Journey
from lantoa.management.rehearse.plan import Deed, Plan
from lantoa.management.simulate.published import MINUTE

LOOKERS = 24  # passers-by at once: enough to keep pace while pages wait behind exams
IDLE = 0.05  # seconds until a passer-by looks again whether it is time
# Pages of a deed, kept free for those whose deeds are still to come; learning with four cards.
PAGES = {"register": 3, "learn": 9, "sit": 3, "look_up": 1, "share": 2}


class Crowd:
    """Carries a plan out at a place."""

    def __init__(self, journey: Journey, plan: Plan, *, seconds: float, at_once: int) -> None:
        """``seconds``: how long the plan may take; ``at_once``: people in the middle of something, mostly thinking."""
        self.journey, self.plan, self.books = journey, plan, journey.books
        self.per_ms = seconds / plan.end
        self.behind = 0.0  # seconds, at most
        self.skipped = 0  # deeds of people whom an error stopped before
        self._slots = Semaphore(at_once)
        self._last: dict[int, Task[None]] = {}
        self._undone = len(plan.deeds)
        self._pages = sum(_pages(deed) for deed in plan.deeds)  # of what is undone
        self._looking = 0
        self._units = sorted({person.unit for person in self.books.people})
        self._loop: AbstractEventLoop | None = None
        self._begun = 0.0

    @property
    def now(self) -> float:
        """Seconds since the start."""
        assert self._loop is not None
        return self._loop.time() - self._begun

    async def run(self) -> float:
        """Everything; seconds that it took."""
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deeds(group))
            for _ in range(LOOKERS):
                group.create_task(self._look())
        return self.now

    async def _deeds(self, group: asyncio.TaskGroup) -> None:
        for deed in self.plan.deeds:
            early = deed.at * self.per_ms - self.now
            if early > 0:
                await asyncio.sleep(early)
            await self._slots.acquire()
            self.behind = max(self.behind, self.now - deed.at * self.per_ms)
            self._last[deed.who] = group.create_task(self._after(self._last.get(deed.who), deed))

    async def _after(self, before: Task[None] | None, deed: Deed) -> None:
        """One thing after the other for each person."""
        try:
            if before is not None:
                await before
            await self._do(deed)
        finally:
            self._slots.release()
            self._undone -= 1
            self._pages -= _pages(deed)

    async def _do(self, deed: Deed) -> None:
        person = self.books.people[deed.who]
        if deed.what != "register" and not person.registered:
            self.skipped += 1
            return
        try:
            if deed.device:
                await self.journey.sign_in(person)
            await self._deed(deed, person)
        except Unexpected as error:
            self.books.fail(error.step, error.why, deed.who, self.now)

    def _deed(self, deed: Deed, person: Person) -> Coroutine[Any, Any, None]:
        if deed.what == "sit":
            seconds = deed.took * self.per_ms
            manner = {"hand_in": deed.manner != "open", "twice": deed.manner == "twice"}
            return self.journey.sit(person, seconds, **manner)
        does: dict[str, Any] = {
            "register": self.journey.register,
            "learn": self.journey.learn,
            "share": self.journey.share,
            "look_up": self.journey.look_up,
        }
        made: Coroutine[Any, Any, None] = does[deed.what](person)
        return made

    # --- passers-by -------------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Open pages as long as fewer were seen than the history says of this minute; at the end exactly so many."""
        while self._undone or self._due() + self._looking > 0:
            if self._due() <= 0:
                await asyncio.sleep(IDLE)
                continue
            self._looking += 1
            try:
                await self.journey.look(self._units)
            except Unexpected as error:
                self.books.fail(error.step, error.why, -1, self.now)
            finally:
                self._looking -= 1

    def _due(self) -> int:
        """How many pages are still to be opened by now."""
        seen = self.books.visits + self._looking
        if not self._undone:
            return self.plan.visits[-1] - seen
        minute = min(int(self.now / self.per_ms) // MINUTE, len(self.plan.visits) - 1)
        return min(self.plan.visits[minute], self.plan.visits[-1] - self._pages) - seen


def _pages(deed: Deed) -> int:
    return PAGES[deed.what] + deed.device
