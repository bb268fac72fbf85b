"""`lantoa serve`: migrate, collect static files, then keep the site, worker, public pages and database running."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from lantoa.lib.postgres import DoesNotStart, embedded_listens, start_embedded
from lantoa.management import exporter
from lantoa.management.keeping import Kept, keep

log = logging.getLogger("lantoa.serve")
# A password's hash walks through 19 MiB in no order. In pages of 2 MiB a part of its CPU is saved (decision 0032). The
# C library asks for them in its main arena alone, and requests have a thread of their own: so there is no other arena.
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1"}


class Command(BaseCommand):
    """One machine's whole installation in the foreground."""

    help = "Serve the site, with its worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--demo or --simulate, --workers, --port."""
        filled = parser.add_mutually_exclusive_group()
        filled.add_argument("--demo", action="store_true", help="fill an empty installation with demonstration data")
        filled.add_argument(
            "--simulate", action="store_true", help="or with the reference contest's days, made again: some minutes"
        )
        filled.add_argument(
            "--site", action="store_true", help="the site alone, on one of several machines: no migration, no worker"
        )
        parser.add_argument("--people", type=int, default=3000, help="how many invented people the demonstration has")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that serve pages")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Prepare, start all, keep them until stopped; one that cannot be kept ends the others too."""
        collect_static()
        for name, value in LARGE_PAGES.items():
            os.environ.setdefault(name, value)  # for what is started from here
        if options["site"]:
            command = site_command(options["host"], options["port"], options["workers"])
            os.execv(command[0], command)  # noqa: S606 (our own; the supervisor then speaks to the server itself)
        call_command("migrate", verbosity=0)
        if options["demo"]:
            call_command("demo", people=options["people"])
        if options["simulate"]:
            call_command("simulate", new=True)
        self.stdout.write(f"Lan Tỏa: {settings.PUBLIC_URL} (Ctrl+C dừng)")
        self.stdout.flush()
        exporter.start(self.stderr.write)
        site = Kept("site", site_command(options["host"], options["port"], options["workers"]))
        beside = [Kept(name, [sys.executable, "-m", "lantoa.management.main", name]) for name in ("worker", "pages")]
        sys.exit(keep([site, *beside], ready=database))


def database() -> bool:
    """Start the embedded PostgreSQL again if it was killed; whether it is there. Another server has its own keeper."""
    if os.environ.get("DATABASE_URL") or embedded_listens(settings.DATA):
        return True
    log.error("the embedded database is gone: started again")
    try:
        start_embedded(settings.DATA)
    except DoesNotStart:
        log.exception("the embedded database does not start yet")  # what is left of the old one may still be ending
        return False
    return True


def site_command(host: str, port: int, workers: int) -> list[str]:
    """Processes with one thread each: the interpreter's lock makes more threads dearer (performance.md)."""
    granian = Path(sys.executable).with_name("granian")
    shape = ["--workers", str(workers), "--blocking-threads", "1", "--backlog", "1024"]
    quiet = ["--no-access-log", "--log-level", "warning"]
    # A worker that does not end by itself would keep a restart waiting for ever; one that was killed is made anew.
    ending = ["--workers-kill-timeout", "10", "--respawn-failed-workers"]
    where = ["--host", host, "--port", str(port)]
    return [str(granian), "--interface", "wsgi", *where, *shape, *quiet, *ending, "lantoa.config.wsgi:application"]


def collect_static() -> None:
    """Collect, hash and compress static files, only when one of them changed since the last time; one at a time."""
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            seen.update(f"{path} {storage.get_modified_time(path)} {storage.size(path)}\n".encode())
    folder = Path(settings.STATIC_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".collected").open("a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)  # two services of a machine start together
        stamp.seek(0)
        if stamp.read() == seen.hexdigest():
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.truncate(0)
        stamp.write(seen.hexdigest())
