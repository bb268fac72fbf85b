"""The days made again, in full: how long it takes, and whether the figures are the published ones.

`.venv/bin/python benchmarks/history.py [--seeds 20]`. Makes an installation of its own in a temporary folder. CPU is
what the kernel counted for this process, those that draw papers, and PostgreSQL. The report is printed and kept in
benchmarks/results/history.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.installation import folder, free_port, machine, postmaster, prepare  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = ROOT / "benchmarks" / "results" / "history.json"
MINUTES = 20  # on both sides of a moment of publication
# The figures of the reference contest's article, as it spells them; of the second moment as it would.
ARTICLE = (
    ("Hơn 70.000 người", "15h30 ngày 21/10/2025", "70.949", "42.117", "114", "59.807", "hơn 1,24 triệu"),
    ("181.367", "13h ngày 31/10/2025", "103.136", "114", "147.967", "hơn 3 triệu"),
)


def main() -> None:
    """One whole installation; then other seeds of the generator alone."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seeds", type=int, default=20)
    asked = arguments.parse_args()
    data = folder("history")
    prepare(data, free_port())
    report: dict[str, Any] = {"about": {"at": datetime.now(UTC).isoformat(timespec="seconds"), **machine()}}
    report["seconds"] = whole(data)
    report["rows"] = published()
    report["seeds"] = seeds(asked.seeds)
    print(json.dumps(report, indent=1))
    KEPT.write_text(json.dumps(report, indent=1) + "\n")


def whole(data: Path) -> dict[str, Any]:
    """`lantoa simulate --new`, and a recount of everything."""
    from django.core.management import call_command

    from lantoa.contests.models import Contest
    from lantoa.standings import log_checks
    from lantoa.standings.rebuild import difference

    found: dict[str, Any] = {}
    with timed(found, "simulate --new", data):
        call_command("simulate", new=True)
    with timed(found, "rebuild --check", data):
        assert difference(Contest.objects.get()) == []
    with timed(found, "log verify", data):
        assert log_checks.difference(Contest.objects.get()) == []
    return {**found, **size()}


def size() -> dict[str, int]:
    """Memory of the largest process that made the history, and what the installation holds."""
    import resource

    from django.db import connection

    from lantoa.contests.log import Entry

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (stored,) = cursor.fetchone() or (0,)
    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"memory_mb": largest // 1024, "database_mb": stored // 2**20, "log_entries": Entry.objects.count()}


def published() -> list[dict[str, Any]]:
    """The figures of the installation at the moments of publication, and what its bulletins say; as published."""
    from lantoa.contests.models import Contest
    from lantoa.management.simulate.published import REFERENCE
    from lantoa.standings.figures import figures
    from lantoa.standings.models import Bulletin
    from lantoa.standings.outputs.press import press

    rows = []
    for row in REFERENCE:
        found = figures(Contest.objects.get(), row.at)
        total = found.total
        counted = (total.registered, total.finished, found.finished_units, total.attempts, found.visits)
        assert counted == (row.registered, row.finished, 114, row.attempts, row.visits), counted
        said = press(Bulletin.objects.get(number=len(rows) + 1).data, "vi").decode()
        assert [one for one in ARTICLE[len(rows)] if one not in said] == [], said
        rows.append({"at": row.at.isoformat(), "figures": counted})
    return rows


def seeds(count: int) -> dict[str, Any]:
    """Other seeds: exact too, and no step at the moments of publication."""
    from lantoa.management.simulate.history import make
    from lantoa.management.simulate.published import MINUTE, REFERENCE

    populations = known_populations()
    digests, steps, took = set(), [], []
    for seed in range(1, count + 1):
        began = time.process_time()
        history = make(seed, populations)
        took.append(time.process_time() - began)
        digests.add(history.digest())
        for row in REFERENCE:
            found = history.totals(row.cut)
            assert (found.registered, found.finished, found.units) == (row.registered, row.finished, 114), found
            assert (found.attempts, found.visits) == (row.attempts, row.visits), found
            near = MINUTES * MINUTE
            before = sum(row.cut - near < at <= row.cut for at, _ in history.registrations)
            after = sum(row.cut < at <= row.cut + near for at, _ in history.registrations)
            steps.append(after / before)
    return {
        "exact": count,
        "different": len(digests),
        "cpu_seconds_each": round(mean(took), 1) if took else None,
        "20 minutes after / before": [round(mean(steps[n::2]), 3) for n in range(2)] if steps else None,
    }


def known_populations() -> list[int]:
    from lantoa.contests.models import Contest
    from lantoa.units.models import Population, Unit

    units = list(Unit.objects.communes_of(Contest.objects.get().root))
    known = Population.objects.latest_of(units)
    return [known[unit.pk] for unit in units]


@contextmanager
def timed(found: dict[str, Any], what: str, data: Path) -> Iterator[None]:
    """Wall time and CPU of the work inside."""
    began, spent = time.monotonic(), cpu(data)
    yield
    found[what] = {"wall": round(time.monotonic() - began, 1), "cpu": round(cpu(data) - spent, 1)}


def cpu(data: Path) -> float:
    """Seconds of this process with its ended children, and of PostgreSQL with all of its own."""
    import os

    from benchmarks.installation import Cpu

    mine = os.times()
    return mine.user + mine.system + mine.children_user + mine.children_system + Cpu.of_tree(postmaster(data)).seconds


if __name__ == "__main__":
    main()
