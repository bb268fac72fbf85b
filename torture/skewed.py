"""R11: processes of the site whose clocks are wrong: order, duration and deadline are the database's alone."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.installation import free_port

from torture import books
from torture.page import HOME, Page, Sat, Seen
from torture.report import Missing, Report
from torture.rig import Installation, installation

LIBRARY = "faketime/libfaketimeMT.so.1"
SKEWS = ("+5m", "-5m", "-1h")  # ahead, behind, and behind by more than a whole exam
BLUR = 0.002  # seconds: facts are as exact as a millisecond
_MOMENTS = """
SELECT contestant_id, number, extract(epoch FROM started_at)::float8, extract(epoch FROM submitted_at)::float8,
       extract(epoch FROM deadline - started_at)::float8, duration_ms,
       extract(epoch FROM submitted_at - started_at)::float8 * 1000
  FROM lantoa_attempt
"""


def run(template: Path, *, submissions: int, people: int) -> Report:
    """Everybody starts, saves and submits at three sites whose clocks differ by more than an hour."""
    began = time.monotonic()
    with installation(template, workers=1) as place:
        place.start_database()
        with beside(place) as sites:
            dated: list[tuple[float, float]] = []
            sats, seen = asyncio.run(_sit(place, sites, people, max(1, submissions // people), dated))
            faults = books.differences(place, sats)
            with place.connect() as wire:
                rows = wire.execute(_MOMENTS).fetchall()
    wrong = list(_wrong(sats, {(row[0], row[1]): row for row in rows}))
    figures = {
        "acknowledged": sum(bool(sat.acknowledged) for sat in sats),
        "inversions and wrong moments": len(wrong),
        "inversions by the sites' own clocks": _inversions(dated),
        "seconds": round(time.monotonic() - began),
    }
    return Report(figures, [*wrong, *faults, *seen.odd])


@contextmanager
def beside(place: Installation) -> Iterator[list[Installation]]:
    """The same database behind sites with wrong clocks."""
    library = next(iter(Path("/usr/lib").glob(f"*/{LIBRARY}")), None)
    if library is None:
        raise Missing("faketime is not installed")
    sites = []
    try:
        for skew in SKEWS:
            lie = {"LD_PRELOAD": str(library), "FAKETIME": skew, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            site = replace(place, port=free_port(), environ=lie, postgres=None)
            sites.append(site)
            site.start_site()
        yield sites
    finally:
        for site in sites:
            site.kill_everything()


async def _sit(
    place: Installation, sites: list[Installation], people: int, rounds: int, dated: list[tuple[float, float]]
) -> tuple[list[Sat], Seen]:
    sats, seen = [], Seen()

    async def one(index: int) -> None:
        turns = itertools.cycle(sites[index % len(sites) :] + sites[: index % len(sites)])
        for _ in range(rounds):
            page = Page(next(turns).port, place.people[index], seen, Random(index), again=0.5, until=lambda: False)
            paper = await page.open_paper()
            assert paper is not None, seen.odd
            opened = time.time()
            sat = page.fill(paper)
            for step in (page.save(paper, sat.sheet, 1), None):
                await page.move(next(turns).port)
                if step is not None:
                    await step
            await page.submit(paper, sat, 2)
            sat.opened = opened
            sats.append(sat)
            dated.append((sat.acknowledged, await _said(page)))
            await page.wire.close()

    await asyncio.gather(*(one(index) for index in range(people)))
    return sats, seen


async def _said(page: Page) -> float:
    """What that site's own clock says."""
    answer = await page.ask(f"{HOME}the-le/")
    return parsedate_to_datetime(answer.field("date")).timestamp()


def _wrong(sats: list[Sat], rows: dict[Any, Any]) -> Iterator[str]:
    for sat in sats:
        row = rows[(sat.contestant, sat.number)]
        name = f"attempt {sat.contestant}/{sat.number}"
        if not row[2] - BLUR <= sat.opened:
            yield f"{name}: started {row[2] - sat.opened:.3f} s after its paper was shown"
        if not sat.sent - BLUR <= row[3] <= sat.acknowledged:
            yield f"{name}: submitted at {row[3]:.3f}, not between {sat.sent:.3f} and {sat.acknowledged:.3f}"
        if row[4] != 20 * 60 or abs(row[5] - row[6]) > 1:
            yield f"{name}: {row[4]} s long, {row[5]} ms counted, {row[6]} ms taken"


def _inversions(dated: list[tuple[float, float]]) -> int:
    """Neighbours in true order that the sites' own clocks would put the other way round."""
    ordered = [said for _, said in sorted(dated)]
    return sum(later < earlier - 1 for earlier, later in itertools.pairwise(ordered))
