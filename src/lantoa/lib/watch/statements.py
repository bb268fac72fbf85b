"""What the database worked on most: from its own counts (pg_stat_statements), or from its log. Never a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

COUNTED = """
SELECT s.query, s.calls, s.total_exec_time,
       s.total_exec_time / greatest(sum(s.total_exec_time) OVER (), 1e-9) AS share
  FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
 WHERE d.datname = current_database() AND s.query IS NOT NULL
 ORDER BY s.total_exec_time DESC LIMIT %(most)s
"""
SINCE = "SELECT stats_reset FROM pg_stat_statements_info"
# A line of the log that tells how long a statement took, and the lines that go on with its text.
_TOOK = re.compile(r"duration: ([\d.]+) ms  (?:statement|execute [^:]*): (.*)")
# What hides other signs within itself (PostgreSQL's manual, 4.1): whichever begins first decides, so all are looked
# for at once. A backslash escapes in E'…' alone; what never ends is hidden to its end.
_HIDING = re.compile(
    r"""(?P<remark>--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<name>"(?:[^"]|"")*")
      | \bE'(?:[^'\\]|\\.|'')*(?:'|\Z)
      | (?:\b[BXN]|\bU&)?'(?:[^']|'')*(?:'|\Z)
      | (?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_NUMBER = re.compile(r"(?<![\w$.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b", re.IGNORECASE)
_LIST = re.compile(r"\?(?:\s*,\s*\?)+")


@dataclass(frozen=True)
class Cost:
    """One statement: its text without values, how often, milliseconds in all, share of everything."""

    text: str
    calls: int
    ms: float
    share: float

    @property
    def mean(self) -> float:
        """Milliseconds a time."""
        return self.ms / max(self.calls, 1)


def counted(most: int) -> list[Cost]:
    """The dearest statements of this database since the counts were begun; raises ProgrammingError without them."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"most": most})
        return [Cost(without_values(text), calls, ms, share) for text, calls, ms, share in cursor.fetchall()]


def logged(lines: Iterable[str], most: int) -> list[Cost]:
    """The dearest of those that a log of PostgreSQL tells (log_min_duration_statement), in its plain format."""
    sums: dict[str, tuple[int, float]] = {}
    for text, ms in _statements(lines):
        calls, total = sums.get(text, (0, 0.0))
        sums[text] = calls + 1, total + ms
    whole = sum(ms for _calls, ms in sums.values()) or 1.0
    dearest = sorted(sums.items(), key=lambda each: -each[1][1])[:most]
    return [Cost(text, calls, ms, ms / whole) for text, (calls, ms) in dearest]


def _statements(lines: Iterable[str]) -> Iterator[tuple[str, float]]:
    ms, words = 0.0, list[str]()
    for line in lines:
        found = _TOOK.search(line)
        if found is None and words and line.startswith("\t"):
            words.append(line)
            continue
        if words:
            yield without_values("\n".join(words)), ms
        ms, words = (float(found[1]), [found[2]]) if found else (0.0, [])
    if words:
        yield without_values("\n".join(words)), ms


def without_values(text: str) -> str:
    """A statement on one line; what it was about is a question mark."""
    bare = _NUMBER.sub("?", _HIDING.sub(_hidden, text))
    return " ".join(_LIST.sub("?", bare).split())


def _hidden(found: re.Match[str]) -> str:
    return found["name"] or (" " if found["remark"] else "?")
