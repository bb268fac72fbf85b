"""What each hot request costs: SQL queries, and CPU milliseconds of the application and of PostgreSQL.

Run by `make bench`, or `.venv/bin/python benchmarks/cost.py --people 3000 100000`. Makes an installation of its own in
a temporary folder, serves it with one process as `lantoa serve` does, and asks over a real connection. CPU is what the
kernel counted for both process trees, divided by the requests; the asking process is not in it. The table is printed
and kept in benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.installation import HOST, PACKAGE, Cpu, folder, free_port, machine, postmaster, prepare, serving  # noqa: E402

if TYPE_CHECKING:
    from benchmarks.hot import Hot

RESULTS = ROOT / "benchmarks" / "results"
WARM, COUNTED = 30, 200
MOST_SECONDS = 9.0  # for one request of one size: on a busy machine fewer are asked, and the table stays within minutes
APART = 100_000  # between the serials of one size's walkers and the next


def main() -> None:
    """Measure every size in turn, on one database that grows."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, nargs="+", default=[3_000, 100_000])
    arguments.add_argument("--requests", type=int, default=COUNTED)
    asked = arguments.parse_args()
    began = time.monotonic()
    data, port = folder("cost"), free_port()
    prepare(data, port)
    about = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "requests": asked.requests, **machine()}
    measured = measure_sizes(data, port, sorted(asked.people), asked.requests)
    report = {"about": about, "people": {str(size): rows for size, rows in measured.items()}}
    report["about"]["seconds"] = round(time.monotonic() - began)
    print(table(measured))
    print(f"\n{about}")
    keep(report)


def measure_sizes(data: Path, port: int, sizes: list[int], requests: int) -> dict[int, dict[str, dict[str, float]]]:
    from benchmarks import crowd

    from lantoa.contests.models import Contest
    from lantoa.lib import clock
    from lantoa.management.commands.package import import_package

    today = clock.now().astimezone(clock.VIETNAM).date()
    window = {"opens": today - timedelta(days=10), "closes": today + timedelta(days=21)}
    import_package(folder=PACKAGE, publish=True, **window)
    contest = Contest.objects.public()[0]
    still(contest)
    measured: dict[int, dict[str, dict[str, float]]] = {}
    here = 0
    for turn, size in enumerate(sizes):
        said = time.monotonic()
        crowd.fill(contest, size - here, seed=turn + 1)
        here = size
        first = turn * APART
        cookies = crowd.walkers(contest, WARM + requests + 2, first=first)
        crowd.tidy()
        print(f"{size} contestants ready in {time.monotonic() - said:.0f} s", file=sys.stderr)
        measured[size] = measure(contest, data, port, cookies, first)
    return measured


