"""D01: a full dump of the database holds no clear citizen or phone number; the control finds a plain one."""

import logging

import pytest
from django.db import connection

from lantoa.people import actions, sign_in
from lantoa.people.models import AuditEntry
from lantoa.people.refused import Refused
from tests.people.conftest import AT, PASSWORD

CANARIES = ["031175004821", "912345678", "031175004833", "987654321"]
pytestmark = pytest.mark.django_db


def dump():
    """Every table of the database as text, bytes as hex and as they are."""
    whole = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            whole += [row[0] for row in cursor.fetchall()]
    return "\n".join(whole)


def found_in(text):
    """The canaries in a text, written plainly, as the hex of their bytes, or reversed."""
    forms = {canary: (canary, canary.encode().hex(), canary[::-1]) for canary in CANARIES}
    return [canary for canary, spelled in forms.items() if any(form in text for form in spelled)]


@pytest.fixture
def lived(register, contest, caplog):
    """An account that went through everything that touches its numbers."""
    caplog.set_level(logging.DEBUG)
    account = register()
    person = account.person
    with pytest.raises(Refused) as twice:
        register()
    actions.correct_profile(
        person=person, by=account, identity_fixed=False, phone="0987 654 321", citizen_id="031175004833", at=AT
    )
    from lantoa.contests.actions import join

    join(contest=contest, person=person, at=AT)
    for login in ("0987654321", "031175004833", "0912345678"):
        with pytest.raises(Refused):
            sign_in.sign_in(login=login, password="sai bét cả", address="203.0.113.7", at=AT)
    sign_in.sign_in(login="0987654321", password=PASSWORD, address="203.0.113.7", at=AT)
    actions.ask_erasure(person=person, by=account, at=AT)
    return repr(twice.value) + str(twice.value.__cause__) + caplog.text


def test_the_dump_the_logs_and_the_errors_hold_no_clear_number(lived):
    text = dump()
    assert "Nguyễn Hoàng Phương Thảo Nguyên" in text  # the dump is a real one
    assert found_in(text) == []
    assert found_in(lived) == []


def test_control_a_plain_number_would_be_found(lived):
    AuditEntry.objects.create(at=AT, action="x", subject="x", detail={"phone": "+84912345678"})
    assert found_in(dump()) == ["912345678"]
