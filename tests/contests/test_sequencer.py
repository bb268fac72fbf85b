"""Numbering and heads: nothing lost, nothing twice, no head that another contradicts (I2, I3, I5)."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from lantoa.contests import ledger
from lantoa.contests.log import Entry, Head, Leaf, Log, Tile, Waiting
from lantoa.contests.sequencer import Forked, number_waiting, sign_head, tile_reader, verifier
from lantoa_verify import entries as forms
from lantoa_verify.merkle import root, verify_consistency, verify_inclusion
from lantoa_verify.notes import Checkpoint, open_checkpoint
from lantoa_verify.tiles import consistency_proof, inclusion_proof
from tests.factories.contest import DURING, a_contest

pytestmark = pytest.mark.django_db
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def contest():
    return a_contest()


def written(contest, count, at=DURING):
    body = forms.Share(bytes(16), bytes(32))
    made = [ledger.personal("share", at + timedelta(milliseconds=n), body) for n in range(count)]
    ledger.append_many(contest.pk, ((None, None, one) for one in made))
    return [one.leaf for one in made]


def numbered(contest):
    rows = Leaf.objects.filter(contest=contest).order_by("index").values_list("index", "entry__leaf")
    assert [index for index, _ in rows] == list(range(len(rows)))
    return [bytes(leaf) for _, leaf in rows]


def test_what_waits_is_numbered_by_its_moment_behind_entry_zero_which_names_the_log(contest):
    leaves = written(contest, 5)
    assert number_waiting(contest) == 6
    assert numbered(contest)[1:] == leaves
    first = forms.parse_line(Entry.objects.get(numbered__index=0).line.encode())
    assert first.fields == forms.Log(1, "127.0.0.1/log/thu-nghiem")
    assert not Waiting.objects.exists()
    assert number_waiting(contest) == 0


def test_batches_of_any_size_give_the_same_tree(contest):
    leaves = written(contest, 700)
    while number_waiting(contest, limit=97):
        pass
    head = sign_head(contest, DURING)
    mine = numbered(contest)
    assert mine[1:] == leaves
    assert (head.size, bytes(head.root)) == (701, root(mine))
    assert Tile.objects.filter(contest=contest, level=0).count() == 3


def test_a_head_is_a_signed_note_with_proofs_below_it(contest):
    written(contest, 300)
    number_waiting(contest)
    head = sign_head(contest, DURING)
    opened = open_checkpoint(head.note, contest.log.origin, [verifier(contest.log.origin)])
    assert opened.checkpoint == Checkpoint(contest.log.origin, 301, bytes(head.root))
    read, leaves = tile_reader(contest.pk), numbered(contest)
    for index in (0, 1, 255, 256, 300):
        verify_inclusion(leaves[index], index, 301, inclusion_proof(read, index, 301), opened.root)


def test_heads_come_each_half_minute_while_something_is_new_and_each_is_an_entry_before_the_next(contest):
    written(contest, 3)
    number_waiting(contest)
    first = sign_head(contest, DURING)
    number_waiting(contest)
    assert sign_head(contest, DURING + HALF_A_MINUTE) is None  # nothing new but the head itself
    written(contest, 3, DURING + timedelta(minutes=1))
    number_waiting(contest)
    assert sign_head(contest, DURING + timedelta(seconds=29)) is None
    second = sign_head(contest, DURING + HALF_A_MINUTE)
    assert (first.size, second.size) == (4, 8)
    entry = Entry.objects.get(line__startswith="head ", numbered__index=4)
    assert forms.parse_line(entry.line.encode()).fields == forms.HeadEntry(4, bytes(first.root), 0)
    path = consistency_proof(tile_reader(contest.pk), 4, 8)
    verify_consistency(4, 8, bytes(first.root), bytes(second.root), path)


def test_without_anything_new_a_head_comes_each_hour(contest):
    written(contest, 1)
    number_waiting(contest)
    sign_head(contest, DURING)
    number_waiting(contest)
    assert sign_head(contest, DURING + timedelta(minutes=20)) is None
    assert sign_head(contest, DURING + timedelta(minutes=40)) is not None


def test_a_log_shorter_than_a_signed_head_is_not_signed(contest):
    written(contest, 9)
    number_waiting(contest)
    sign_head(contest, DURING)
    Log.objects.update(size=4)
    with pytest.raises(Forked, match="a head of 10 was signed"), transaction.atomic():
        sign_head(contest, DURING + HALF_A_MINUTE)


@pytest.mark.django_db(transaction=True)
def test_a_database_older_than_what_was_published_is_not_signed_however_much_came_since(contest):
    written(contest, 9)
    number_waiting(contest)
    published = Checkpoint.parse("\n".join(sign_head(contest, DURING).note.split("\n")[:3]) + "\n")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE lantoa_head, lantoa_cosignature")
    written(contest, 30, DURING + timedelta(minutes=2))
    number_waiting(contest)
    with pytest.raises(Forked, match="is not in this database"), transaction.atomic():
        sign_head(contest, DURING + HALF_A_MINUTE, exported=published)
    assert not Head.objects.exists()
