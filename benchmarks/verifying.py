"""How long a whole export takes to check, on one core, and how much memory.

Run by hand: `.venv/bin/python benchmarks/verifying.py [entries …]`. Makes an export of that many entries with heads,
1 ‰ corrections, ten bulletins and standings (`tests/verify/making.py`), writes it to a folder and checks it with the
command as an outsider would, in a process of its own. These are not revealed yet; one of 20,000 entries is, and has
all its papers drawn and marked again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "verify" / "src")]

from tests.verify.making import Contest  # noqa: E402

RESULT = ROOT / "benchmarks" / "results" / "verifying.json"
LIMITS = {150_000: 15.0, 1_000_000: 120.0}  # seconds
CHILD = """
import json, resource, sys, time
from lantoa_verify.cli import main
start = time.monotonic()
status = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([status, time.monotonic() - start, used.ru_utime + used.ru_stime, int(peak)]), file=sys.stderr)
"""


def made(size: int, folder: Path, *, drawn: bool) -> int:
    """Write an export; its bytes."""
    contest = Contest(1, size=size, drawn=drawn, reveal=drawn, corrections=0.001, bulletins=10, step=2000)
    for path, data in contest.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return sum(map(len, contest.files.values()))


def checked(folder: Path) -> dict[str, float]:
    """Check it in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "verify" / "src")}
    command = [sys.executable, "-c", CHILD, "export", str(folder), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    status, wall, cpu, memory = json.loads(done.stderr.splitlines()[-1])
    assert status == 0, done.stdout[:2000]
    report = json.loads(done.stdout)
    return {
        "wall_s": wall,
        "cpu_s": cpu,
        "memory_mb": memory / 1024,
        "papers": report["papers"],
        "heads": report["heads"],
    }


def measured(size: int, *, drawn: bool = False) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        start = time.monotonic()
        size_bytes = made(size, Path(name), drawn=drawn)
        making = time.monotonic() - start
        row = {"entries": size, "export_mb": size_bytes / 1e6, **checked(Path(name)), "making_s": making}
    print({key: round(value, 2) for key, value in row.items()}, flush=True)
    return row


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or list(LIMITS)
    rows = [measured(size) for size in sizes]
    rows.append(measured(20_000, drawn=True))
    for row in rows:
        limit = LIMITS.get(int(row["entries"]))
        assert limit is None or row["cpu_s"] <= limit, row
    about = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "load": os.getloadavg()[0]}
    RESULT.write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
