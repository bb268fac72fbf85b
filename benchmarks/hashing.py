"""How many passwords this machine hashes at best: `python benchmarks/hashing.py SECONDS` in several processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]


def main() -> None:
    """Hash for so many seconds with the product's parameters; prints how many there were and what each cost."""
    from argon2.low_level import Type, hash_secret

    from lantoa.people.passwords import Argon2idMinimal as Hasher

    seconds, made = float(sys.argv[1]), 0
    began, spent = time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        hash_secret(
            b"a password of some length",
            b"sixteen bytes of",
            time_cost=Hasher.time_cost,
            memory_cost=Hasher.memory_cost,
            parallelism=Hasher.parallelism,
            hash_len=32,
            type=Type.ID,
        )
        made += 1
    print(made, (time.perf_counter() - began), 1000 * (time.process_time() - spent) / made)


def bare_limit(processes: int, seconds: float) -> tuple[float, float]:
    """Hashes a second of so many processes at once, and the CPU milliseconds of one."""
    from lantoa.management.commands.serve import LARGE_PAGES

    command = [sys.executable, __file__, str(seconds)]
    surroundings = LARGE_PAGES | os.environ  # as the site's processes have it
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings) for _ in range(processes)]
    rows = [tuple(float(word) for word in process.communicate()[0].split()) for process in running]
    return sum(made / took for made, took, _ in rows), sum(cost for _, _, cost in rows) / processes


if __name__ == "__main__":
    main()
