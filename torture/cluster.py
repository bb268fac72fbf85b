"""`make torture-cluster`: the production form, built here by `make cluster`'s own parts, and what may happen to it.

`python -m torture.cluster failover rolling`: some of the trials; `--kills 1`: a look. Needs root; about a quarter of an
hour for all. The report lies in benchmarks/results/cluster-….{json,md}.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tools.cluster.needs import ROOT

from torture import restoring, rolling, shared, upgrading
from torture.machine import machine
from torture.report import Report, into, told
from torture.several import ALONE, Blows, Probes, Rush, Several, checked, several

PEOPLE = 24
LONGEST_GAP = 30.0  # seconds (R04)
Blow = Callable[[], object]


def report_of(place: Several, rush: Rush, gaps: list[float], *, limit: float = LONGEST_GAP) -> Report:
    """What every trial tells: nothing lost, nothing doubled, and writing went on in time."""
    faults = checked(place, rush)
    faults += [f"no acknowledgement for {gap:.1f} s" for gap in gaps if gap > limit]
    figures: dict[str, float | int | str] = {
        "acknowledged": len(rush.marks),
        "lost": sum("acknowledged and lost" in fault for fault in faults),
        "gaps, s": " ".join(f"{gap:.1f}" for gap in gaps),
        "refused as busy": rush.seen.answers.get(503, 0),
        "failures": rush.seen.answers.get(500, 0),
        "requests without an answer": rush.seen.lost,
    }
    return Report(figures, faults)


def failover(kills: int) -> Report:
    """R04: the primary's whole machine is switched off in a rush, again and again."""
    with several(PEOPLE) as place:
        rush, blows = Rush(place), Blows(place)
        gaps = asyncio.run(rush.run([(blows.kill_primary, blows.bring_back)] * kills))
        return report_of(place, rush, gaps)


def behind(kills: int) -> Report:
    """R04: the standbys fall behind just before; what was answered is kept, because nothing was answered meanwhile."""
    return _behind(min(kills, 3), synchronous=True)


def behind_careless(kills: int) -> Report:
    """R04, the control: without synchronous mode the same loses what was answered. Passed when it does."""
    found = _behind(min(kills, 3), synchronous=False)
    lost = int(found.figures["lost"])
    return Report(found.figures, [] if lost else ["the control lost nothing: the trial proves nothing"])


def _behind(kills: int, *, synchronous: bool) -> Report:
    with several(PEOPLE, synchronous=synchronous) as place:
        rush, blows = Rush(place), Blows(place)
        gaps = asyncio.run(rush.run([(blows.kill_primary_after_its_standbys_fell_behind, blows.bring_back)] * kills))
        return report_of(place, rush, gaps)


def alone(_kills: int) -> Report:
    """R04: the primary is left without a standby, and then dies too: strict, it answered nothing meanwhile."""
    with several(PEOPLE) as place:
        rush, blows = Rush(place), Blows(place)
        gaps = asyncio.run(rush.run([(blows.kill_standbys_and_then_the_primary, blows.bring_back)]))
        return report_of(place, rush, gaps, limit=ALONE + 2 * LONGEST_GAP)


def parts(_kills: int) -> Report:
    """R04, R10: a standby, one etcd, all etcd for longer than the lease, the cache."""
    with several(PEOPLE) as place:
        rush, blows = Rush(place), Blows(place)
        struck: list[tuple[Blow, Blow | None]] = [
            (blows.kill_standby, blows.bring_back),
            (blows.kill_one_etcd, blows.vote_again),
            (blows.kill_etcd, blows.vote_again),
            (blows.kill_cache, blows.cache_again),
        ]
        return report_of(place, rush, asyncio.run(rush.run(struck)))


def frozen(_kills: int) -> Report:
    """R04: the primary's machine stands still for 30 s and wakes up believing that it still is one."""
    with several(PEOPLE) as place:
        rush, blows, probes = Rush(place), Blows(place), Probes(place)
        probes.prepare()
        writers = [threading.Thread(target=probes.write, args=(one,)) for one in probes.machines]
        for writer in writers:
            writer.start()
        gaps = asyncio.run(rush.run([(blows.freeze_primary, blows.thaw)]))
        probes.stop = True
        for writer in writers:
            writer.join()
        found = report_of(place, rush, gaps)
        doubled = probes.lost()
        wrote = sum(bool(made) for made in probes.kept.values())
        figures = found.figures | {"double primary writes": doubled, "machines that wrote": wrote}
        return Report(figures, found.faults + ([f"{doubled} writes of two primaries"] if doubled else []))


