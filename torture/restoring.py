"""R13: a backup made in a rush, a mistake after it, and both restores that an operator would want, really made."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from typing import Any

from tools.cluster import build
from tools.cluster.build import DEPLOY, EVERY, FRONT
from tools.cluster.machines import STATE
from tools.cluster.needs import ROOT, binaries

from torture.report import Report
from torture.several import Rush, Several, checked, lead, several

PEOPLE = 24
LONGEST = 900.0  # seconds (R13: 15 minutes for 100,000 people)
WORKERS = "lantoa.management.main"  # in the command of whatever writes by itself


def drill(place: Several, *arguments: str) -> tuple[dict[str, Any], float, str]:
    """The shipped drill on the primary's machine: what it found, its seconds, what it said."""
    machine = lead()
    environ = os.environ | place.cluster.environ(FRONT)
    environ |= {
        "PROGRAMS": str(binaries()),
        "PGBACKREST_CONFIG": str(machine.folder / "pgbackrest.conf"),
        "LANTOA": " ".join(build.lantoa()),
    }
    command = [str(DEPLOY / "pgbackrest" / "drill.sh"), str(STATE / "restored"), *arguments]
    began = time.monotonic()
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST)
    if done.returncode:
        return {}, time.monotonic() - began, done.stderr[-2000:]
    return json.loads(done.stdout), time.monotonic() - began, ""


def state(place: Several) -> tuple[dict[str, Any], str]:
    """What must come back, and the moment after it by the database's clock."""
    with place.connect() as wire:
        found = wire.execute((DEPLOY / "pgbackrest" / "fingerprint.sql").read_text()).fetchone()
        moment = wire.execute("SELECT clock_timestamp()::text").fetchone()
    assert found is not None
    assert moment is not None
    return found[0], str(moment[0])


def make_a_mistake(place: Several) -> None:
    """What no standby protects from: all three have it at once. Then the last piece of the log is archived."""
    with place.connect() as wire:
        wire.execute("ALTER TABLE lantoa_movement DISABLE TRIGGER append_only")
        wire.execute("DELETE FROM lantoa_movement WHERE att = 1")
    password, machine = place.cluster.passwords["postgres"], lead()
    where = f"postgresql://postgres:{password}@{machine.address}/postgres"
    build.run("psql", "-qAt", where, "-c", "SELECT pg_switch_wal()")


def run(_kills: int) -> Report:
    """Both equal what was there: counts, ranking, attempts, audit, log and its head; the product's checks hold."""
    with several(PEOPLE) as place:
        rush = Rush(place)
        asyncio.run(rush.run([(lambda: build.pgbackrest(lead(), "--type=full", "backup"), None)]))
        faults = checked(place, rush)
        for machine in EVERY:
            machine.stop(WORKERS)
        before, moment = state(place)
        make_a_mistake(place)
        there, took, said = drill(place, "--target", moment)
    different = [name for name, value in before.items() if there.get(name) != value]
    if said:
        faults.append(said)
    faults += [f"{name}: {there.get(name)} instead of {before[name]}" for name in different]
    figures: dict[str, float | int | str] = {
        "acknowledged": len(rush.marks),
        "attempts restored": there.get("attempts", 0),
        "head of the log": there.get("head", 0),
        "different": len(different),
        "restored and checked, s": round(took, 1),
    }
    return Report(figures, faults)
