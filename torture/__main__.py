"""`make torture`: the long forms, one after the other, with a report; `make torture ONLY="R05 R12"` some of them.

Each trial is bounded in size and stops by itself. What it needs besides (strace, faketime, a file system of its own) is
looked for before; a trial that cannot run here says so loudly and counts as not passed.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.installation import ROOT

from torture.machine import machine
from torture.report import into, told
from torture.rig import make_template
from torture.trials import TRIALS, Trial

PAGE = ROOT / "docs" / "operating" / "faults.md"
RESULTS = ROOT / "benchmarks" / "results"


def main() -> None:
    """Run what was asked for; 1 when anything failed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("only", nargs="*", help="R01 R05 …; without any: all")
    arguments.add_argument("--scale", type=float, default=1.0, help="of the stated sizes: 0.01 for a look")
    asked = arguments.parse_args()
    chosen = [trial for trial in TRIALS if not asked.only or trial.name in asked.only]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped by SIGTERM"))  # and nothing is left running
    began = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="lt-torture-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        crowds: dict[int, Path] = {}
        about = {"at": began.isoformat(timespec="seconds"), "scale": asked.scale, **machine()}
        results: list[dict[str, Any]] = []
        for trial in chosen:
            results.append(attempt(trial, Path(folder), crowds, asked.scale))
            keep({"about": about, "trials": results})  # each as soon as it is known: they take hours
    sys.exit(any(not result["passed"] for result in results))


def attempt(trial: Trial, folder: Path, crowds: dict[int, Path], scale: float) -> dict[str, Any]:
    """One trial and its control."""
    print(f"\n{trial.name} {trial.title}", flush=True)
    began = time.monotonic()
    result: dict[str, Any] = {"name": trial.name, "title": trial.title, "asks": trial.asks}
    try:
        people = max(40, round(trial.people * scale)) if trial.scales else trial.people
        if people not in crowds:
            crowds[people] = folder / f"crowd-{people}"
            make_template(crowds[people], people)
        result |= trial.judge(crowds[people], scale)
    except Exception:  # noqa: BLE001 - one trial that breaks must not hide the others
        result |= {"passed": False, "figures": {}, "faults": [traceback.format_exc(limit=-3)], "control": ""}
    result["seconds"] = round(time.monotonic() - began)
    said = [f"{name}: {value}" for name, value in result["figures"].items()]
    print("  " + ("passed" if result["passed"] else "NOT PASSED") + "; " + ", ".join(said))
    print(f"  control: {result['control']}")
    for fault in result["faults"][:5]:
        print(f"  {fault}")
    return result


def keep(report: dict[str, Any]) -> None:
    """Markdown and JSON, by date and time: benchmarks/results/torture-….{md,json}."""
    RESULTS.mkdir(exist_ok=True)
    stem = f"torture-{report['about']['at'][:16].replace(':', '')}"
    (RESULTS / f"{stem}.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    (RESULTS / f"{stem}.md").write_text(markdown(report))
    print(f"\n{RESULTS / stem}.md")
    tell()


def tell() -> None:
    """The newest result of each trial into the operator's page; what was tried in full stays before what was not."""
    newest: dict[str, tuple[float, str, dict[str, Any]]] = {}
    for path in sorted(RESULTS.glob("torture-*.json")):
        report = json.loads(path.read_text())
        for one in report["trials"]:
            known = (report["about"]["scale"], report["about"]["at"], one)
            newest[one["name"]] = max(newest.get(one["name"], known), known, key=lambda found: found[:2])
    lines = ["| trial | asked | found | control | scale | day |", "| --- | --- | --- | --- | ---: | --- |"]
    for name in sorted(newest):
        scale, at, one = newest[name]
        lines.append(
            f"| {name} {one['title']} | {one['asks']} | {told(one)} | {one['control']} | {scale:g} | {at[:10]} |"
        )
    into(PAGE, lines)


def markdown(report: dict[str, Any]) -> str:
    """The same for people."""
    about = ", ".join(f"{name} {value}" for name, value in report["about"].items())
    lines = ["# Faults, tried", "", about, "", "| trial | asked | found | control | passed | s |"]
    lines.append("| --- | --- | --- | --- | --- | ---: |")
    for one in report["trials"]:
        found = ", ".join(f"{name} {value}" for name, value in one["figures"].items())
        cells = [f"{one['name']} {one['title']}", one["asks"], found, one["control"], "yes" if one["passed"] else "NO"]
        lines.append(f"| {' | '.join(cells)} | {one['seconds']} |")
    for one in report["trials"]:
        lines += [f"\n{one['name']}: {fault}" for fault in one["faults"][:20]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
