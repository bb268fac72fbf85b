"""The end of a contest: once, after the closing, when nobody is sitting; and nothing opens again."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction

from lantoa.contests import ledger
from lantoa.contests.log import Entry, Log
from lantoa.contests.models import Contest
from lantoa.contests.sequencer import number_waiting, sign_head
from lantoa.exams import actions
from lantoa.people.models import Account, AuditEntry, Role
from lantoa.standings.ending import Refused, end_contest
from lantoa_verify.export import read_keys, read_standing
from tests.factories.at_once import meeting
from tests.factories.contest import CLOSES, DURING, a_bank, a_contest, a_contestant

pytestmark = pytest.mark.django_db
AFTER = CLOSES + timedelta(minutes=1)


@pytest.fixture
def contest():
    made = a_contest()
    a_bank(made)
    people = [a_contestant(made, name=f"Người {n}") for n in range(4)]
    ledger.enter_missing_joinings(made)
    for number, seconds in enumerate((300, 200, 300)):
        actions.start_attempt(contestant=people[number], at=DURING)
        sheet = [-1] * 20  # nobody knows anything: who was faster is better
        actions.submit_attempt(
            contestant=people[number], number=1, answers=sheet, at=DURING + timedelta(seconds=seconds)
        )
    return made


def refused(contest, **changed):
    with pytest.raises(Refused) as found:
        end_contest(**{"contest": contest, "by": None, "at": AFTER, **changed})
    return found.value.code


def entries(contest):
    found = Entry.objects.filter(contest=contest, line__regex="^(close|standing|reveal) ").order_by("pk")
    return {entry.line.split(" ")[0]: entry for entry in found}


def test_seed_keys_and_standing_come_out_together_and_once(contest):
    end_contest(contest=contest, by=None, at=AFTER)
    found = entries(contest)
    assert list(found) == ["close", "standing", "reveal"]
    assert [rank for rank, _ in read_standing(found["standing"].body.encode())] == [1, 2, 2]
    keys = read_keys(found["reveal"].body.encode())
    assert set(keys[1].values()) == {1}
    assert len(keys[1]) == 60
    assert refused(contest) == "ended"
    assert list(entries(contest)) == ["close", "standing", "reveal"]


def test_nothing_is_revealed_before_the_closing_or_while_somebody_sits(contest):
    assert refused(contest, at=CLOSES - timedelta(seconds=1)) == "open"
    late = a_contestant(contest, name="Người cuối")
    actions.start_attempt(contestant=late, at=CLOSES - timedelta(minutes=5))
    assert refused(contest) == "running"
    assert entries(contest) == {}
    actions.close_overdue(at=AFTER)
    assert end_contest(contest=contest, by=None, at=AFTER).ended_at == AFTER


def test_only_who_runs_the_contest_ends_it_and_the_journal_says_who(contest):
    editor, organiser = (Account.objects.create(username=name, created_at=DURING) for name in ("editor", "organiser"))
    for one in (editor, organiser):
        Role.objects.create(account=one, kind=one.username)
    assert refused(contest, by=editor) == "forbidden"
    end_contest(contest=contest, by=organiser, at=AFTER)
    assert AuditEntry.objects.get(action="end_contest").actor == organiser


def test_an_ended_contest_is_never_opened_again(contest):
    end_contest(contest=contest, by=None, at=AFTER)
    with transaction.atomic(), pytest.raises(IntegrityError, match="contest_ends_after_closing"):
        Contest.objects.filter(pk=contest.pk).update(closes_at=AFTER + timedelta(days=1))
    with transaction.atomic(), pytest.raises(IntegrityError, match="stays"):
        Contest.objects.filter(pk=contest.pk).update(ended_at=None)


def signing_beside_the_end(contest):
    """Somebody ends the contest while the worker, which has the log already, signs it."""
    number_waiting(contest, limit=1)
    with meeting(lambda: end_contest(contest=contest, by=None, at=AFTER)) as met, transaction.atomic():
        Log.objects.select_for_update().get(pk=contest.pk)
        met.comes_and_waits()
        sign_head(contest, AFTER)
    return met.outcome().ended_at


@pytest.mark.django_db(transaction=True)
def test_the_end_and_the_signing_of_the_log_do_not_wait_for_each_other(contest):
    assert signing_beside_the_end(contest) == AFTER


@pytest.mark.django_db(transaction=True)
def test_control_with_the_contest_held_against_references_they_do(contest, held_against_references):
    with pytest.raises(OperationalError, match="deadlock"):
        signing_beside_the_end(contest)