TRIALS: dict[str, tuple[Callable[[int], Report], str]] = {
    "failover": (failover, "R04 the primary's machine dies: 0 lost, a gap of at most 30 s"),
    "behind": (behind, "R04 it dies when its standbys are behind: 0 lost"),
    "behind-careless": (behind_careless, "R04 control, asynchronous: must lose"),
    "alone": (alone, "R04 both standbys die, then the primary: nothing was answered by one machine alone, 0 lost"),
    "parts": (parts, "R04 R10 a standby, one etcd, all etcd for 30 s, the cache: 0 lost"),
    "frozen": (frozen, "R04 it stands still for 30 s: 0 writes of two primaries, 0 lost"),
    "rolling": (rolling.run, "R17 new version while 200 sit: 0 broken attempts"),
    "migrations": (upgrading.run, "R14 migrations run and are killed while people sit: 0 lost, nobody waits for 2 s"),
    "migrations-careless": (upgrading.run_careless, "R14 control: a table is written anew, and everybody waits"),
    "reports": (shared.run, "reports that hang do not slow a submission"),
    "restore": (restoring.run, "R13 a moment before a mistake is restored, and equals what was there"),
    "reports-together": (shared.run_together, "control: in the same processes they do"),
}


def main() -> None:
    """Run what was asked for; 1 when anything failed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("only", nargs="*", help=f"{' '.join(TRIALS)}; without any: all")
    arguments.add_argument("--kills", type=int, default=10, help="of the primary")
    asked = arguments.parse_args()
    began = datetime.now(UTC)
    chosen = {name: trial for name, trial in TRIALS.items() if not asked.only or name in asked.only}
    about = {"at": began.isoformat(timespec="seconds"), "kills": asked.kills, **machine()}
    results: list[dict[str, Any]] = []
    for name, trial in chosen.items():
        results.append(attempt(name, *trial, asked.kills))
        keep({"about": about, "trials": results})  # each as soon as it is known
    sys.exit(not all(result["passed"] for result in results))


def attempt(name: str, run: Callable[[int], Report], asks: str, kills: int) -> dict[str, Any]:
    """One trial on a cluster of its own."""
    print(f"\n{name}: {asks}", flush=True)
    began = time.monotonic()
    try:
        found = run(kills)
    except Exception:  # noqa: BLE001 - one trial that breaks must not hide the others
        found = Report({}, [traceback.format_exc(limit=-3)])
    print(found, flush=True)
    return {
        "name": name,
        "asks": asks,
        "passed": not found.faults,
        "figures": found.figures,
        "faults": found.faults[:20],
        "seconds": round(time.monotonic() - began),
    }


def keep(report: dict[str, Any]) -> None:
    """Markdown and JSON, by date and time."""
    stem = ROOT / "benchmarks" / "results" / f"cluster-{report['about']['at'][:16].replace(':', '')}"
    stem.with_suffix(".json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    lines = ["# Several machines, tried", "", ", ".join(f"{key} {value}" for key, value in report["about"].items()), ""]
    lines += ["| trial | asked | found | passed | s |", "| --- | --- | --- | --- | ---: |"]
    for one in report["trials"]:
        figures = ", ".join(f"{name} {value}" for name, value in one["figures"].items())
        lines.append(
            f"| {one['name']} | {one['asks']} | {figures} | {'yes' if one['passed'] else 'NO'} | {one['seconds']} |"
        )
    lines += [f"\n{one['name']}: {fault}" for one in report["trials"] for fault in one["faults"]]
    stem.with_suffix(".md").write_text("\n".join(lines) + "\n")
    print(f"\n{stem}.md")
    tell()


def tell() -> None:
    """The newest result of each trial into the operator's page."""
    newest: dict[str, tuple[str, dict[str, Any]]] = {}
    for path in sorted((ROOT / "benchmarks" / "results").glob("cluster-*.json")):
        report = json.loads(path.read_text())
        newest |= {one["name"]: (report["about"]["at"], one) for one in report["trials"]}
    lines = ["| trial | asked | found | day |", "| --- | --- | --- | --- |"]
    lines += [f"| {name} | {one['asks']} | {told(one)} | {at[:10]} |" for name, (at, one) in newest.items()]
    into(ROOT / "docs" / "operating" / "several-machines.md", lines)


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
