"""How fast the machine is at the moment: what a fixed piece of work costs, which nothing of the product can change.

Half an hour lies between the first and the last figure of some benches, and others work on the same hardware: the same
work has been seen to cost half as much again within minutes. What is compared over such a time is divided by this.
"""

from __future__ import annotations

import json
import time

ROWS = [{"name": f"Đơn vị {n}", "reg": n * 7919 % 9973, "fin": n * 104_729 % 7919} for n in range(1500)]


def pace() -> float:
    """Milliseconds of CPU, some ten: what an interpreter does for a page. Once is a sample: ask between all else."""
    began = time.thread_time()
    for _ in range(4):
        rows = json.loads(json.dumps(ROWS, ensure_ascii=False))
        rows.sort(key=lambda row: (-row["fin"], row["name"]))
        "".join(f"<li>{row['name']}: {row['reg']:,}</li>" for row in rows).encode()
    return 1000 * (time.thread_time() - began)
