"""What was busy, as far as /proc of this machine tells: CPU by what it served, and the disk. Elsewhere it says nothing.

A process belongs to what its command line says, or else to what its parent belongs to: servers fork their workers.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
GENERATOR, APPLICATION, DATABASE = "generator", "application", "database"
# Words of a command line, the first that fits.
KINDS = (
    ("granian", APPLICATION),
    ("lantoa.config.wsgi", APPLICATION),
    ("postgres", DATABASE),
    ("pgbouncer", DATABASE),
    ("nginx", "web server"),
    ("main worker", "worker"),
    ("main pages", "pages"),
    ("lantoa worker", "worker"),
    ("lantoa pages", "pages"),
)
OTHER = "other"
_BUSY = 12  # field of /proc/diskstats: milliseconds with something under way
_DEVICES = ("loop", "ram", "zram", "dm-")


@dataclass(frozen=True, slots=True)
class Busy:
    """Between two looks: seconds of CPU by kind, and the busiest disk's share of the time."""

    seconds: float
    cores: int
    cpu: dict[str, float]
    disk: float

    @property
    def whole(self) -> float:
        """How much of all cores was used, 0 to 1."""
        return sum(self.cpu[kind] for kind in self.cpu) / (self.seconds * self.cores) if self.seconds else 0.0

    @property
    def generator(self) -> float:
        """How much of its one core the generator used, 0 to 1."""
        return self.cpu.get(GENERATOR, 0.0) / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Look:
    """One look at all processes and disks."""

    at: float
    cpu: dict[int, tuple[str, float]]  # by process: kind, seconds so far
    disks: dict[str, int]  # milliseconds so far

    @classmethod
    def now(cls) -> Look:
        """At this moment; empty where there is no /proc."""
        parents, lines, seconds = _processes()
        return cls(monotonic(), {pid: (_kind(pid, parents, lines), seconds[pid]) for pid in seconds}, _disks())

    def since(self, before: Look) -> Busy:
        """What was done meanwhile, by processes that were there at both looks or came between."""
        cpu: dict[str, float] = {}
        for pid, (kind, seconds) in self.cpu.items():
            _, earlier = before.cpu.get(pid, (kind, 0.0))
            cpu[kind] = cpu.get(kind, 0.0) + seconds - earlier
        took = self.at - before.at
        busiest = max((busy - before.disks.get(name, busy) for name, busy in self.disks.items()), default=0)
        return Busy(took, os.cpu_count() or 1, cpu, busiest / 1000 / took if took else 0.0)


def _processes() -> tuple[dict[int, int], dict[int, str], dict[int, float]]:
    """Parent, command line and seconds of CPU of each process."""
    parents: dict[int, int] = {}
    lines: dict[int, str] = {}
    seconds: dict[int, float] = {}
    for entry in PROC.iterdir() if PROC.is_dir() else ():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        pid = int(entry.name)
        parents[pid], lines[pid] = int(fields[1]), line
        seconds[pid] = _exact(entry) or (int(fields[11]) + int(fields[12])) / TICKS
    return parents, lines, seconds


def _exact(process: Path) -> float:
    """Seconds of CPU of its threads in the scheduler's nanoseconds; 0 where it does not tell them."""
    try:
        return sum(int(task.read_text().split()[0]) for task in process.glob("task/*/schedstat")) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _kind(pid: int, parents: dict[int, int], lines: dict[int, str]) -> str:
    """What a process is for."""
    while pid > 1:
        if pid == os.getpid():
            return GENERATOR
        line = lines.get(pid, "")
        for word, kind in KINDS:
            if word in line:
                return kind
        pid = parents.get(pid, 0)
    return OTHER


def _disks() -> dict[str, int]:
    try:
        rows = [line.split() for line in (PROC / "diskstats").read_text().splitlines()]
    except OSError:
        return {}
    return {row[2]: int(row[_BUSY]) for row in rows if not row[2].startswith(_DEVICES)}
