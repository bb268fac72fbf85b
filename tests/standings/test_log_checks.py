"""`lantoa log verify`: silent while facts, entries, tree and heads agree, and it names what does not."""

import pytest
from django.db import connection

from lantoa.contests.log import Leaf, Tile, Waiting
from lantoa.contests.models import Contestant
from lantoa.contests.rounds import sequence
from lantoa.exams.sittings import enter_missing
from lantoa.lib import clock
from lantoa.standings.log_checks import difference
from tests.exams.test_sittings import sat
from tests.factories.contest import a_bank, a_contest, a_contestant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contest():
    contest = a_contest()
    a_bank(contest)
    for name in ("An", "Bình"):
        me = a_contestant(contest, name=name)
        sat(me)
        sat(me, 2)
    enter_missing(contest)
    sequence(contest, clock.now())
    return contest


def forced(statement, table):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_what_was_written_by_the_rules_agrees(contest):
    assert difference(contest) == []
    assert Leaf.objects.count() == 7
    assert Tile.objects.count() == 1


def test_with_what_still_waits_it_agrees_too(contest):
    a_contestant(contest, name="Chi")
    enter_missing(contest)
    assert Waiting.objects.exists()
    assert difference(contest) == []


def test_a_fact_without_entry_is_named(contest):
    a_contestant(contest, name="Chi")
    assert [found[:2] for found in difference(contest)] == ["I1"]


@pytest.mark.parametrize(
    ("statement", "table", "rule"),
    [
        ("UPDATE lantoa_attempt SET correct = correct - 1 WHERE id = (SELECT min(id) FROM lantoa_attempt)", "lantoa_attempt", "I1"),
        ("UPDATE lantoa_entry SET line = replace(line, 'first', 'again') WHERE id = (SELECT min(id) FROM lantoa_entry WHERE number = 1)", "lantoa_entry", "I4"),
        ("UPDATE lantoa_entry SET body = 'x' WHERE number = 0", "lantoa_entry", "I4"),
        ("DELETE FROM lantoa_leaf WHERE index = 3", "lantoa_leaf", "I2"),
        ("UPDATE lantoa_head SET root = decode(repeat('00', 32), 'hex')", "lantoa_head", "I5"),
        ("UPDATE lantoa_head SET size = size + 100", "lantoa_head", "I5"),
    ],
)  # fmt: skip
def test_every_tampering_is_named(contest, statement, table, rule):
    forced(statement, table)
    assert any(found.startswith(rule) for found in difference(contest))


def test_erasing_somebody_is_no_difference_for_the_tree(contest):
    me = Contestant.objects.first()
    me.log_entries.update(secret=None, body=None)
    assert difference(contest) == []
