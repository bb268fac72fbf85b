"""Who is signed in: one lean row, which the table's reader cannot use and which ends at once everywhere."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.urls import reverse

from lantoa.lib import clock
from lantoa.people.actions import create_staff
from lantoa.people.models import Account, FailedSignIn
from lantoa.people.sessions import Session, SessionStore, key_of
from tests.people.conftest import PASSWORD
from tests.site.test_register_page import SLUG


@pytest.fixture
def account(register):
    return register()


@pytest.fixture
def signed_in(client, account):
    client.force_login(account)
    return client


def cookie(client) -> str:
    return str(client.cookies["sessionid"].value)


def enters(client) -> bool:
    return client.get(reverse("profile", kwargs={"contest": SLUG})).status_code != 302


def test_the_row_knows_no_cookie(signed_in):
    row = Session.objects.get()
    assert bytes(row.key) == key_of(cookie(signed_in))
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM lantoa_session s")
        assert cookie(signed_in) not in cursor.fetchone()[0]


def test_session_account_and_person_are_one_query(signed_in, account, django_assert_num_queries):
    store = SessionStore(cookie(signed_in))
    with django_assert_num_queries(1):
        assert store.account == account
        assert store.account.person.full_name


def test_nobody_enters_with_what_the_table_holds(client, signed_in):
    client.cookies["sessionid"] = bytes(Session.objects.get().key).hex()
    assert not enters(client)


def test_a_session_that_ran_out_opens_nothing_and_goes(signed_in):
    now = clock.now()
    assert Session.objects.forget_expired(now) == 0
    Session.objects.update(expires_at=now - timedelta(seconds=1))
    assert not enters(signed_in)
    assert Session.objects.forget_expired(now) == 1


@pytest.mark.parametrize(
    "change", [{"password": "another"}, {"is_active": False}], ids=lambda change: next(iter(change))
)
def test_a_changed_password_and_a_closed_account_end_every_session(signed_in, account, change):
    Account.objects.filter(pk=account.pk).update(**change)
    assert not Session.objects.exists()
    assert not enters(signed_in)


def test_what_else_changes_in_an_account_ends_none(signed_in, account):
    account.last_login = clock.now()
    account.save()
    assert Session.objects.count() == 1


def test_signing_in_gives_another_cookie_and_the_old_one_opens_nothing(signed_in, account):
    before = cookie(signed_in)
    signed_in.force_login(account)
    assert cookie(signed_in) != before
    assert not SessionStore(before).account


def test_entering_is_one_statement_and_is_not_written_again_with_the_answer(account, django_assert_num_queries):
    store = SessionStore()
    with django_assert_num_queries(1):
        assert store.enter(account)
        store.save()
    row = Session.objects.get()
    assert (bytes(row.key), row.account, row.data) == (key_of(store.session_key), account, {})
    store["word"] = "sóng"
    store.save()
    assert SessionStore(store.session_key)["word"] == "sóng"


def test_what_a_visitors_session_kept_stays_and_what_another_persons_kept_goes(account, register):
    store = SessionStore()
    store["word"] = "sóng"
    store.save()
    before = store.session_key
    assert store.enter(account)
    again = SessionStore(store.session_key)
    assert (again["word"], again.account) == ("sóng", account)
    other = register(phone="0912345679", citizen_id="031175004822")
    assert again.enter(other)
    last = SessionStore(again.session_key)
    assert ("word" in last, last.account) == (False, other)
    assert not Session.objects.filter(key__in=[key_of(before), key_of(store.session_key)]).exists()


@pytest.mark.parametrize(
    "change", [{"password": "another"}, {"is_active": False}], ids=lambda change: next(iter(change))
)
def test_nobody_enters_an_account_that_was_changed_since_its_password_was_looked_at(account, change):
    tries = FailedSignIn.objects.create(key=b"x" * 32, since=clock.now(), times=3)
    Account.objects.filter(pk=account.pk).update(**change)
    assert not SessionStore().enter(account, tries=tries.key)
    assert not Session.objects.exists()
    assert FailedSignIn.objects.exists()


def test_the_last_sign_in_is_kept_of_staff_alone(account):
    staff = create_staff(username="ban-to-chuc", password=PASSWORD, roles=["organiser"])
    for one in (account, staff):
        assert SessionStore().enter(one)
        one.refresh_from_db()
    assert account.last_login is None
    assert staff.last_login is not None


def test_a_session_that_was_ended_meanwhile_never_comes_back(signed_in):
    late = SessionStore(cookie(signed_in))
    assert late[SESSION_KEY]
    Session.objects.all().delete()
    late["word"] = "x"
    with pytest.raises(UpdateError):
        late.save()
    assert not Session.objects.exists()


def test_what_a_session_keeps_comes_back_without_an_account_too(db):
    store = SessionStore()
    store["word"] = "sóng"
    store.save()
    again = SessionStore(store.session_key)
    assert again["word"] == "sóng"
    assert again.account is None
    assert again.exists(store.session_key)
