"""S03: nobody gains anything by sending fields that a form does not have."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.core import serializers

from lantoa.exams.models import Attempt, Best
from lantoa.people.models import Account, Person, Role
from lantoa.shares.models import Share
from tests.security.addresses import SHEET, SITE, address
from tests.security.conftest import FACTS, PASSWORD

pytestmark = pytest.mark.django_db
# Every column of every table, as a field: with values that would help, and those that name somebody else.
COLUMNS = sorted(
    {
        name
        for model in apps.get_app_config("lantoa").get_models()
        for field in model._meta.fields
        for name in (field.name, field.attname)
    }
)
# What my own form may change, by page; `*` stands for the table's own clock and journal.
READ_BY_FORMS = {
    "full_name",
    "phone",
    "citizen_id",
    "unit",
    "sub_unit",
    "group",
    "password",
    "consent",
    "seen",
    "number",
    "login",
    "old",
    "new",
}


def forged(world) -> dict[str, str]:
    """All columns, each filled."""
    fields = dict.fromkeys(COLUMNS, "1") | {
        "is_active": "false", "is_staff": "true", "is_superuser": "true", "kind": "organiser", "roles": "organiser",
        "username": "organiser", "state": "published", "correct": "20", "duration_ms": "1", "missed": "0", "ms": "1",
        "started_at": "2020-01-01T00:00:00Z", "submitted_at": "2020-01-01T00:00:01Z", "deadline": "2099-01-01T00:00:00Z",
        "person": str(world.people["other"].entry.person_id), "person_id": str(world.people["other"].entry.person_id),
        "contestant": str(world.people["other"].entry.pk), "contestant_id": str(world.people["other"].entry.pk),
        "account": str(world.accounts["organiser"].pk), "valid_at": "2020-01-01T00:00:00Z", "next": "", "contest": world.contest.slug,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if name not in READ_BY_FORMS}


def state_of(*querysets) -> str:
    """Every column of some rows."""
    return "\n".join(serializers.serialize("json", rows) for rows in querysets)


@pytest.mark.parametrize("name", sorted(name for name, meets in SITE.items() if "405" not in meets.post))
def test_columns_sent_to_any_form_change_nobody_else_and_no_right(world, enter, name):
    mine = world.people["contestant"].entry
    others = (
        Person.objects.exclude(pk=mine.person_id),
        Account.objects.exclude(person=mine.person_id).filter(person__isnull=False),
        Role.objects.all(),
        Attempt.objects.exclude(contestant=mine),
        Best.objects.exclude(contestant=mine),
        Share.objects.exclude(contestant=mine),
    )
    before = state_of(*(rows.all() for rows in others))
    kept = Attempt.objects.get(contestant=mine, number=1)
    for role in ("anonymous", "contestant"):
        answer = enter(role).post(address(name, world), {**forged(world), **SITE[name].sent})
        assert answer.status_code < 500
    assert state_of(*(rows.all() for rows in others)) == before
    assert Account.objects.get(pk=world.accounts["contestant"].pk).kinds == frozenset()
    again = Attempt.objects.get(contestant=mine, number=1)
    assert (again.correct, again.duration_ms, again.submitted_at) == (kept.correct, kept.duration_ms, kept.submitted_at)


def test_the_open_attempt_keeps_its_clock_and_its_paper(world, enter):
    before = Attempt.objects.get(contestant=world.people["contestant"].entry, number=2)
    enter("contestant").post(address("exam-submit", world), {**forged(world), **SHEET})
    after = Attempt.objects.get(pk=before.pk)
    assert (after.started_at, after.deadline, after.questions, after.orders) == (
        before.started_at,
        before.deadline,
        before.questions,
        before.orders,
    )
    assert after.submitted_at > before.started_at
    assert after.correct < 20 or after.duration_ms > 1


def test_what_an_exam_fixed_stays_whatever_is_sent(world, enter):
    person = world.people["contestant"].entry.person
    enter("contestant").post(
        address("profile-edit", world),
        {**forged(world), "full_name": "Tên Khác", "citizen_id": "031190008888", "unit": "10660", "group": "pupil"},
    )
    after = Person.objects.get(pk=person.pk)
    assert (after.full_name, after.unit_id, bytes(after.citizen_id_index)) == (
        person.full_name,
        person.unit_id,
        bytes(person.citizen_id_index),
    )
    assert after.group == "pupil"


def test_registering_gives_no_role_and_no_user_name(world, enter):
    facts = {
        "full_name": "Hồ Thị Thử", "phone": "0912345222", "citizen_id": "031190002222", "unit": world.unit.code,
        "group": "resident", "password": PASSWORD, "consent": "on", "seen": "1",
    }  # fmt: skip
    answer = enter("anonymous").post(address("register", world), {**forged(world), **facts})
    assert answer.headers["Location"] == address("topics", world)
    account = Account.objects.get(person__full_name="Hồ Thị Thử")
    assert (account.username, account.kinds, account.is_active, account.is_staff) == (None, frozenset(), True, False)


def test_answers_as_data_hold_declared_fields_only(world, enter):
    """A new field in a file or a JSON answer is looked at, and then written here."""
    mine = json.loads(enter("contestant").get(address("profile-data", world)).words)
    assert set(mine) == {
        "full_name",
        "phone",
        "citizen_id",
        "unit",
        "sub_unit",
        "group",
        "registered_at",
        "consents",
        "journal",
        "entry",
    }
    assert set(mine["entry"]) == {"contest", "joined_at", "unit", "sub_unit"}
    assert {field for row in mine["consents"] for field in row} == {
        "purpose",
        "text_version",
        "given_at",
        "withdrawn_at",
    }
    assert {field for row in mine["journal"] for field in row} == {"at", "action", "detail"}
    assert mine["full_name"] == FACTS["contestant"][0]
    units = json.loads(enter("anonymous").get(address("units-json", world)).words)
    assert set(units) == {"units"}
    assert {field for row in units["units"] for field in row} == {"code", "name", "kind"}
    sheet = enter("anonymous").get(address("statistics-csv", world)).words.splitlines()[0].removeprefix("\ufeff")
    assert set(sheet.split(",")) == {
        "ma", "don_vi", "cum", "dang_ky", "hoan_thanh", "luot_thi", "dan_so", "ty_le",
        "hang_dang_ky", "hang_hoan_thanh", "hang_ty_le", "tinh_den",
    }  # fmt: skip
