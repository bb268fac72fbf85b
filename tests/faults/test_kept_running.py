"""`lantoa serve` keeps what it started running: whatever is killed comes back by itself, and everything is still there."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.request import urlopen

import psutil
from benchmarks.installation import ROOT

from torture.rig import installation

PATIENCE = 60  # seconds


@contextmanager
def served(place):
    """`lantoa serve` with the embedded database of this copy; psutil's handle of it."""
    environ = place.environment()
    del environ["DATABASE_URL"]
    serve = [sys.executable, "-m", "lantoa.management.main", "serve", "--port", str(place.port), "--workers", "2"]
    with (place.data / "serve.log").open("wb") as log:
        process = subprocess.Popen(serve, cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0, (place.data / "serve.log").read_text()


def until(true):
    """Wait for another process; what it finally says."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def shows_the_contest(place):
    try:
        with urlopen(f"{place.url}{place.home}", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def named(serve, word):
    """The living processes below `serve` whose command holds a word."""
    return [one for one in serve.children(recursive=True) if word in command(one)]


def command(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # gone meanwhile
        return ""


def postmaster(place):
    """The database's first process; None while a killed one's file tells of nobody who lives."""
    try:
        return psutil.Process(int((place.cluster / "postmaster.pid").read_text().splitlines()[0]))
    except (OSError, IndexError, ValueError, psutil.NoSuchProcess):
        return None


def test_worker_site_and_database_come_back_after_being_killed(template):
    with installation(template) as place, served(place) as serve:
        until(lambda: shows_the_contest(place) and named(serve, "main worker"))
        (worker,) = named(serve, "main worker")
        site = named(serve, "granian")[0]
        database = postmaster(place)
        worker.send_signal(signal.SIGKILL)
        site.send_signal(signal.SIGKILL)
        for one in [database, *database.children()]:
            one.send_signal(signal.SIGKILL)
        until(lambda: [one for one in named(serve, "main worker") if one.pid != worker.pid])
        until(lambda: postmaster(place) not in {None, database})  # a kept page needs none to be shown
        until(lambda: shows_the_contest(place))
        assert not site.is_running() and site not in named(serve, "granian")


def test_control_what_cannot_run_ends_it_all_with_its_status(template):
    with installation(template) as place, socket.socket() as taken:
        taken.bind(("127.0.0.1", place.port))
        taken.listen()
        environ = {name: value for name, value in place.environment().items() if name != "DATABASE_URL"}
        serve = [sys.executable, "-m", "lantoa.management.main", "serve", "--port", str(place.port)]
        ended = subprocess.run(serve, cwd=ROOT, env=environ, capture_output=True, timeout=PATIENCE, check=False)
    assert ended.returncode > 0
