"""What the rush costs, with the least that it can cost beside it: `make bench`, `make bench QUICK=1`.

Makes an installation of its own in a temporary folder with a contest of 10,000, serves it as `lantoa serve` does, and
in several rounds measures in turn: the three floors (`floors`, `own_sql.py`), the whole flow and the other hot requests
(`rounds.py`), what attempts leave in the database (`storing.py`); then people in a rush beside full sign-in, and the
share of the hash in signing in (`rush.py`). CPU is what the kernel counted for both process trees, divided by the
requests; whoever asks is not in it. The password hash is counted apart: the flow is served with a hash that costs
nothing (`light_settings.py`). The table is printed against its targets (`targets.py`) and kept in benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.installation import HOST, folder, free_port, machine, prepare, serving  # noqa: E402

if TYPE_CHECKING:
    from benchmarks.floors import Floors
    from benchmarks.rounds import Costs, Watched
    from benchmarks.site import Site

RESULTS = ROOT / "benchmarks" / "results"
CROWD = 10_000
WARMING = 40  # walk before anything is counted
LIGHT = "benchmarks.light_settings"
GROWTH = ("growth", "growth_about")  # of latest.json: what another program measures (growing.py)
SITTING = ("exam start page", "start", "save", "submit", "result", "standings, signed in")
FLOW = ("landing", "sign-in page", "sign in", *SITTING)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    each: int  # transactions of one client on a floor
    own: int  # requests of the own SQL
    many: int  # walkers over eight connections
    one: int  # walkers over one connection
    stored: int  # attempts whose traces are measured
    rush: float  # seconds
    people: int  # in the rush
    hashes: float  # seconds of bare hashing, sign-ins, registrations
    front: int  # seconds of each run before nginx


FULL = Size(rounds=5, each=600, own=320, many=150, one=40, stored=800, rush=20, people=500, hashes=4, front=2)
QUICK = Size(rounds=1, each=250, own=160, many=30, one=16, stored=200, rush=6, people=110, hashes=1, front=1)


@dataclass
class Found:
    """What the rounds found, a figure a round."""

    floors: dict[str, list[float]] = field(default_factory=dict)
    eight: Costs = field(default_factory=dict)
    one: Costs = field(default_factory=dict)


def main() -> None:
    """Measure, say it, keep it; ends with 0 whether targets are met or not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look: two short rounds")
    asked = parser.parse_args()
    logging.disable(logging.INFO)  # a line a request is for those who run a site
    size, began = (QUICK if asked.quick else FULL), time.monotonic()
    data, port = folder("bench"), free_port()
    prepare(data, port)
    about: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "revision": revision(), **machine()}
    report = measured(data, port, size)
    about |= {"quick": asked.quick, "contestants": CROWD, "rounds": size.rounds}
    report["about"] = about | {"seconds": round(time.monotonic() - began), "load_at_end": round(os.getloadavg()[0], 2)}
    from benchmarks import targets

    print(targets.table(report))
    print(f"\n{report['about']}")
    keep(report, "bench", lambda known: report | {key: known[key] for key in GROWTH if key in known})


def measured(data: Path, port: int, size: Size) -> dict[str, Any]:
    """Everything, by the keys of latest.json."""
    from benchmarks import crowd, front, rush, storing
    from benchmarks.counting import statements
    from benchmarks.light_settings import Featherlight
    from benchmarks.site import Site, place_in, quiet, the_contest
    from benchmarks.walking import PASSWORD
    from django.contrib.auth.hashers import make_password

    say("making a contest")
    contest = the_contest()
    quiet()
    crowd.fill(contest, CROWD, seed=1)
    site = Site(contest, place_in(contest, f"http://{HOST}:{port}"), data, workers=os.cpu_count() or 1)
    costly, cheap = make_password(PASSWORD), Featherlight().encode(PASSWORD, "sixteen bytes of")
    crowd.tidy()
    with serving(port, site.workers, LIGHT) as pid:
        bench = Bench(site, site.watched(port, pid), cheap, size)
        site.keep_pages()
        queries = {name: len(sent) for name, sent in statements(site, cheap).items()}
        bench.walk({}, WARMING, 8)
        say("what attempts leave")
        stored = storing.measure(site, site.signed_in(size.stored, bench.watched, cheap), bench.watched)
        for number in range(size.rounds):
            say(f"round {number + 1} of {size.rounds}, load {os.getloadavg()[0]:.1f}")
            bench.round()
        people = site.signed_in(size.people, bench.watched, cheap)
    with serving(port, site.workers) as pid:
        watched = site.watched(port, pid)
        say("the rush")
        throng = rush.throng(site, watched, people, costly, size.rush)
        say("passwords")
        passwords = rush.passwords(site, watched, costly, size.hashes)
        say("public pages behind nginx")
        site.keep_pages()
        shown = front.measure(contest.slug, (port, pid), seconds=size.front)
    each = {key: stored[key] for key in ("bytes_per_attempt", "wal_per_attempt")}
    found = {"stored": stored, "rush": throng, "passwords": passwords, "front": shown}
    return {**bench.figures(queries), **each, **found}


