"""Numbers of many processes, kept without waiting for anybody: sums never fall, the dead hinder nobody."""

import fcntl
import os
import signal
import subprocess
import sys

import pytest

from lantoa.lib.watch import measures
from lantoa.lib.watch.exposition import added, text
from lantoa.lib.watch.measures import ALL, BUCKETS, Counter, Gauge, Histogram
from lantoa.lib.watch.meters import SIZE, Meters, read_all

GAUGES = {each.name for each in ALL if isinstance(each, Gauge)}
REQUESTS = ("lantoa_requests_total", "exam", "GET", "2xx")
BUSY = ("lantoa_requests_in_flight",)
# Counts for ever, in a process of its own, and says so once it has begun.
COUNTING = """
import sys
from pathlib import Path
from lantoa.lib.watch import measures
measures.claim(Path(sys.argv[1]), "site")
measures.IN_FLIGHT.set(1)
print("counting", flush=True)
while True:
    measures.REQUESTS.add("exam", "GET", "2xx")
"""

FULL = """
import logging, resource, sys
from pathlib import Path
import django
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
django.setup()
from lantoa.api.limit import Limit
from lantoa.lib.watch import measures
measures.claim(Path(sys.argv[1]), "site")
measures.REQUESTS.add("exam", "GET", "2xx")
limit = Limit(Path(sys.argv[1]) / "limit")
limit.count("203.0.113.7", 60.0)
print(limit.count("203.0.113.7", 61.0))
"""
NAMED = {**os.environ, "DJANGO_SETTINGS_MODULE": "lantoa.config.settings"}


def claimed(folder, role="site"):
    meters = Meters()
    meters.claim(folder, role, measures=ALL, gauges=GAUGES)
    return meters


def let_go(meters):
    """As the kernel does when a process ends."""
    fcntl.flock(meters._handle, fcntl.LOCK_UN)


def sums(folder):
    return added(read_all(folder, measures=ALL))


def test_processes_that_live_at_once_have_a_file_each_and_are_added_up(tmp_path):
    one, other = claimed(tmp_path), claimed(tmp_path)
    one.add(REQUESTS, 2)
    other.add(REQUESTS, 3)
    assert sums(tmp_path)[REQUESTS] == (5,)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_successor_counts_on_and_its_gauges_begin_at_nothing(tmp_path):
    first = claimed(tmp_path)
    first.add(REQUESTS, 7)
    first.set(BUSY, 1)
    let_go(first)
    assert sums(tmp_path) == {REQUESTS: (7,)}
    second = claimed(tmp_path)
    second.add(REQUESTS, 1)
    assert sums(tmp_path) == {REQUESTS: (8,), BUSY: (0,)}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_process_that_is_killed_while_it_counts_leaves_whole_numbers_and_no_request_in_flight(tmp_path):
    seen = 0.0
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", COUNTING, tmp_path], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "counting\n"
        while sums(tmp_path).get(REQUESTS, (0,))[0] <= seen:
            pass
        assert sums(tmp_path)[BUSY] == (1,)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        now = sums(tmp_path)
        assert now[REQUESTS][0] > seen and now[REQUESTS][0].is_integer()
        assert BUSY not in now
        seen = now[REQUESTS][0]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_of_another_release_is_begun_anew(tmp_path):
    older = Meters()
    older.claim(tmp_path, "site", measures=ALL[1:], gauges=GAUGES)
    older.add(REQUESTS, 9)
    assert sums(tmp_path) == {}
    let_go(older)
    claimed(tmp_path).add(REQUESTS, 1)
    assert sums(tmp_path)[REQUESTS] == (1,)


def test_every_byte_of_a_file_has_its_place_on_the_disk_from_the_beginning(tmp_path):
    claimed(tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.stat().st_blocks * 512 >= SIZE
    assert path.stat().st_mode & 0o777 == 0o600


def test_where_no_file_can_be_made_the_process_runs_and_is_not_measured(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    measures.claim(tmp_path / "file" / "below", "site")
    assert "not measured" in caplog.text
    measures.REQUESTS.add("exam", "GET", "2xx")


def test_on_a_full_disk_a_process_runs_on_and_counts_for_itself(tmp_path):
    """No file may grow here: what is mapped into memory and has no place on the disk would kill the process."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=False, env=NAMED
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2\n"
    assert "not measured" in done.stderr


def test_more_series_than_there_is_room_for_break_nothing(tmp_path):
    meters = claimed(tmp_path)
    for number in range(10_000):
        meters.add(("lantoa_events_total", f"event {number}", "info"), 1, size=13)
    meters.add(REQUESTS, 1)
    assert 1_000 < len(sums(tmp_path)) < 10_000
    assert next(tmp_path.iterdir()).stat().st_size == SIZE


# --- the text -------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(tmp_path, monkeypatch):
    """One process's numbers, and the lines that Prometheus would read."""
    meters = Meters()
    monkeypatch.setattr(measures, "MINE", meters)
    measures.claim(tmp_path, "site")
    return lambda: text(tmp_path, tmp_path).splitlines()


def test_a_histogram_is_told_as_running_sums(told):
    for seconds in (0.001, 0.03, 0.05, 99.0):
        measures.DURATION.observe(seconds, "exam", "GET")
    lines = [line for line in told() if line.startswith("lantoa_request_duration_seconds")]
    labels = 'route="exam",method="GET"'
    counts = {line.split('le="')[1].split('"')[0]: float(line.split()[-1]) for line in lines if "_bucket" in line}
    assert counts == {str(edge): sum(s <= edge for s in (0.001, 0.03, 0.05, 99.0)) for edge in BUCKETS} | {"+Inf": 4}
    assert f"lantoa_request_duration_seconds_count{{{labels}}} 4" in lines
    assert float(lines[-2].split()[-1]) == pytest.approx(99.081)


def test_the_living_are_counted_by_role(told):
    assert 'lantoa_processes{role="site"} 1' in told()
    assert 'lantoa_processes{role="worker"} 0' in told()


def test_whatever_a_label_holds_stays_one_line(told):
    measures.EVENTS.add('a "b" \\ c\nlantoa_processes 9', "info")
    assert r'lantoa_events_total{event="a \"b\" \\ c\nlantoa_processes 9",level="info"} 1' in told()


def test_prometheus_itself_reads_the_text(told):
    """promtool lints names, types and histograms; it comes with Debian's package prometheus."""
    promtool = subprocess.run(["which", "promtool"], capture_output=True, text=True, check=False).stdout.strip()
    if not promtool:
        pytest.skip("promtool is not installed")
    for each in ALL:
        values = ["x"] * len(each.labels)
        match each:
            case Counter():
                each.add(*values)
            case Gauge():
                each.set(1, *values)
            case Histogram():
                each.observe(0.1, *values)
    lines = told()
    assert all(f"# TYPE {each.name} " in "\n".join(lines) for each in ALL)
    checked = subprocess.run(
        [promtool, "check", "metrics"], input="\n".join([*lines, ""]), capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr + checked.stdout
