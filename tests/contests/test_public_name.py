"""The name that public lists show is the person's while the entry is valid, else none, whoever writes what (0041)."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Case, F, Value, When

from lantoa.awards.erasure import erase_person
from lantoa.contests.actions import join, rechecking
from lantoa.contests.models import Contestant
from lantoa.people import actions as people
from lantoa.people.models import Person
from tests.factories.at_once import meeting
from tests.factories.contest import DURING, a_contest
from tests.people.conftest import FACTS

pytestmark = pytest.mark.django_db
NAME = FACTS["full_name"]
NEW = "Trần Thị Sáu"
RIGHT = Case(When(valid_at=None, then=Value("")), default=F("person__full_name"))
migration = import_module("lantoa.migrations.0020_names_in_public_lists")


def shown():
    """The public names of all entries; each must be what follows from the facts."""
    rows = Contestant.objects.annotate(right=RIGHT).values_list("public_name", "right")
    assert [name for name, _ in rows] == [right for _, right in rows]
    return [name for name, _ in rows]


def forced(statement):
    """Change rows as if the triggers were not there."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture
def contest():
    return a_contest()


@pytest.fixture
def account(contest):
    return people.register(**{**FACTS, "unit": contest.root.children.get(code="11414")})


@pytest.fixture
def me(contest, account):
    return join(contest=contest, person=account.person, at=DURING)


def withdraw(me, account):
    with rechecking(person=me.person):
        people.withdraw_consent(person=me.person, by=account)


def test_who_joins_is_named_in_every_contest(me, account):
    other = a_contest(slug="khac")
    join(contest=other, person=account.person, at=DURING)
    assert shown() == [NAME, NAME]


def test_who_is_not_valid_is_not_named_and_is_named_again_when_valid_again(me, account):
    withdraw(me, account)
    assert shown() == [""]
    with rechecking(person=me.person):
        people.give_consent(person=me.person, by=account, consent_version="1")
    assert shown() == [NAME]


def test_who_is_renamed_is_named_anew_where_valid_and_nowhere_else(me, account):
    Person.objects.update(full_name=NEW)
    assert shown() == [NEW]
    withdraw(me, account)
    Person.objects.update(full_name=NAME)
    assert shown() == [""]


def test_who_is_erased_is_not_named(me, account):
    erase_person(person=account.person, by=None)
    assert shown() == [""]


def test_nothing_else_can_be_written_there(me):
    Contestant.objects.update(public_name="Người Khác")
    assert shown() == [NAME]
    stale = Contestant.objects.get()
    Person.objects.update(full_name=NEW)
    stale.save()
    assert shown() == [NEW]


def test_control_without_the_triggers_the_old_name_would_stay(me):
    forced(f"UPDATE lantoa_person SET full_name = '{NEW}'")
    with pytest.raises(AssertionError):
        shown()


def test_entries_from_before_get_their_names_and_only_those_that_lack_one(contest, me, monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 1)
    forced("UPDATE lantoa_contestant SET public_name = ''")
    migration.fill(apps, None)
    assert shown() == [NAME]
    migration.fill(apps, None)
    assert shown() == [NAME]


# --- renamed and entered in the same moment -------------------------------------------------------------------------


def renamed_while_joining(contest, person, come):
    """Somebody is renamed, not yet for good, when their entry is made."""
    with meeting(lambda: join(contest=contest, person=Person.objects.get(pk=person.pk), at=DURING)) as other:
        with transaction.atomic():
            Person.objects.filter(pk=person.pk).update(full_name=NEW)
            come(other)
        other.outcome()


@pytest.mark.django_db(transaction=True)
def test_who_is_renamed_while_the_entry_is_made_stands_there_with_the_new_name(contest, account):
    renamed_while_joining(contest, account.person, lambda other: other.comes_and_waits())
    assert shown() == [NEW]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_old_name_would_stand_there(contest, account):
    def comes_and_is_done(other):
        other.comes()
        other.outcome()

    with connection.cursor() as cursor:
        loose = migration.KEPT.split("CREATE FUNCTION lantoa_renamed")[0]
        cursor.execute(loose.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(" FOR SHARE", ""))
    try:
        renamed_while_joining(contest, account.person, comes_and_is_done)
        with pytest.raises(AssertionError):
            shown()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(migration.GONE + migration.KEPT)