def still(contest: Any) -> None:  # noqa: ARG001 (said for the reader: the contest is there, nothing else may move)
    """No background work of PostgreSQL while it is measured: tables are vacuumed between the sizes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET autovacuum = off")
        cursor.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
        cursor.execute("ALTER SYSTEM SET checkpoint_timeout = '1h'")
        cursor.execute("SELECT pg_reload_conf()")


def measure(contest: Any, data: Path, port: int, cookies: list[str], first: int) -> dict[str, dict[str, float]]:
    """Each hot request: counted in this process, then asked of the server by every walker."""
    from benchmarks.hot import hot_requests

    from lantoa.learning.models import Lesson
    from lantoa.units.models import Unit

    lesson = Lesson.objects.current(contest)[0].code
    hot = hot_requests(contest, lesson=lesson, unit=Unit.objects.communes_of(contest.root)[0].code)
    *walking, warming, counting = cookies
    counts = queries(hot, warming, first + len(walking))
    counts = queries(hot, counting, first + len(walking) + 1)
    found = {}
    with serving(port) as pid:
        watched = Watched(port, pid, postmaster(data))
        for one in hot:
            asked = ask(one, watched, walking, first)
            found[one.name] = {"queries": counts[one.name], **asked}
            walking = walking[: WARM + round(asked["requests"])] if one.signed else walking  # the rest stay behind
    return found


def queries(hot: list[Hot], cookie: str, serial: int) -> dict[str, int]:
    from benchmarks.hot import count_queries
    from django.conf import settings
    from django.test import Client

    found = {}
    for one in hot:
        client = Client()
        if one.signed:
            client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        found[one.name] = count_queries(one, client, serial)
    return found


@dataclass(frozen=True)
class Watched:
    """Where the site answers, and the two process trees that work for it."""

    port: int
    application: int
    database: int

    def cpu(self) -> tuple[Cpu, Cpu]:
        """What both have spent so far."""
        return Cpu.of_tree(self.application), Cpu.of_tree(self.database)


def ask(hot: Hot, watched: Watched, cookies: list[str], first: int) -> dict[str, float]:
    """Ask once for each walker over one connection; the first ones warm up."""
    from django.db import connection

    from lantoa.lib import clock
    from lantoa.standings.fold import fold_all

    fold_all(at=clock.now())  # what the worker does each second
    connection.close()
    walls: list[float] = []
    sizes: list[int] = []
    app = db = Cpu({})
    with closing(HTTPConnection(HOST, watched.port, timeout=30)) as wire:
        for i, (body, headers) in enumerate(letters(hot, cookies, first)):
            if i == WARM:
                app, db = watched.cpu()
            said = time.perf_counter()
            wire.request("GET" if body is None else "POST", hot.path, body, headers)
            answer = wire.getresponse()
            content = answer.read()
            walls.append(time.perf_counter() - said)
            sizes.append(len(content))
            if answer.status != hot.expected:
                raise SystemExit(f"{hot.name}: {answer.status} instead of {hot.expected}\n{content[:500]!r}")
            if i > WARM and sum(walls) > MOST_SECONDS:
                break
        app_after, db_after = watched.cpu()
    counted = len(walls) - WARM
    return {
        "requests": counted,
        "app_ms": round(1000 * app_after.since(app) / counted, 3),
        "db_ms": round(1000 * db_after.since(db) / counted, 3),
        "wall_ms": round(1000 * statistics.median(walls[WARM:]), 2),
        "bytes": round(statistics.median(sizes)),
    }


def letters(hot: Hot, cookies: list[str], first: int) -> Iterator[tuple[str | None, dict[str, str]]]:
    """Body and headers for each walker."""
    from benchmarks.hot import TOKEN

    for i, cookie in enumerate(cookies):
        headers = {"Accept": hot.accept, "Accept-Encoding": "gzip"}
        crumbs = [f"sessionid={cookie}"] if hot.signed else []
        body = None
        if hot.form is not None:
            body = urlencode(hot.form(first + i))
            crumbs.append(f"csrftoken={TOKEN}")
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": TOKEN}
        yield body, headers | ({"Cookie": "; ".join(crumbs)} if crumbs else {})


def table(measured: dict[int, dict[str, dict[str, float]]]) -> str:
    """Markdown: a line a request, the sizes side by side, and how much dearer the largest crowd is."""
    from benchmarks.hot import BUDGET

    sizes = list(measured)
    head = ["request", "queries", "budget"]
    for size in sizes:
        head += [f"app ms, {size:,}", f"db ms, {size:,}"]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for name in measured[sizes[0]]:
        rows = [measured[size][name] for size in sizes]
        counts = {f"{row['queries']:.0f}" for row in rows}
        line = [name, " → ".join(sorted(counts)), str(BUDGET.get(name, ""))]
        for row in rows:
            line += [f"{row['app_ms']:.2f}", f"{row['db_ms']:.2f}"]
        lines.append(line)
    if len(sizes) > 1:
        lines[0].append(f"{sizes[-1]:,} / {sizes[0]:,}")
        lines[1].append("---:")
        for line in lines[2:]:
            few, many = measured[sizes[0]][line[0]], measured[sizes[-1]][line[0]]
            line.append(f"{(many['app_ms'] + many['db_ms']) / (few['app_ms'] + few['db_ms']):.2f}")
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def keep(report: dict[str, Any]) -> None:
    """Both under its date and as the latest."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
    for name in (f"cost-{report['about']['at'][:10]}.json", "latest.json"):
        (RESULTS / name).write_text(text)


if __name__ == "__main__":
    main()
