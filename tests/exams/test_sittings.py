"""A submitted attempt in the contest's log: one entry, whoever submits it and however often (I1, I7)."""

from datetime import timedelta

import pytest

from lantoa.contests.ledger import milliseconds
from lantoa.contests.log import Entry, Waiting
from lantoa.exams import actions
from lantoa.exams.bank import key_of, open_bank
from lantoa.exams.models import Attempt
from lantoa.exams.sittings import enter_missing
from lantoa.lib import clock
from lantoa_verify import entries as forms
from lantoa_verify.papers import paper_hash
from tests.factories.at_once import at_once
from tests.factories.contest import DURING, a_bank, a_contest, a_contestant

pytestmark = pytest.mark.django_db


def sat(me, number=1, minutes=5):
    at = DURING + timedelta(hours=number)
    actions.start_attempt(contestant=me, at=at)
    return actions.submit_attempt(
        contestant=me, number=number, answers=[1] * 19 + [-1], at=at + timedelta(minutes=minutes)
    )


def read(entry):
    line = forms.parse_line(entry.line.encode())
    return line, forms.open_entry(line, forms.body_salt(bytes(entry.secret)) + entry.body.encode())


def test_an_attempt_is_entered_with_what_counts_and_hashes_of_paper_and_answers(me):
    attempt = sat(me)
    entry = Entry.objects.of_attempt(me.pk, 1)
    line, body = read(entry)
    assert (line.kind, line.at) == ("first", milliseconds(attempt.submitted_at))
    assert body[:7] == (bytes(me.who), 1, attempt.correct, 20, 300_000, me.contest.rules_version, 1)
    drawn = open_bank(attempt.bank_id).draw.draw(key_of(me.contest, bytes(me.who), 1))
    assert body.paper == paper_hash(1, drawn)
    assert body.answers == forms.answers_commitment(forms.inner_salt(bytes(entry.secret)), "B" * 19 + "-")


def test_the_first_is_first_and_the_others_come_again(me):
    for number in (1, 2, 3):
        sat(me, number)
    kinds = [read(entry)[0].kind for entry in Entry.objects.filter(contestant=me).order_by("number")]
    assert kinds == ["first", "again", "again"]


def test_submitting_again_writes_nothing_more(me):
    sat(me)
    actions.submit_attempt(contestant=me, number=1, answers=[0] * 20)
    assert Entry.objects.filter(contestant=me).count() == 1


def test_what_ran_out_is_entered_as_of_its_deadline(me):
    attempt = actions.start_attempt(contestant=me, at=DURING)
    actions.close_overdue(at=DURING + timedelta(hours=1))
    line, body = read(Entry.objects.of_attempt(me.pk, 1))
    assert line.at == milliseconds(attempt.deadline)
    assert body.right == 0


@pytest.mark.django_db(transaction=True)
def test_fifty_submissions_at_once_are_one_entry():
    contest = a_contest()
    a_bank(contest)
    me = a_contestant(contest)
    actions.start_attempt(contestant=me, at=DURING)
    at_once([lambda: actions.submit_attempt(contestant=me, number=1, answers=[0] * 20, at=DURING)] * 50)
    assert (Entry.objects.count(), Waiting.objects.count()) == (1, 1)


def test_attempts_from_before_the_log_are_entered_once(me):
    sat(me)
    Attempt.objects.filter(pk=sat(me, 2).pk).update(number=3)  # as if attempt 3 had been loaded in bulk
    assert enter_missing(me.contest) == 2  # the joining and attempt 3
    assert enter_missing(me.contest) == 0


def test_what_ranks_by_its_moment_is_as_exact_as_the_log(me):
    actions.start_attempt(contestant=me, at=DURING + timedelta(microseconds=1))
    attempt = actions.submit_attempt(contestant=me, number=1, at=DURING + timedelta(microseconds=2789))
    assert attempt.submitted_at == clock.whole(attempt.submitted_at) == DURING + timedelta(milliseconds=2)
