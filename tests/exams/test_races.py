"""Fifty hands at once on one exam (S04), each with a control that shows the race when the protection is off."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from lantoa.contests.models import Contestant, Movement
from lantoa.exams import actions
from lantoa.exams.bank import open_bank
from lantoa.exams.corrections import Deed, restore, void
from lantoa.exams.models import Attempt, Best, Change
from tests.factories.at_once import at_once, meeting
from tests.factories.contest import DURING, a_bank, a_contest, a_contestant, an_account

HANDS = 50
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def me():
    contest = a_contest()
    bank = a_bank(contest)
    _ = open_bank(bank.pk).draw
    return a_contestant(contest)


def test_fifty_starts_at_once_make_one_attempt(me):
    outcomes = at_once([lambda: actions.start_attempt(contestant=me, at=DURING).pk] * HANDS)
    assert set(outcomes) == {Attempt.objects.get().pk}


def test_control_without_the_unique_keys_fifty_starts_make_many(me):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lantoa_attempt DROP CONSTRAINT attempt_number_once")
        cursor.execute("DROP INDEX attempt_open_once")
    try:
        at_once([lambda: actions.start_attempt(contestant=me, at=DURING).pk] * HANDS)
        assert Attempt.objects.count() > 1
    finally:
        Attempt.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE lantoa_attempt ADD CONSTRAINT attempt_number_once UNIQUE (contestant_id, number)"
            )
            cursor.execute(
                "CREATE UNIQUE INDEX attempt_open_once ON lantoa_attempt (contestant_id) WHERE submitted_at IS NULL"
            )


def test_fifty_submissions_at_once_have_one_effect_and_one_answer(me):
    actions.start_attempt(contestant=me, at=DURING)

    def submit():
        return actions.submit_attempt(contestant=me, number=1, answers=[0] * 20, at=DURING).correct

    outcomes = at_once([submit] * HANDS)
    assert len(set(outcomes)) == 1
    assert (Movement.objects.filter(att=1).count(), Best.objects.count(), Change.objects.count()) == (1, 1, 1)


def test_control_without_row_lock_and_log_key_a_submission_counts_more_than_once(me, monkeypatch):
    actions.start_attempt(contestant=me, at=DURING)

    def submit():
        return actions.submit_attempt(contestant=me, number=1, answers=[0] * 20, at=DURING).correct

    queryset = type(Attempt.objects.all())
    monkeypatch.setattr(queryset, "select_for_update", lambda self, **_: self)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lantoa_entry DROP CONSTRAINT entry_fact_once")
    try:
        at_once([submit] * HANDS)
        assert Movement.objects.filter(att=1).count() > 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE lantoa_entry, lantoa_waiting, lantoa_leaf")
            cursor.execute("ALTER TABLE lantoa_entry ADD CONSTRAINT entry_fact_once UNIQUE (contestant_id, number)")


def starting_beside_a_correction(me):
    """Somebody starts again while the first attempt, void until now, is given back: what each got.

    The correction has the person's row already, and the start has looked at the last attempt, when both go on.
    """
    actions.start_attempt(contestant=me, at=DURING)
    actions.submit_attempt(contestant=me, number=1, at=DURING + timedelta(minutes=5))
    deed = {"by": an_account("organiser"), "reason": "Thi hộ."}
    void(contestant=me, attempt=1, deed=Deed(**deed))
    again = Contestant.objects.select_related("contest").get(pk=me.pk)

    def start():
        return actions.start_attempt(contestant=again, at=DURING + timedelta(minutes=10)).number

    with meeting(start) as met, transaction.atomic():
        Contestant.objects.select_for_update().get(pk=me.pk)
        met.comes_and_waits()
        restore(contestant=me, attempt=1, deed=Deed(**deed))
    return met.outcome()


def test_a_start_and_a_correction_of_the_same_person_do_not_wait_for_each_other(me):
    assert starting_beside_a_correction(me) == 2
    assert Best.objects.get().attempt.number == 1


def test_control_with_the_last_attempt_held_against_references_they_do(me, held_against_references):
    with pytest.raises(OperationalError, match="deadlock"):
        starting_beside_a_correction(me)
