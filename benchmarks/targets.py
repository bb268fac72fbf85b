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
    return min((row["share"] for row in report["front"].values()), default=None)


def _my_rank(report: Report) -> float | None:
    sizes = report.get("growth", {}).get("my rank", {}).get("sizes", {})
    return max((row["cpu_ms"] for row in sizes.values()), default=None)


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
    Target("my rank, the database's part, among the most contestants", "ms", 5, _my_rank),
    Target("worst p99 of an exam step, 32 at once beside full sign-in", "ms", 250, lambda r: r["rush"]["worst_p99_ms"]),
]


def table(report: Report) -> str:
    """All figures for the terminal, in Markdown: floors, requests, steps of the rush, targets."""
    parts = [floors, requests, front, rush, stored, targets]
    return "\n\n".join(part(report) for part in parts)


def floors(report: Report) -> str:
    """Each floor, and how far above it start and submit are."""
    found = report["floors"]
    rows = [
        [name, f"{row['start']:.3f}", f"{row['submit']:.3f}", f"{row['sum']:.3f}", f"{row['ratio']:.2f}"]
        for name, row in found.items()
    ]
    return _lines(["floor (database CPU ms)", "start", "submit", "sum", "start + submit of the site ÷ it"], rows)


def requests(report: Report) -> str:
    """What each request costs."""
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


def front(report: Report) -> str:
    """Public pages behind nginx, beside a file of the same bytes from an nginx that does nothing else."""
    head = ["public page", "file a second", "page a second", "share", "share of CPU", "from the application, ms", "304"]
    keys = ("static_per_second", "pages_per_second", "share", "cpu_share", "app_ms", "app_304_ms")
    rows = [[name, *(f"{row[key]:g}" for key in keys)] for name, row in report["front"].items()]
    return _lines(head, rows or [["not measured: wrk or nginx is missing", *[""] * len(keys)]])


def rush(report: Report) -> str:
    """How long the steps of the exam take when all cores are busy."""
    found = report["rush"]
    rows = [
        [name, *(str(row[key]) for key in ("requests", "p50_ms", "p99_ms"))] for name, row in found["steps"].items()
    ]
    beside = f"{found['requests_per_second']} requests and {found['sign_ins_per_second']} sign-ins a second"
    return _lines(["32 at once, beside full sign-in", "requests", "p50 ms", "p99 ms"], [*rows, [beside, "", "", ""]])


def stored(report: Report) -> str:
    """Bytes by table, bytes of the write-ahead log by part."""
    found = report["stored"]
    tables = [[name, str(size)] for name, size in found["by_table"].items()]
    parts = [[name, str(size)] for name, size in found["wal_by_part"].items()]
    left = _lines([f"stored by an attempt (of {found['attempts']:,})", "bytes"], tables)
    return f"{left}\n\n{_lines(['write-ahead log of an attempt', 'bytes'], parts)}"


def targets(report: Report) -> str:
    """The verdict."""
    return _lines(["target", "limit", "figure", ""], list(judged(report)))


def growth(rows: Report) -> str:
    """What each request costs among how many, and the worst ratio."""
    sizes = sorted({size for row in rows.values() for size in row["sizes"]}, key=int)
    lines = []
    for name, row in rows.items():
        word = "met" if row["met"] else "MISSED"
        by = "pages" if row["by"] == "pages" else "CPU"
        cells = [_cell(row["sizes"].get(size)) for size in sizes]
        lines.append([name, *cells, f"{row['ratio']} {by}", f"{row['limit']}", word])
    return _lines(["request", *(f"{int(size):,}" for size in sizes), "worst ratio", "limit", ""], lines)


def _cell(row: dict[str, float] | None) -> str:
    if row is None:
        return "–"
    pages = f", {row['pages']:.0f} pages" if "pages" in row else ""
    return f"{row['cpu_ms']:.2f} ms{pages}"


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