class Bench:
    """The rounds: floors and application in turn, on one database."""

    def __init__(self, site: Site, watched: Watched, cheap: str, size: Size) -> None:
        """``cheap``: a password as it is kept whose check costs nothing."""
        from benchmarks.floors import Floors
        from django.conf import settings

        self.site, self.watched, self.cheap, self.size = site, watched, cheap, size
        where = settings.DATABASES["default"]
        self.floors: Floors = Floors(watched.database, where["HOST"], where["NAME"])
        self.found = Found()

    def round(self) -> None:
        """Floors, then the flow over one connection and over eight, then the rest."""
        for name, value in (self.floors.measure(self.size.each) | self.own_sql()).items():
            self.found.floors.setdefault(name, []).append(value)
        for costs, count, connections in ((self.found.one, self.size.one, 1), (self.found.eight, self.size.many, 8)):
            self.walk(costs, count, connections)

    def walk(self, costs: Costs, count: int, connections: int) -> None:
        """Everything that people do, by so many over so many connections."""
        from benchmarks.rounds import together, walk_together
        from benchmarks.walking import as_nobody, as_signed_in

        people, strangers = self.site.newcomers(count, self.cheap), self.site.strangers(count)
        self.site.work()
        self.site.keep_pages()
        with self.watched.connected(connections) as kept:
            for visits in (*together(map(as_signed_in, people)), *together(map(as_nobody, strangers))):
                walk_together(visits, self.watched, costs, connections=kept)

    def own_sql(self) -> dict[str, float]:
        """What the site itself sends for a start and for a submission, sent again with nothing around it."""
        from benchmarks import own_sql

        people = self.site.signed_in(self.size.own, self.watched, self.cheap)
        return own_sql.measure(people, self.watched.database)

    def figures(self, queries: dict[str, int]) -> dict[str, Any]:
        """Medians over the rounds, by the keys of latest.json."""
        eight = {name: cost.report() | {"times": cost.times} for name, cost in self.found.eight.items()}
        one = {name: cost.report() for name, cost in self.found.one.items()}
        whole = {name: row["app_ms"] + row["db_ms"] for name, row in eight.items()}
        pair = whole["start"] + whole["submit"]
        floors = floors_of({name: median(values) for name, values in self.found.floors.items()}, pair)
        return {
            "start_submit_over_floor": floors["reference"]["ratio"],
            "start_submit_ms": round(pair, 3),
            "flow_cpu_ms": round(sum(whole[name] * eight[name]["times"] for name in FLOW), 2),
            "flow_cpu_ms_one_connection": round(
                sum((one[name]["app_ms"] + one[name]["db_ms"]) * eight[name]["times"] for name in FLOW), 2
            ),
            "app_cpu_ms": {name: row["app_ms"] for name, row in eight.items()},
            "db_cpu_ms": {name: row["db_ms"] for name, row in eight.items()},
            "queries": queries,
            "floors": floors,
            "requests": eight,
            "one_connection": one,
        }


def floors_of(found: dict[str, float], pair: float) -> dict[str, dict[str, float]]:
    """Start, submit and their sum on each floor, and how much dearer the site's are."""
    start, many, one = (found[name] for name in ("start", "submit, five messages", "submit, one statement"))
    pairs = {
        "reference": (start, many),
        "one statement": (start, one),
        "own SQL": (found["own start"], found["own submit"]),
    }
    return {
        name: {"start": round(a, 3), "submit": round(b, 3), "sum": round(a + b, 3), "ratio": round(pair / (a + b), 2)}
        for name, (a, b) in pairs.items()
    }


def revision() -> str:
    """What was measured, with a + when something was changed since."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def say(words: str) -> None:
    """To whoever watches."""
    print(words, file=sys.stderr, flush=True)


def keep(report: dict[str, Any], name: str, latest: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Under its date; and what ``latest`` makes of the latest results, with the page that is written from them."""
    from benchmarks import capacity

    _write(RESULTS / f"{name}-{report['about']['at'][:10]}.json", report)
    _write(capacity.LATEST, latest(json.loads(capacity.LATEST.read_text()) if capacity.LATEST.exists() else {}))
    capacity.write()


def _write(path: Path, rows: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
