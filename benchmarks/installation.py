"""A site of its own for benchmarks and pictures: data folder, database, static files, server; never the developer's."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import randrange
from typing import IO, TYPE_CHECKING
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "packages" / "cong-dan-so-hai-phong"
SLUG = "cong-dan-so-hai-phong"
HOST = "127.0.0.1"
SHOWN = 20  # lines of a server's log
PATIENCE = 180  # seconds until a server must answer
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on; below those given to whoever connects, or it might be gone before it is used."""
    while True:
        port = randrange(20_000, 32_768)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


def folder(purpose: str) -> Path:
    """A folder that is gone when this process ends, also by SIGTERM; what runs in it is stopped before."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit("stopped by SIGTERM"))
    made = Path(tempfile.mkdtemp(prefix=f"lt-{purpose}-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def prepare(data: Path, port: int) -> None:
    """Point the environment at ``data`` and make an empty, migrated installation there; once a process."""
    os.environ.update(environment(data, port))
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("LANTOA_DEMO", None)

    from lantoa.lib.postgres import start_embedded

    start_embedded(data)
    import django

    django.setup()
    from django.core.management import call_command

    from lantoa.management.commands.serve import collect_static

    call_command("migrate", verbosity=0)
    collect_static()


def environment(data: Path, port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "lantoa.config.settings",
        "LANTOA_DATA": str(data),
        "LANTOA_URL": f"http://{HOST}:{port}",
    }


@contextmanager
def serving(port: int, workers: int = 1, settings: str = "lantoa.config.settings") -> Iterator[int]:
    """The application's server, as `lantoa serve` starts it, with its settings or others; gives its process id.

    What it logs goes into `server.log` of the installation: what is no request's line is shown when it ends.
    """
    from lantoa.management.commands.serve import LARGE_PAGES, site_command

    extra = LARGE_PAGES | {"DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    said = Path(os.environ["LANTOA_DATA"]) / "server.log"
    command, address = site_command(HOST, port, workers), f"http://{HOST}:{port}/robots.txt"
    with said.open("w") as log, running(command, address, extra, log) as pid:
        yield pid
    wrong = [line for line in said.read_text().splitlines() if '"event": "request"' not in line]
    print("\n".join(wrong[:SHOWN]), file=sys.stderr, end="\n" if wrong else "")


@contextmanager
def demonstrating(data: Path, port: int, people: int) -> Iterator[str]:
    """`lantoa serve --demo` on an empty folder, in processes of its own; gives its address."""
    url = f"http://{HOST}:{port}"
    command = [sys.executable, "-m", "lantoa.management.main", "serve", "--demo"]
    command += ["--people", str(people), "--port", str(port), "--workers", "1"]
    with running(command, f"{url}/{SLUG}/", {**environment(data, port), "LANTOA_DEMO": "1"}):
        yield url


@contextmanager
def running(
    command: list[str], address: str, extra: dict[str, str] | None = None, log: IO[str] | None = None
) -> Iterator[int]:
    """A process until it is not needed; it answers at ``address``. What it says goes to ``log``, if that is given."""
    environ = {**os.environ, **(extra or {})}
    environ.pop("DATABASE_URL", None)
    process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"no answer from {address}")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


# --- CPU ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cpu:
    """CPU seconds that a process tree has spent, user and system time, with the processes that have ended in it."""

    seconds: float

    @classmethod
    def of_tree(cls, root: int) -> Cpu:
        """Of a process and all that it started; what lives in the scheduler's nanoseconds, where it tells."""
        return cls(sum(cpu_of(pid) + _of_ended(pid) for pid in _tree(root)))

    def since(self, before: Cpu) -> float:
        """What was spent since."""
        return self.seconds - before.seconds


def _tree(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found, edge = [root], [root]
    while edge:
        edge = [pid for pid, parent in parents.items() if parent in edge]
        found += edge
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the state on (the name before it may hold anything)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has spent, in the scheduler's nanoseconds where it tells."""
    try:
        tasks = [task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    except OSError:
        tasks = []
    if tasks:
        return sum(int(task.split()[0]) for task in tasks) / 1e9
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _of_ended(pid: int) -> float:
    """What the children that a process has waited for had spent."""
    fields = _stat(pid)
    return (int(fields[13]) + int(fields[14])) / TICKS if fields else 0.0


def postmaster(data: Path) -> int:
    """The process id of the embedded PostgreSQL."""
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def machine() -> dict[str, str | int | float]:
    """What was measured on."""
    import platform

    import django
    from django.db import connection

    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next(int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    return {
        "cpu": model,
        "cores": os.cpu_count() or 1,
        "memory_gb": round(memory / 2**20, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": postgres,
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
