"""A web server's log of visits: each line counts exactly once, whoever is killed when, wherever the log is moved."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models import Sum

from lantoa.contests import visit_log
from lantoa.contests.visit_log import VisitLog, count_logs
from lantoa.contests.visits import Visit
from tests.factories.contest import a_contest

SCRIPT = Path(__file__).with_name("visit_log_process.py")
STATEMENTS = 3  # of a transaction: the log is known, it was read further, the numbers
SLUG = "thu-nghiem"


def lines(first, last, slug=SLUG):
    return "".join(f"1763800000.{n:06}-{n} {slug}\n" for n in range(first, last))


def append(path, text):
    with path.open("a") as file:
        file.write(text)


def counted():
    return Visit.objects.aggregate(n=Sum("n"))["n"] or 0


@pytest.mark.django_db
def test_each_line_counts_once_and_half_a_line_when_it_is_whole(tmp_path):
    log = tmp_path / "visits.log"
    a_contest()
    append(log, lines(0, 5) + "1763800000.9-9 thu-")
    assert count_logs(log, shard=1) == 5
    assert count_logs(log, shard=1) == 0
    append(log, "nghiem\n")
    assert count_logs(log, shard=1) == 1
    assert counted() == 6


@pytest.mark.django_db
def test_an_empty_or_missing_log_counts_nothing_and_strange_lines_are_nobodys(tmp_path):
    log = tmp_path / "visits.log"
    assert count_logs(log, shard=1) == 0
    log.write_bytes(b"")
    assert count_logs(log, shard=1) == 0
    a_contest()
    log.write_bytes(b"\xff\0\xfe -\n1-1 khong-co\n\n" + lines(0, 1).encode())
    count_logs(log, shard=1)
    count_logs(log, shard=1)
    assert counted() == 1


@pytest.mark.django_db
def test_what_is_written_after_the_log_was_moved_away_is_counted_too(tmp_path):
    log, elder = tmp_path / "visits.log", tmp_path / "visits.log.1"
    a_contest()
    append(log, lines(0, 3))
    count_logs(log, shard=1)
    log.rename(elder)
    append(elder, lines(3, 5))  # the web server has not opened the new one yet
    append(log, lines(10, 14))
    assert count_logs(log, shard=1) == 6
    elder.rename(tmp_path / "visits.log.2")
    log.rename(elder)
    (tmp_path / "visits.log.3.gz").write_bytes(b"packed")
    assert count_logs(log, shard=1) == 0
    assert counted() == 9
    assert VisitLog.objects.count() == 2


@pytest.mark.django_db
def test_a_log_that_is_emptied_in_place_is_another_one(tmp_path):
    log = tmp_path / "visits.log"
    a_contest()
    append(log, lines(0, 5))
    count_logs(log, shard=1)
    log.write_text(lines(7, 9))
    assert count_logs(log, shard=1) == 2


@pytest.mark.django_db
def test_a_long_log_is_counted_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(visit_log, "PIECE", 100)
    log = tmp_path / "visits.log"
    a_contest()
    append(log, lines(0, 50))
    assert count_logs(log, shard=1) == 50 == counted()


@pytest.mark.django_db(transaction=True)
def test_readers_at_once_count_each_line_once(tmp_path, monkeypatch):
    monkeypatch.setattr(visit_log, "PIECE", 200)
    log, gate = tmp_path / "visits.log", Barrier(4)
    a_contest()
    append(log, lines(0, 200))

    def read(shard):
        gate.wait()
        try:
            return count_logs(log, shard=shard)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(read, range(4))) == 200
    assert counted() == 200


def database_url():
    where = connection.settings_dict
    place = f"{where['HOST']}:{where['PORT']}" if not where["HOST"].startswith("/") else ""
    socket = f"?host={quote(where['HOST'])}&port={where['PORT']}" if not place else ""
    return f"postgresql://{quote(where['USER'])}:{quote(where['PASSWORD'])}@{place}/{where['NAME']}{socket}"


@pytest.fixture
def killed():
    """`killed(log, 2, apart=False)`: a reader that is killed after its second statement."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "lantoa.config.settings",
        "LANTOA_DATA": str(settings.DATA),
    }
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )

    def run(log, statement, *, apart=False):
        process.stdin.write(f"{log} {statement} {int(apart)}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ended\n"

    yield run
    process.stdin.close()
    process.stdout.close()
    process.wait()


def history(log, killed, *, apart):
    """Lines come, the log is moved, and between everything a reader is killed at every point of its transaction."""
    made = 0
    for turn in range(2):
        for statement in range(1, STATEMENTS + 1):
            append(log, lines(made, made + 10))
            made += 10
            killed(log, statement, apart=apart)
        log.rename(log.with_name(f"visits.log.{2 - turn}"))
    killed(log, 0)
    return made


@pytest.mark.django_db(transaction=True)
def test_killed_at_every_point_nothing_is_lost_or_counted_twice(tmp_path, killed):
    a_contest()
    made = history(tmp_path / "visits.log", killed, apart=False)
    assert counted() == made


@pytest.mark.django_db(transaction=True)
def test_control_without_the_transaction_lines_are_lost(tmp_path, killed):
    a_contest()
    made = history(tmp_path / "visits.log", killed, apart=True)
    assert counted() < made
