"""Sequencers that are killed, and several at once, beside writers whose transactions commit out of order."""

import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from lantoa.contests import ledger
from lantoa.contests.log import Head, Leaf, Log, Waiting
from lantoa.contests.sequencer import number_waiting
from lantoa_verify import entries as forms
from lantoa_verify.merkle import Edge
from tests.factories.contest import DURING, a_contest

KILLS = int(os.environ.get("LANTOA_TEST_KILLS", "12"))
WRITERS = 4
SCRIPT = Path(__file__).with_name("sequencer_process.py")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contest():
    return a_contest()


def entry():
    return ledger.personal("share", DURING, forms.Share(os.urandom(16), bytes(32)))


@contextmanager
def held(contest):
    """An entry in a transaction of its own that is still open; gives its leaf, commits at the end."""
    with closing(connection.copy()) as wire:
        wire.set_autocommit(False)
        written = entry()
        with wire.cursor() as cursor:
            cursor.execute(ledger.APPEND, {"contest": contest.pk, "contestant": None, **written.parameters(None)})
        yield written.leaf
        wire.commit()


def write_out_of_order(contest, stop, acknowledged):
    """The earlier entry is committed after the later one, again and again."""
    with closing(connection.copy()) as first, closing(connection.copy()) as second:
        for wire in (first, second):
            wire.set_autocommit(False)
        while not stop.is_set():
            pair = [entry(), entry()]
            for wire, written in zip((first, second), pair, strict=True):
                with wire.cursor() as cursor:
                    values = {"contest": contest.pk, "contestant": None, **written.parameters(None)}
                    cursor.execute(ledger.APPEND, values)
            for wire, written in zip((second, first), reversed(pair), strict=True):
                wire.commit()
                acknowledged.append(written.leaf)


@contextmanager
def writing(contest):
    stop, acknowledged = Event(), []
    threads = [Thread(target=write_out_of_order, args=(contest, stop, acknowledged)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def forker(tmp_path):
    """The process that forks sequencers, on the tests' database and with the tests' keys."""
    base = connection.settings_dict
    address = f"postgresql://{base['USER']}:{quote(base['PASSWORD'] or '')}@/{base['NAME']}"
    address += f"?host={quote(str(base['HOST']), safe='')}&port={base['PORT'] or 5432}"
    keys = settings.KEYS
    environ = {
        **os.environ,
        "DATABASE_URL": address,
        "LANTOA_DATA": str(tmp_path),
        "LANTOA_SECRET_KEY": keys.django,
        "LANTOA_SEALING_KEY": keys.sealing.hex(),
        "LANTOA_INDEX_KEY": keys.index.hex(),
        "LANTOA_HEAD_KEY": keys.head.hex(),
        "DJANGO_SETTINGS_MODULE": "lantoa.config.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def fork():
        process.stdin.write("thu-nghiem\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    try:
        yield fork
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(60)


def grown(contest, by):
    """Wait until so many more entries have a number."""
    size = Log.objects.filter(contest=contest).values_list("size", flat=True)
    target = (size.first() or 0) + by
    while (size.first() or 0) < target:
        pass


def check(contest, acknowledged):
    """Drain what is left; nothing lost, nothing twice, and every head is the root of what stood before it."""
    while number_waiting(contest):
        pass
    leaves = [bytes(leaf) for leaf in Leaf.objects.order_by("index").values_list("entry__leaf", flat=True)]
    heads = {head.size: bytes(head.root) for head in Head.objects.all()}
    assert not set(acknowledged) - set(leaves)
    assert len(leaves) == len(set(leaves)) == Log.objects.get().size
    assert not Waiting.objects.exists()
    assert heads
    edge = Edge()
    for leaf in leaves:
        edge.append(leaf)
        assert heads.get(edge.size, edge.root()) == edge.root()


def test_killed_in_a_rush_the_sequencer_loses_and_doubles_nothing(contest, tmp_path):
    rng = Random(5)
    with forker(tmp_path) as fork, writing(contest) as acknowledged:
        for _ in range(KILLS):
            child = fork()
            grown(contest, rng.randint(1, 40))
            os.kill(child, signal.SIGKILL)
    check(contest, acknowledged)


def test_two_sequencers_at_once_are_one(contest, tmp_path):
    (tmp_path / "other").mkdir()
    with forker(tmp_path) as fork, forker(tmp_path / "other") as other, writing(contest) as acknowledged:
        children = [fork(), other()]
        grown(contest, 400)
        for child in children:
            os.kill(child, signal.SIGKILL)
    check(contest, acknowledged)


def test_an_entry_committed_after_later_ones_is_numbered(contest):
    with held(contest) as early:
        with held(contest) as late:
            pass
        number_waiting(contest)
    number_waiting(contest)
    numbered = [bytes(leaf) for leaf in Leaf.objects.order_by("index").values_list("entry__leaf", flat=True)]
    assert numbered[1:] == [late, early]


def test_control_a_high_water_mark_loses_it(contest):
    seen, mark = [], 0

    def read():
        nonlocal mark
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, leaf FROM lantoa_entry WHERE id > %s ORDER BY id", [mark])
            for row, leaf in cursor.fetchall():
                mark = row
                seen.append(bytes(leaf))

    with held(contest) as early:
        with held(contest) as late:
            pass
        read()
    read()
    assert late in seen
    assert early not in seen
