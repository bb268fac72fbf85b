"""The operator's page of capacity and its picture, made from results/latest.json: `python -m benchmarks.capacity`.

A test holds that both are what this makes of the results that are kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks import targets
from benchmarks.capacity.chart import drawn

ROOT = Path(__file__).resolve().parents[2]
LATEST = ROOT / "benchmarks" / "results" / "latest.json"
PAGE = ROOT / "docs" / "operating" / "capacity.md"
CHART = PAGE.with_name("capacity-growth.svg")
EXAM = ("exam start page", "start", "save", "submit", "result", "standings, signed in")
TABLES = ("targets", "floors", "requests", "front", "rush", "stored")
NOT_YET = "## {}\n\nNot measured yet on a quiet machine: `{}`.\n"
Report = dict[str, Any]


def write() -> None:
    """Write both files."""
    for path, text in made().items():
        path.write_text(text)


def made() -> dict[Path, str]:
    """What each file should hold."""
    report = json.loads(LATEST.read_text()) if LATEST.exists() else {}
    return {PAGE: page(report)} | ({CHART: drawn(report["growth"])} if "growth" in report else {})


def page(report: Report) -> str:
    """The whole page: each part with the figures in their places, or how to measure them."""
    bench = _bench(report) if "floors" in report else NOT_YET.format("What a request costs", "make bench")
    growth = _growth(report) if "growth" in report else NOT_YET.format("How it grows", "make bench-growth")
    return f"{_text('head')}\n{bench}\n{growth}"


def _text(part: str) -> str:
    return (Path(__file__).parent / f"{part}.txt").read_text()


def _bench(report: Report) -> str:
    tables = {name: getattr(targets, name)(report) for name in TABLES}
    return _text("bench").format(**report["about"] | tables | _figures(report))


def _figures(report: Report) -> dict[str, object]:
    requests, password, about = report["requests"], report["passwords"], report["about"]
    exam = sum((requests[name]["app_ms"] + requests[name]["db_ms"]) * requests[name]["times"] for name in EXAM)
    return {
        "day": about["at"][:10],
        "contestants": f"{about['contestants']:,}",
        "saves": requests["save"]["times"],
        "flow": f"{report['flow_cpu_ms']:.1f}",
        "exam": f"{exam:.1f}",
        "exams": f"{1000 / exam:.0f}",
        "bytes": report["bytes_per_attempt"],
        "gigabytes": f"{report['bytes_per_attempt'] / 1000:.1f}",
        "wal": f"{report['wal_per_attempt'] / 1000:.1f}",
        "hash_ms": password["hash_cpu_ms"],
        "hashes": f"{password['hashes_per_second']:.0f}",
        "sign_in": f"{password['sign_in_share']:.0%}",
        "register": f"{password['register_share']:.0%}",
    }


def _paces(paces: dict[str, float]) -> str:
    if not paces:
        return "The machine's own pace is not taken into account."
    least, most = min(paces.values()), max(paces.values())
    return (
        f"CPU is counted by the machine's own pace at each size: the same piece of work took {least:g} to {most:g} ms."
    )


def _growth(report: Report) -> str:
    growth, about = report["growth"], report["growth_about"]
    missed = [f"*{name}* ({row['ratio']} times)" for name, row in growth.items() if not row["met"]]
    return _text("growth").format(
        growth=targets.growth(growth),
        largest=f"{max(about['sizes']) // 1000:,} nghìn".replace(",", "."),
        flat=len(growth) - len(missed),
        counted=len(growth),
        verdict=f"Beyond it: {', '.join(missed)}." if missed else "All of them keep to it.",
        paces=_paces(about["pace_ms"]),
        growth_revision=about["revision"],
        growth_day=about["at"][:10],
        growth_load=f"{about['load_at_start']} to {about['load_at_end']}",
        chart=CHART.name,
    )
