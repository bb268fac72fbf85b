"""Every acknowledged fact has exactly one entry in the contest's log, written in its own transaction (I1, I4)."""

import pytest
from django.db import DatabaseError, transaction

from lantoa.contests import ledger
from lantoa.contests.actions import join, move
from lantoa.contests.log import Entry, Waiting
from lantoa.contests.models import Contestant, Correction
from lantoa.contests.publications import publish_rules, publish_units
from lantoa.people.models import Account
from lantoa_verify import entries as forms
from lantoa_verify.merkle import leaf_hash
from tests.factories.contest import DURING, a_contest, a_contestant

pytestmark = pytest.mark.django_db


def enter_joining(me):
    """Write down somebody who was loaded without a line of the log."""
    ledger.append(me.contest_id, ledger.joined(me), contestant=me.pk, number=ledger.JOINING)


@pytest.fixture
def contest():
    return a_contest()


def opened(entry):
    line = forms.parse_line(entry.line.encode())
    return line, forms.open_entry(line, forms.body_salt(bytes(entry.secret)) + entry.body.encode())


def joining(contest):
    me = a_contestant(contest)
    person = me.person
    Contestant.objects.get(pk=me.pk).movements.all()
    other = a_contest(slug="khac", root=contest.root)
    return join(contest=other, person=person, at=DURING)


def test_joining_is_one_entry_that_waits_and_opens_to_pseudonym_and_unit(contest):
    me = joining(contest)
    entry = Entry.objects.get(contestant=me)
    line, body = opened(entry)
    assert (line.kind, line.at) == ("join", ledger.milliseconds(DURING))
    assert body == forms.Join(bytes(me.who), me.unit.code)
    assert bytes(entry.leaf) == leaf_hash(entry.line.encode())
    assert Waiting.objects.filter(entry=entry).count() == 1


def test_joining_again_writes_nothing_more(contest):
    me = joining(contest)
    join(contest=me.contest, person=me.person, at=DURING)
    assert Entry.objects.filter(contestant=me).count() == 1


def test_a_fact_that_is_rolled_back_leaves_no_entry(contest):
    me = a_contestant(contest)
    with transaction.atomic():
        enter_joining(me)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


def test_the_same_fact_is_never_entered_twice(contest):
    me = a_contestant(contest)
    enter_joining(me)
    with pytest.raises(DatabaseError, match="entry_fact_once"), transaction.atomic():
        enter_joining(me)


def test_moving_is_an_entry_with_the_moment_from_which_it_counts(contest):
    me = a_contestant(contest)
    there = contest.root.children.exclude(pk=me.unit_id)[0]
    by = Account.objects.get(person=me.person)
    move(contestant=me, unit=there, sub_unit=None, by=by, at=DURING)
    line, body = opened(Entry.objects.get(contestant=me, line__startswith="move "))
    assert body == forms.Move(bytes(me.who), there.code, line.at)


@pytest.mark.parametrize(("kind", "attempt"), [("void", None), ("void", 2), ("restore", 2), ("merge", None)])
def test_every_correction_has_its_entry(contest, kind, attempt):
    me, twin = a_contestant(contest), a_contestant(contest, name="Trần Văn Bình")
    correction = Correction.objects.create(
        contest=contest, kind=kind, contestant=me, target=twin if kind == "merge" else None, attempt=attempt,
        known_at=DURING, by=Account.objects.get(person=me.person), reason="Nhờ người khác thi hộ.",
    )  # fmt: skip
    ledger.enter_correction(correction, reason="impersonation")
    line, body = opened(Entry.objects.get(contestant=me))
    expected = (
        forms.Merge(bytes(me.who), bytes(twin.who), 0)
        if kind == "merge"
        else forms.Void(bytes(me.who), attempt or 0, 0, "impersonation")
    )
    assert (line.kind, body) == (kind, expected)


def test_a_line_never_changes_and_is_never_deleted(contest):
    me = a_contestant(contest)
    enter_joining(me)
    entries = Entry.objects.filter(contestant=me)
    for change in ({"line": "join 1 00"}, {"at_ms": 1}, {"secret": b"x" * 32}, {"body": "x"}, {"number": 7}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            entries.update(**change)
    Waiting.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entries.delete()


def test_secret_body_and_link_may_be_erased(contest):
    me = a_contestant(contest)
    enter_joining(me)
    before = Entry.objects.get()
    Entry.objects.update(secret=None, body=None, contestant=None)
    after = Entry.objects.get()
    assert (after.line, after.leaf) == (before.line, before.leaf)


def test_rules_and_units_are_published_once_for_each_version(contest):
    publish_rules(contest, DURING)
    publish_rules(contest, DURING)
    publish_units(contest, DURING)
    assert contest.rules_version == 1
    contest.attempts_limit = 3
    publish_rules(contest, DURING)
    publish_units(contest, DURING)
    assert contest.rules_version == 2
    versions = [forms.parse_line(e.line.encode()) for e in Entry.objects.published(contest)]
    assert [(line.kind, line.fields.version) for line in versions] == [("rules", 1), ("units", 1), ("rules", 2)]


def test_what_was_loaded_in_bulk_is_entered_once(contest):
    people = [a_contestant(contest, name=f"Người {n}") for n in range(5)]
    enter_joining(people[0])
    assert ledger.enter_missing_joinings(contest) == 4
    assert ledger.enter_missing_joinings(contest) == 0
    assert Waiting.objects.count() == 5
