"""A report that hangs: in processes and connections of its own it slows nobody; in those of the exam it would."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random

from tools.cluster.build import APPS, FRONT

from torture.filling import SLUG
from torture.report import Report
from torture.several import Rush, Several, checked, several
from torture.wire import Connection

PEOPLE = 16
ASKING = 24  # clients who ask for the report, again and again
LASTS = 12.0  # seconds
REPORT = f"/api/v1/contests/{SLUG}/statistics"
NEEDED = "lantoa_tally"  # a table that reports read and the exam does not
ENOUGH = 3.0  # seconds without an acknowledgement that nobody would notice on a busy machine


async def asking(host: str, port: int, rush: Rush, rng: Random) -> None:
    """One client who wants the figures."""
    wire = Connection(port, host=host)
    while not rush.stop:
        with suppress(ConnectionError, TimeoutError):
            await wire.ask("GET", REPORT, {"Accept": "application/json"}, within=70)
        await asyncio.sleep(rng.uniform(0.5, 1.5))  # below what nginx lets one address ask
    await wire.close()


async def hanging(place: Several, rush: Rush, *, together: bool) -> float:
    """Contestants sit, and the report cannot come to its end; the longest time without an acknowledgement."""
    places = [(one.address, 8000) for one in APPS] if together else [(FRONT.address, 80)]
    rng = Random(5)
    crowd = [asyncio.create_task(asking(*places[n % len(places)], rush, rng)) for n in range(ASKING)]

    def hold() -> None:
        with place.connect() as wire:
            wire.execute(f"LOCK TABLE {NEEDED} IN ACCESS EXCLUSIVE MODE")
            wire.execute("SELECT pg_sleep(%s)", [LASTS])

    gaps = await rush.run([(hold, None)])
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    return gaps[0]


def _run(*, together: bool) -> tuple[float, Report]:
    careless = {"LANTOA_READING": "60", "LANTOA_PATIENCE": "60"} if together else {}
    with several(PEOPLE, **careless) as place:
        rush = Rush(place)
        gap = asyncio.run(hanging(place, rush, together=together))
        faults = checked(place, rush)
    figures: dict[str, float | int | str] = {
        "acknowledged": len(rush.marks),
        "longest gap, s": round(gap, 1),
        "p99, s": round(rush.seen.percentile(0.99), 2),
    }
    return gap, Report(figures, faults)


def run(_kills: int) -> Report:
    """In processes of their own."""
    gap, found = _run(together=False)
    return Report(found.figures, found.faults + ([f"no acknowledgement for {gap:.1f} s"] if gap > ENOUGH else []))


def run_together(_kills: int) -> Report:
    """The control: asked of the processes that serve the exam. Passed when the exam stands still."""
    gap, found = _run(together=True)
    return Report(found.figures, [] if gap > ENOUGH else ["the control did not hang: the trial proves nothing"])
