"""What the rush may cost (issue 4 of the project's list, performance.md), and the table that says whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Report = dict[str, Any]
ANONYMOUS = ("landing", "standings", "unit standings", "statistics")
FAST = 0.8  # of what the machine can do at best


@dataclass(frozen=True)
class Target:
    """One figure and its limit; ``least``: it must be at least so much."""

    name: str
    unit: str
    limit: float
    read: Callable[[Report], float | None]
    least: bool = False

    def met(self, figure: float) -> bool:
        """Whether the figure keeps to it."""
        return figure >= self.limit if self.least else figure <= self.limit


def _front(report: Report) -> float | None:
    rows = (report.get("front") or {}).values()
    shares = [row["share"] for row in rows if "share" in row]
    return min(shares) if shares else None


TARGETS = [
    Target("start + submit, over the reference floor", "×", 4.0, lambda r: r["start_submit_over_floor"]),
    Target("the whole flow without the password hash", "ms", 18.0, lambda r: r["flow_cpu_ms"]),
    *(
        Target(f"{page}, anonymous, from the application", "ms", 0.5, lambda r, page=page: r["app_cpu_ms"][page])
        for page in ANONYMOUS
    ),
    Target("public pages behind nginx, of its static rate", "", FAST, _front, least=True),
    Target("sign-in, of the bare hash limit", "", FAST, lambda r: r["passwords"]["sign_in_share"], least=True),
    Target("registration, of the bare hash limit", "", FAST, lambda r: r["passwords"]["register_share"], least=True),
    Target("stored by an attempt", "bytes", 1536, lambda r: r["bytes_per_attempt"]),
    Target("write-ahead log of an attempt", "bytes", 6144, lambda r: r["wal_per_attempt"]),
    Target("worst p99 of an exam step, 32 at once beside full sign-in", "ms", 250, lambda r: r["rush"]["worst_p99_ms"]),
]


def table(report: Report) -> str:
    """All figures for the terminal, in Markdown: floors, requests, steps of the rush, targets."""
    parts = [_floors(report), _requests(report), _rush(report), _stored(report), _targets(report)]
    return "\n\n".join(parts)


def _floors(report: Report) -> str:
    found = report["floors"]
    rows = [
        [name, f"{row['start']:.3f}", f"{row['submit']:.3f}", f"{row['sum']:.3f}", f"{row['ratio']:.2f}"]
        for name, row in found.items()
    ]
    return _lines(["floor (database CPU ms)", "start", "submit", "sum", "start + submit of the site ÷ it"], rows)


def _requests(report: Report) -> str:
    rows = []
    for name, row in report["requests"].items():
        one = report["one_connection"].get(name, {})
        times = f"{name} × {row['times']}" if row["times"] > 1 else name
        cost = [
            f"{row['app_ms']:.2f}",
            f"{row['db_ms']:.2f}",
            f"{one.get('app_ms', 0):.2f}",
            f"{one.get('db_ms', 0):.2f}",
        ]
        rows.append(
            [times, str(report["queries"].get(name, "")), *cost, f"{one.get('wall_ms', 0):.1f}", f"{row['bytes']}"]
        )
    head = ["request", "queries", "app ms", "db ms", "app ms, one connection", "db ms", "wall ms", "bytes"]
    return _lines(head, rows)


def _rush(report: Report) -> str:
    rush = report["rush"]
    rows = [[name, f"{row['requests']}", f"{row['p50_ms']}", f"{row['p99_ms']}"] for name, row in rush["steps"].items()]
    rows.append(
        [f"{rush['requests_per_second']} requests, {rush['sign_ins_per_second']} sign-ins a second", "", "", ""]
    )
    return _lines(["32 at once, beside full sign-in", "requests", "p50 ms", "p99 ms"], rows)


def _stored(report: Report) -> str:
    rows = [[name, f"{size}"] for name, size in report["stored"]["by_table"].items()]
    return _lines([f"bytes stored by an attempt ({report['stored']['attempts']} attempts)", ""], rows)


def _targets(report: Report) -> str:
    return _lines(["target", "limit", "figure", ""], list(judged(report)))


def judged(report: Report) -> Iterator[list[str]]:
    """Each target with its limit, its figure and a word; what was not measured says so."""
    for target in TARGETS:
        figure = target.read(report)
        limit = f"{'≥' if target.least else '≤'} {target.limit:g} {target.unit}".strip()
        if figure is None:
            yield [target.name, limit, "–", "not measured"]
        else:
            yield [target.name, limit, f"{figure:.4g}", "met" if target.met(figure) else "MISSED"]


def _lines(head: list[str], rows: list[list[str]]) -> str:
    marks = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, marks, *rows])
