"""What was tortured on."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

from torture.rig import PROGRAMS


def machine() -> dict[str, str | int | float]:
    """Processor, memory, system, database, load; without asking a database."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    memory = Path("/proc/meminfo").read_text().split(maxsplit=2)[1]
    said = subprocess.run([PROGRAMS / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "cpu": next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "?"),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(int(memory) / 2**20, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "postgresql": said.split()[-1],
        "load_at_end": round(os.getloadavg()[0], 2),
    }
