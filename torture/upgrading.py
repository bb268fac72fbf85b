"""R14: the next version's migrations run, are killed in the middle and run again, while people sit."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time

from tools.cluster import build
from tools.cluster.build import FRONT
from tools.cluster.needs import ROOT

from torture.report import Report
from torture.several import Rush, Several, checked, lead, several

PEOPLE = 16
ROWS = 1_000_000  # attempts that are there already
LONGEST = 2.0  # seconds that anybody may wait for a migration (R14)
LAST, CARELESS = "9004_always_was", "9005_careless"
# Attempts of people who are not there: written past the triggers, and taken away again before the books are compared.
FILL = """
INSERT INTO lantoa_attempt (contestant_id, number, bank_id, questions, orders, answers, revision, saved_at, started_at,
       deadline, submitted_at, closed_by, correct, duration_ms)
SELECT -1 - g / 1000, 1 + g %% 1000, bank_id, questions, orders, answers, revision, saved_at, started_at, deadline,
       submitted_at, closed_by, correct, duration_ms
  FROM (SELECT * FROM lantoa_attempt WHERE submitted_at IS NOT NULL LIMIT 1) AS one, generate_series(0, %s - 1) AS g
"""


def fill(place: Several, rows: int) -> None:
    """Many rows more, or none of them any more."""
    password = place.cluster.passwords["postgres"]
    where = f"postgresql://postgres:{password}@{lead().address}/lantoa"
    statement = FILL % rows if rows else "DELETE FROM lantoa_attempt WHERE contestant_id < 0"
    settings = "SET session_replication_role = replica;"
    build.run(
        "psql", "-qAtX", where, "-v", "ON_ERROR_STOP=1", "-c", settings, "-c", statement, "-c", "ANALYZE lantoa_attempt"
    )


def migrating(place: Several, target: str, *options: str) -> subprocess.Popen[str]:
    """`lantoa migrate` of the next version."""
    environ = os.environ | place.cluster.environ(FRONT) | {"DJANGO_SETTINGS_MODULE": "torture.next_version.settings"}
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), environ.get("PYTHONPATH", "")]))
    command = build.lantoa("migrate", "lantoa", target, *options)
    return subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(running: subprocess.Popen[str]) -> str:
    """Wait for its end; what it said, if it failed."""
    said, _ = running.communicate(timeout=300)
    return said[-1000:] if running.returncode else ""


def building(place: Several) -> bool:
    """Whether the index is being built right now."""
    with place.connect() as wire:
        return wire.execute("SELECT 1 FROM pg_stat_progress_create_index").fetchone() is not None


def killed(place: Several) -> str:
    """The first try dies while it builds the index, and the database's side of it too; the second one has to do."""
    first = migrating(place, LAST)
    build.wait_until(lambda: building(place) or first.poll() is not None, "the index being built")
    first.send_signal(signal.SIGKILL)
    first.wait()
    with place.connect() as wire:
        wire.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index")
    return finish(migrating(place, LAST))


def _run(target: str) -> tuple[float, list[str], Report]:
    with several(PEOPLE) as place:
        rush, said = Rush(place), [""]

        def blow() -> None:
            said[0] = killed(place) if target == LAST else finish(migrating(place, target, "--lock-timeout", "0"))

        async def trial() -> list[float]:
            warm = Rush(place)
            await warm.run([])
            rush.sats.extend(warm.sats)
            await asyncio.to_thread(fill, place, ROWS)
            return await rush.run([(blow, None)])

        began = time.monotonic()
        gaps = asyncio.run(trial())
        fill(place, 0)
        faults = checked(place, rush) + [text for text in said if text]
    figures: dict[str, float | int | str] = {
        "attempts there": ROWS,
        "acknowledged": len(rush.marks),
        "longest gap, s": round(gaps[0], 2),
        "seconds": round(time.monotonic() - began),
    }
    return gaps[0], faults, Report(figures, faults)


def run(_kills: int) -> Report:
    """Nobody waits for longer than two seconds, nothing is lost, and what was killed is done the second time."""
    gap, faults, found = _run(LAST)
    return Report(found.figures, faults + ([f"no acknowledgement for {gap:.1f} s"] if gap > LONGEST else []))


def run_careless(_kills: int) -> Report:
    """The control: a column of the largest table gets another type. Passed when everybody waits."""
    gap, _, found = _run(CARELESS)
    return Report(found.figures, [] if gap > LONGEST else ["the control held up nobody: the trial proves nothing"])
