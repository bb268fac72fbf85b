"""The reference contest's ten days through the front door of an installation of its own; stops by itself.

`make rehearsal`, or `python benchmarks/rehearsal.py --share 0.02 --minutes 2`: an empty installation, the package,
`lantoa serve`, nginx in front where there is one, the rehearsal, its removal; the report goes to benchmarks/results/.
Server, database and generator share the machine. The full form is `--share 1`: its clock runs through in ten minutes,
and the crowd does its deeds as fast as the installation lets it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from installation import HOST, PACKAGE, ROOT, folder, free_port, machine, prepare, running

RESULTS = ROOT / "benchmarks" / "results"
LANTOA = [sys.executable, "-m", "lantoa.management.main"]
# Of a log, what grows by itself in a contest that is really coming: entries numbered, heads signed, one a day entered.
LIVES = {f"lantoa_{table}" for table in ("waiting", "entry", "leaf", "tile", "head")}
NGINX_READ = "lantoa_visitlog"  # how far nginx's log was read: the installation's, not the rehearsal's
MOST = 45 * 60  # seconds: what the issue allows


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--cards", type=int, default=1)
    parser.add_argument("--saves", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=24)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--capacity", action="store_true", help="raise the rates afterwards")
    parser.add_argument("--no-nginx", action="store_true")
    return parser.parse_args()


def front(data: Path, behind: int) -> list[str]:
    """Write nginx as shipped, in front of the application on the port ``behind``."""
    there = data / "nginx"
    where = [
        "--app",
        f"{HOST}:{behind}",
        "--logs",
        str(data),
        "--cache",
        str(data / "cache"),
        "--pid",
        str(data / "nginx.pid"),
    ]
    mine = subprocess.run([*LANTOA, "nginx", str(there), *where, "--user", "root", "--rehearse-from", HOST], check=True)
    assert mine.returncode == 0
    return ["nginx", "-c", str(there / "nginx.conf"), "-g", "daemon off;"]


def rows() -> dict[str, int]:
    """Of every table; of those that live by themselves what belongs to no contest that is really coming."""
    from django.apps import apps
    from django.db import connection

    others = "WHERE contest_id NOT IN (SELECT id FROM lantoa_contest WHERE NOT rehearsal)"
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]  # noqa: SLF001
        counted = {table: f"SELECT count(*) FROM {table} {others if table in LIVES else ''}" for table in tables}
        return {table: cursor.execute(asked).fetchone()[0] for table, asked in counted.items()}


def main() -> None:
    asked = arguments()
    data, port = folder("rehearsal"), free_port()
    nginx = shutil.which("nginx") if not asked.no_nginx else None
    behind = free_port() if nginx else port
    os.environ["LANTOA_VISITS_LOG"] = str(data / "visits.log")
    os.environ["LANTOA_API_PER_MINUTE"] = "0"  # the whole board is read afterwards
    if nginx:
        os.environ["LANTOA_BEHIND_PROXY"] = "1"
    prepare(data, port)
    url = f"http://{HOST}:{port}"
    # The contest itself opens later: an installation is rushed before its opening.
    opens = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    subprocess.run(
        [*LANTOA, "package", "import", str(PACKAGE), "--publish", "--opens", opens, "--closes", opens], check=True
    )
    serve = [*LANTOA, "serve", "--port", str(behind), "--workers", str(asked.workers)]
    with (data / "processes.log").open("w") as log, ExitStack() as site:
        site.enter_context(running(serve, f"http://{HOST}:{behind}/robots.txt", log=log))
        if nginx:
            site.enter_context(running(front(data, behind), f"{url}/robots.txt", log=log))
        sys.exit(rehearse(asked, nginx=bool(nginx)))


def rehearse(asked: argparse.Namespace, *, nginx: bool) -> int:
    """Prepare, drive, remove, report."""
    before = rows()
    prepared = subprocess.run(
        [*LANTOA, "rehearse", "--prepare", "--cards", str(asked.cards)], check=True, capture_output=True
    )
    address = prepared.stdout.decode().strip()
    begun = time.monotonic()
    options = {"share": asked.share, "minutes": asked.minutes, "saves": asked.saves, "at-once": asked.at_once}
    given = [f"--{name}={value}" for name, value in options.items()] + ([] if asked.capacity else ["--no-capacity"])
    code = subprocess.run(
        [*LANTOA, "rehearse", address, *given, "--here", "--report", str(RESULTS)], check=False
    ).returncode
    took = time.monotonic() - begun
    subprocess.run([*LANTOA, "rehearse", "--remove"], check=True)
    gone = {
        table: (before[table], now) for table, now in rows().items() if now != before[table] and table != NGINX_READ
    }
    slug = address.rstrip("/").rpartition("/")[2]
    name = f"rehearsal-{datetime.now(UTC):%Y-%m-%d}" + ("" if asked.share == 1 else f"-{asked.share:g}")
    for path in RESULTS.glob(f"{slug}.*"):
        path.rename(RESULTS / f"{name}{path.suffix}")
    told = RESULTS / f"{name}.json"
    if told.exists():
        found = json.loads(told.read_text()) | {
            "machine": machine(),
            "nginx": nginx,
            "whole_seconds": round(took),
            "left_behind": gone,
        }
        told.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    print(f"{took / 60:.1f} minutes of {MOST / 60:.0f}; left behind: {gone or 'nothing'}; {told.with_suffix('.md')}")
    return code or bool(gone)


if __name__ == "__main__":
    main()
