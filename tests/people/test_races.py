"""S04: fifty at once with the same number make one account. Each race has a control without the constraint."""

import pytest
from django.db import OperationalError, connection

from lantoa.people import actions, statements
from lantoa.people.models import Account, Person
from lantoa.people.refused import Refused
from lantoa.people.sessions import Session, SessionStore
from tests.factories.at_once import at_once
from tests.people.conftest import FACTS

CROWD = 50
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _cheap_passwords(settings):
    """Fifty argon2 hashes would queue for the processors and take the race away."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def crowd(unit, *, same):
    """Fifty registrations that share one number; the other is each one's own."""
    own = {"phone": "09123{:05}", "citizen_id": "0311750{:05}"}
    own.pop(same)
    return [
        lambda n=n: actions.register(**{**FACTS, "unit": unit, **{name: form.format(n) for name, form in own.items()}})
        for n in range(CROWD)
    ]


@pytest.fixture
def blind_check(monkeypatch):
    """Take away the look before the insert, so that the database alone decides."""
    monkeypatch.setattr("lantoa.people.actions._not_taken", lambda *args, **kwargs: None)


@pytest.mark.parametrize("same", ["phone", "citizen_id"])
def test_fifty_registrations_with_one_number_make_one_account(unit, same, blind_check):
    outcomes = at_once(crowd(unit, same=same))
    assert sum(isinstance(outcome, Account) for outcome in outcomes) == 1
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refusals) == CROWD - 1
    assert {tuple(refusal.faults) for refusal in refusals} == {(same,)}
    assert (Person.objects.count(), Account.objects.count()) == (1, 1)


@pytest.mark.parametrize("same", ["phone", "citizen_id"])
def test_with_the_usual_look_before_it_is_one_account_too(unit, same):
    outcomes = at_once(crowd(unit, same=same))
    assert sum(isinstance(outcome, Account) for outcome in outcomes) == 1
    assert Person.objects.count() == 1


@pytest.mark.parametrize("same", ["phone", "citizen_id"])
def test_control_without_the_constraint_there_are_doubles(unit, same):
    name = f"person_{same}_once"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE lantoa_person DROP CONSTRAINT {name}")
    try:
        outcomes = at_once(crowd(unit, same=same))
        assert sum(isinstance(outcome, Account) for outcome in outcomes) > 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE lantoa_person CASCADE")
            cursor.execute(f"ALTER TABLE lantoa_person ADD CONSTRAINT {name} UNIQUE ({same}_index)")


def test_joining_fifty_times_at_once_is_one_entry_and_one_step(contest, unit):
    from lantoa.contests.actions import join
    from lantoa.contests.models import Contestant, Movement

    person = actions.register(**{**FACTS, "unit": unit}).person
    outcomes = at_once([lambda: join(contest=contest, person=Person.objects.get(pk=person.pk), at=FACTS["at"])] * CROWD)
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert (Contestant.objects.count(), Movement.objects.count()) == (1, 1)


def changes_against_entering(unit, times=12):
    """An old password that was found right while another was being set: which entries are left after each race."""
    account = actions.register(**{**FACTS, "unit": unit})
    left = []
    for number in range(times):
        here = Account.objects.get(pk=account.pk)
        at_once(
            [lambda n=number: Account.objects.filter(pk=account.pk).update(password=f"another {n}")]
            + [lambda old=here: SessionStore().enter(old)] * 4
        )
        left.append(Session.objects.count())
        Session.objects.all().delete()
    return left


def test_no_session_by_the_old_password_outlives_the_change(unit):
    assert set(changes_against_entering(unit)) == {0}


def test_control_with_the_account_not_held_one_does(unit, monkeypatch):
    unheld = statements.ENTER.replace("FOR NO KEY UPDATE", "").replace(
        "FROM held RETURNING", "FROM held, pg_sleep(0.05) RETURNING"
    )
    monkeypatch.setattr(statements, "ENTER", unheld)
    assert set(changes_against_entering(unit)) != {0}


def entering_of_staff(unit):
    """Somebody of the staff who presses twice, on many devices: what each got."""
    account = Account.objects.create(username="truc", password="!", created_at=FACTS["at"])
    return at_once([lambda: SessionStore().enter(account)] * CROWD)


def test_somebody_of_the_staff_enters_fifty_times_at_once(unit):
    assert entering_of_staff(unit) == [True] * CROWD


def test_control_with_the_account_held_for_sharing_they_wait_for_each_other(unit, monkeypatch):
    shared = statements.ENTER.replace("FOR NO KEY UPDATE", "FOR SHARE")
    monkeypatch.setattr(statements, "ENTER", shared)
    assert any(isinstance(outcome, OperationalError) for outcome in entering_of_staff(unit))


def test_tries_at_one_account_are_counted_exactly_also_fifty_at_once(unit):
    from lantoa.people.sign_in import MOST_PER_NAME, sign_in

    actions.register(**{**FACTS, "unit": unit})

    def guess():
        sign_in(login="0912345678", password="sai bét cả", address="203.0.113.7", at=FACTS["at"])

    codes = [outcome.code for outcome in at_once([guess] * CROWD)]
    assert codes.count("wrong") == MOST_PER_NAME
    assert codes.count("too_many") == CROWD - MOST_PER_NAME
