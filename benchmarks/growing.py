"""Whether anything grows dearer with the number of contestants: `make bench-growth`, or with sizes of your own.

One contest grows through the sizes. At each, what contestants and visitors do is asked of the site over eight
connections (CPU of application and database a request), and the reads that could know the number are called alone
(CPU and pages of the database a read). Beyond two million the crowd is lean: no accounts, sessions, progress or sealed
numbers, so signing in and registering are not measured there. Each figure is divided by that of the first size: at most
1.5 times its CPU, or twice its pages where the rounds lie too far apart to say anything. Half an hour lies between
first and last, so CPU is counted by the machine's own pace at each size (`pace.py`). Ends by itself; results in
benchmarks/results/growth-DATE.json and as `growth` in latest.json. Ten million need about 25 GB of disk.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks import targets  # noqa: E402
from benchmarks.bench import GROWTH, LIGHT, keep, revision, say  # noqa: E402
from benchmarks.installation import HOST, folder, free_port, machine, prepare, serving  # noqa: E402
from benchmarks.pace import pace  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.site import Site

Rows = dict[str, dict[int, dict[str, float]]]  # by request and size

SIZES = [10_000, 100_000, 1_000_000, 10_000_000]
LEAN_FROM = 2_000_000
WALKERS, ROUNDS = 60, 3
NOT_LEAN = {"sign-in page", "sign in", "registration page", "register"}
BYTES_EACH = 2_500  # of disk, for a contestant with everything
MOST_CPU, MOST_PAGES = 1.5, 2.0
NOISE = 0.5  # rounds that lie further apart, against their median, say nothing (each is asked for 0.1 s: reads.py)


def main() -> None:
    """Grow and measure; prints a line a size, then the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int, nargs="*", default=SIZES, help="contestants, growing")
    parser.add_argument("--look", action="store_true", help="keep nothing")
    asked = parser.parse_args()
    began, sizes = time.monotonic(), sorted(asked.people)
    data, port = folder("growth"), free_port()
    needed, free = sizes[-1] * BYTES_EACH, shutil.disk_usage(data).free
    if needed > free:
        raise SystemExit(f"{sizes[-1]} contestants need {needed >> 30} GB of disk, {free >> 30} GB are free")
    prepare(data, port)
    about: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "revision": revision(), **machine()}
    for done, (rows, paces) in enumerate(grown(data, port, sizes), 1):
        seconds, load = round(time.monotonic() - began), round(os.getloadavg()[0], 2)
        about |= {"seconds": seconds, "load_at_end": load, "sizes": sizes[:done]}
        about["pace_ms"] = {str(size): round(each, 2) for size, each in paces.items()}
        growth = {name: compared(sized, paces) for name, sized in rows.items()}
        print(targets.growth(growth))
        if not asked.look and done > 1:
            found = dict(zip(GROWTH, (growth, about), strict=True))
            keep(found | {"about": about}, "growth", lambda known, found=found: known | found)


def grown(data: Path, port: int, sizes: list[int]) -> Iterator[tuple[Rows, dict[int, float]]]:
    """What each request costs, and the machine's own pace, by size.

    After each size all so far: a run that is stopped leaves something.
    """
    from benchmarks import crowd
    from benchmarks.light_settings import Featherlight
    from benchmarks.reads import reads
    from benchmarks.site import Site, place_in, quiet, the_contest
    from benchmarks.walking import PASSWORD

    contest, here = the_contest(), 0
    site = Site(contest, place_in(contest, f"http://{HOST}:{port}"), data, workers=os.cpu_count() or 1)
    quiet()
    cheap = Featherlight().encode(PASSWORD, "sixteen bytes of")
    crowd.one_of_a_kind(contest)
    found: Rows = {}
    paces: dict[int, float] = {}
    for turn, size in enumerate(sizes, 1):
        began, lean = time.monotonic(), size >= LEAN_FROM
        crowd.grow(contest, size - here, seed=100 * turn, lean=lean)
        here = size
        crowd.tidy()
        say(f"{size:,} contestants after {time.monotonic() - began:.0f} s, {_held() >> 20:,} MB")
        samples: list[float] = []
        beside = lambda _name, samples=samples: samples.append(pace())  # noqa: E731
        for name, row in {**_asked(site, port, cheap, beside, lean=lean), **reads(contest, beside)}.items():
            found.setdefault(name, {})[size] = row
        paces[size] = median(samples)
        say(f"measured after {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")
        yield found, paces


def _asked(
    site: Site, port: int, cheap: str, beside: Callable[[str], None], *, lean: bool
) -> dict[str, dict[str, float]]:
    """CPU milliseconds of application and database together, by request; ``beside`` is called before each step."""
    from benchmarks.rounds import Costs, together, walk_together
    from benchmarks.walking import as_nobody, as_signed_in, searching_people

    costs: Costs = {}
    with serving(port, site.workers, LIGHT) as pid:
        watched = site.watched(port, pid)
        for _ in range(ROUNDS):
            people, strangers = site.newcomers(WALKERS, cheap), site.strangers(WALKERS)
            site.keep_pages()
            staff = site.staff(WALKERS, watched, cheap)
            stories = [*together(map(as_signed_in, people)), *together(map(as_nobody, strangers))]
            with watched.connected(8) as connections:
                for visits in (*stories, list(map(searching_people, staff))):
                    walk_together(visits, watched, costs, connections=connections, between=beside)
            site.work()
    rows = {name: cost.report() for name, cost in costs.items()}
    return {
        name: {"cpu_ms": round(row["app_ms"] + row["db_ms"], 3)}
        for name, row in rows.items()
        if not (lean and name in NOT_LEAN)
    }


def _held() -> int:
    """Bytes of the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def compared(rows: dict[int, dict[str, float]], paces: dict[int, float]) -> dict[str, Any]:
    """The sizes with the worst ratio to the first one, by CPU or by pages, and whether it is within its limit."""
    least = min(rows)
    first = rows[least]
    by_pages = "pages" in first and max(row["spread"] for row in rows.values()) > NOISE
    key, limit = ("pages", MOST_PAGES) if by_pages else ("cpu_ms", MOST_CPU)
    slower = {size: 1.0 if by_pages else paces[size] / paces[least] for size in rows}
    once = max(first[key], 0.001)
    ratios = {str(size): round(row[key] / slower[size] / once, 2) for size, row in rows.items()}
    worst = max((ratio for size, ratio in ratios.items() if size != str(least)), default=1.0)
    sizes = {str(size): row for size, row in rows.items()}
    return {"sizes": sizes, "by": key, "ratios": ratios, "ratio": worst, "limit": limit, "met": worst <= limit}


if __name__ == "__main__":
    main()
