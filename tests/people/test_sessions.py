"""Who is signed in: one lean row, which the table's reader cannot use and which ends at once everywhere."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.urls import reverse

from lantoa.lib import clock
from lantoa.people.models import Account
from lantoa.people.sessions import Session, SessionStore, key_of
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
