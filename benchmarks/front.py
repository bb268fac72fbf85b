"""Public pages: nginx with the shipped configuration beside nginx's bare rate, and the application alone.

`.venv/bin/python benchmarks/front.py`. For each page by turns, `wrk` with 32 connections that accept gzip: a file of
the same bytes from an nginx that does nothing else, and the page as `lantoa nginx` has it sent, with its rules, headers
and the count of visits. Then the application alone, without nginx: CPU of a whole answer and of 304. `share` is how
much of the bare rate is left, `cpu_share` the same of nginx's CPU, which neighbours on the machine disturb less.
"""

from __future__ import annotations

import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Event, Thread

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.installation import HOST, PACKAGE, Cpu, folder, free_port, machine, prepare, serving  # noqa: E402

PAGES = {"landing": "", "standings": "xep-hang/", "unit standings": "xep-hang/don-vi/", "statistics": "thong-ke/"}
AGENT = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Mobile Safari/537.36"
BARE = """user {user}; worker_processes auto; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 20000; multi_accept on; }}
http {{
    include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000;
    gzip_static on; open_file_cache max=4000 inactive=30s; open_file_cache_valid 1s;
    server {{ listen {port}; root {folder}/root; }}
}}
"""
PER_SECOND, REQUESTS = re.compile(r"Requests/sec:\s+([\d.]+)"), re.compile(r"(\d+) requests in")
FAILED = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")


@dataclass(frozen=True)
class Run:
    """What one run of wrk found: requests a second, CPU milliseconds of the servers' tree a request."""

    rate: float
    cpu_ms: float


def measure(slug: str, app: tuple[int, int], *, seconds: int = 3, rounds: int = 3) -> dict[str, dict[str, float]]:
    """Each page of a public contest whose pages are kept; ``app``: port and process id of the application.

    Empty where a tool is missing.
    """
    missing = [name for name in ("wrk", "nginx") if _program(name) is None]
    if missing:
        print(f"NOT MEASURED: the front; {' and '.join(missing)} not installed (make webserver)", file=sys.stderr)
        return {}
    from django.conf import settings

    work = folder("front")
    found: dict[str, dict[str, float]] = {}
    with bare(work / "bare", settings.PAGES / "made") as plain, shipped(work / "shipped", app[0]) as whole:
        for name, page in PAGES.items():
            at = f"/{slug}/{page}"
            pairs = [(run(plain, f"{at}index.html", seconds), run(whole, at, seconds)) for _ in range(rounds)]
            alone, again = run(app, at, seconds), run(app, at, seconds, tag=True)
            found[name] = {
                "static_per_second": round(median(a.rate for a, _ in pairs)),
                "pages_per_second": round(median(b.rate for _, b in pairs)),
                "share": round(median(b.rate / a.rate for a, b in pairs), 3),
                "cpu_share": round(median(a.cpu_ms / b.cpu_ms for a, b in pairs), 3),
                "nginx_ms": round(median(b.cpu_ms for _, b in pairs), 4),
                "app_ms": round(alone.cpu_ms, 3),
                "app_304_ms": round(again.cpu_ms, 3),
            }
    return found


@contextmanager
def kept() -> Iterator[None]:
    """Public pages kept as files, as `lantoa pages` does; made once, so that nothing else works while one measures."""
    from lantoa.lib.page_files import LEASE
    from lantoa.management.public_pages import Writer

    writer, stop = Writer(), Event()
    writer.round()

    def vouch() -> None:
        while not stop.wait(LEASE / 4):
            writer.files.vouch(time.time())

    thread = Thread(target=vouch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        writer.files.forget()


def run(server: tuple[int, int], path: str, seconds: int, *, tag: bool = False) -> Run:
    """Ask a server, by port and process id, for one address as fast as it answers; `tag`: as who has it already."""
    port, pid = server
    headers = ["-H", "Accept-Encoding: gzip", "-H", f"User-Agent: {AGENT}"]
    if tag:
        headers += ["-H", f"If-None-Match: {_tag(port, path)}"]
    wrk = [str(_program("wrk")), "-c32", "-t1", f"-d{seconds}s", *headers, f"http://{HOST}:{port}{path}"]
    before = Cpu.of_tree(pid)
    said = subprocess.run(wrk, capture_output=True, text=True, check=True).stdout
    spent = Cpu.of_tree(pid).since(before)
    rate, requests = PER_SECOND.search(said), REQUESTS.search(said)
    if FAILED.search(said) or rate is None or requests is None:
        raise SystemExit(f"{path} on {port}:\n{said}")
    return Run(float(rate[1]), 1000 * spent / int(requests[1]))


def _tag(port: int, path: str) -> str:
    from http.client import HTTPConnection

    wire = HTTPConnection(HOST, port, timeout=30)
    wire.request("HEAD", path, headers={"Accept-Encoding": "gzip", "User-Agent": AGENT})
    return str(wire.getresponse().headers["ETag"])


@contextmanager
def bare(work: Path, pages: Path) -> Iterator[tuple[int, int]]:
    """An nginx that only sends these files."""
    port = free_port()
    shutil.copytree(pages, work / "root")
    (work / "nginx.conf").write_text(BARE.format(user=getpass.getuser(), folder=work, port=port))
    with _nginx(work / "nginx.conf", port) as pid:
        yield port, pid


@contextmanager
def shipped(work: Path, app: int) -> Iterator[tuple[int, int]]:
    """Nginx as `lantoa nginx` configures it, at a port of its own before the application."""
    from django.conf import settings
    from django.test import override_settings

    from lantoa.management.nginx import Places, configuration

    port = free_port()
    places = Places(
        folder=work,
        app=(f"{HOST}:{app}",),
        certificate=work / "none",
        key=work / "none",
        logs=work,
        cache=work / "cache",
        pid=work / "pid",
        user=getpass.getuser(),
    )
    work.mkdir()
    with override_settings(PUBLIC_URL=f"http://{HOST}:{port}", VISITS_LOG=work / "visits.log", PAGES=settings.PAGES):
        for name, text in configuration(places).items():
            (work / name).write_text(text, encoding="utf-8")
    with _nginx(work / "nginx.conf", port) as pid:
        yield port, pid


@contextmanager
def _nginx(config: Path, port: int) -> Iterator[int]:
    process = subprocess.Popen([str(_program("nginx")), "-c", str(config), "-g", "daemon off;"])
    try:
        while not _listens(port):
            if process.poll() is not None:
                raise SystemExit("nginx does not start")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")


def table(found: dict[str, dict[str, float]]) -> str:
    """Markdown."""
    head = list(next(iter(found.values())))
    lines = [["page", *head], ["---"] + ["---:"] * len(head)]
    lines += [[name, *(f"{row[key]:g}" for key in head)] for name, row in found.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """An installation of its own with 3,000 people, one process of the application."""
    data, port = folder("front-site"), free_port()
    prepare(data, port)
    from datetime import timedelta

    from benchmarks import crowd

    from lantoa.contests.models import Contest
    from lantoa.lib import clock
    from lantoa.management.commands.package import import_package

    today = clock.now().astimezone(clock.VIETNAM).date()
    import_package(folder=PACKAGE, publish=True, opens=today - timedelta(days=10), closes=today + timedelta(days=21))
    contest = Contest.objects.public()[0]
    crowd.fill(contest, 3_000, seed=1)
    with kept(), serving(port) as pid:
        found = measure(contest.slug, (port, pid))
    if found:
        print(table(found))
    print(f"\n{machine()}, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
