"""Fifty hands at once on one exam (S04), each with a control that shows the race when the protection is off."""

import pytest
from django.db import connection

from lantoa.contests.models import Movement
from lantoa.exams import actions
from lantoa.exams.bank import open_bank
from lantoa.exams.models import Attempt, Best, Change
from tests.factories.at_once import at_once
from tests.factories.contest import DURING, a_bank, a_contest, a_contestant

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
