"""Correcting, agreeing, withdrawing, asking for erasure, changing the password, the copy of my data, staff accounts."""

import json
from datetime import timedelta

import pytest

from lantoa.people import actions, numbers
from lantoa.people.models import AuditEntry, Consent, Person
from lantoa.people.my_data import my_data
from lantoa.people.refused import Refused
from lantoa.people.validity import missing
from tests.people.conftest import AT, PASSWORD

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
HERE = "203.0.113.7"


@pytest.fixture
def account(register):
    return register()


def correct(account, **changed):
    return actions.correct_profile(
        person=account.person, by=account, **{"identity_fixed": False, "at": LATER, **changed}
    )


def refused(call):
    with pytest.raises(Refused) as caught:
        call()
    return {name: fault.code for name, fault in caught.value.faults.items()}


def actions_noted():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_what_is_given_is_corrected_and_the_rest_stays(account):
    assert correct(account, full_name="Nguyễn Thảo Nguyên", phone="0987654321") == ["full_name", "phone"]
    person = Person.objects.get()
    assert (person.full_name, numbers.clear(person, "phone")) == ("Nguyễn Thảo Nguyên", "+84987654321")
    assert numbers.clear(person, "citizen_id") == "031175004821"
    assert AuditEntry.objects.last_time(f"person:{person.pk}", "correct_profile").detail == {
        "fields": ["full_name", "phone"]
    }


def test_the_same_facts_again_are_no_correction(account):
    assert correct(account, full_name=account.person.full_name, phone="+84 912345678", citizen_id="031175004821") == []
    assert actions_noted() == ["register"]


def test_after_an_exam_name_and_citizen_number_stay_while_phone_and_unit_may_change(account, contest):
    other = contest.root.children.get(code="11419")
    assert correct(account, identity_fixed=True, phone="0987654321", unit=other) == ["phone", "unit"]
    assert refused(lambda: correct(account, identity_fixed=True, full_name="Người Khác")) == {
        "full_name": "fixed_after_exam"
    }
    assert refused(lambda: correct(account, identity_fixed=True, citizen_id="031175004822")) == {
        "citizen_id": "fixed_after_exam"
    }
    assert Person.objects.get().full_name == "Nguyễn Hoàng Phương Thảo Nguyên"


def test_a_number_of_somebody_else_is_refused_and_nothing_is_changed(account, register):
    register(phone="0987654321", citizen_id="031175004822")
    found = refused(lambda: correct(account, full_name="Tên Mới", phone="0987654321"))
    assert found == {"phone": "taken"}
    assert account.person.full_name == "Nguyễn Hoàng Phương Thảo Nguyên"


def test_a_valid_account_needs_name_phone_citizen_number_unit_and_consent():
    assert missing(Person(full_name=" ")) == ["full_name", "phone", "citizen_id", "unit", "consent"]


def test_consent_is_withdrawn_once_and_given_again(account):
    for _ in range(2):
        actions.withdraw_consent(person=account.person, by=account, at=LATER)
    assert Consent.objects.open(account.person, "taking_part") is None
    for _ in range(2):
        actions.give_consent(person=account.person, by=account, consent_version="2", at=LATER)
    assert Consent.objects.open(account.person, "taking_part").text_version == "2"
    assert actions_noted() == ["register", "withdraw_consent", "give_consent"]


def test_asking_for_erasure_is_recorded_and_ends_the_consent(account):
    actions.ask_erasure(person=account.person, by=account, at=LATER)
    assert actions_noted() == ["register", "ask_erasure", "withdraw_consent"]
    assert Consent.objects.get().withdrawn_at == LATER


def test_my_data_is_complete_and_masks_the_numbers(account):
    text = json.dumps(my_data(account.person), ensure_ascii=False)
    assert "Nguyễn Hoàng Phương Thảo Nguyên" in text
    assert "Xã Cẩm Giàng" in text
    assert "register" in text
    assert "•••••••678" in text
    assert "345678" not in text
    assert "004821" not in text


def test_the_journal_cannot_be_rewritten(account):
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(action="nothing")


def test_a_new_password_needs_the_old_one(account):
    change = lambda **words: actions.change_password(account=account, address=HERE, at=LATER, **words)  # noqa: E731
    assert refused(lambda: change(old="sai bét cả", new="một câu khác")) == {"old": "wrong"}
    assert refused(lambda: change(old=PASSWORD, new="ngắn")) == {"new": "short"}
    assert refused(lambda: change(old=PASSWORD, new=PASSWORD)) == {"new": "same"}
    change(old=PASSWORD, new="một câu khác")
    account.refresh_from_db()
    assert account.check_password("một câu khác")


def test_passwords_are_kept_by_argon2id_with_the_settled_cost(account):
    assert account.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def staff(**changed):
    return actions.create_staff(
        **{"username": "giam-khao", "password": PASSWORD, "roles": ["judge"], "at": AT, **changed}
    )


def test_a_staff_account_carries_its_roles(contest):
    unit = contest.root.children.get(code="11414")
    account = staff(roles=["judge", "coordinator"], unit=unit)
    assert account.kinds == {"judge", "coordinator"}
    assert account.roles.get(kind="coordinator").unit == unit
    assert account.roles.get(kind="judge").unit is None


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"username": "0912345678"}, {"username": "unfit"}),
        ({"username": "hai chữ"}, {"username": "unfit"}),
        ({"username": ""}, {"username": "unfit"}),
        ({"roles": ["vua"]}, {"roles": "unknown"}),
        ({"roles": []}, {"roles": "unknown"}),
        ({"roles": ["coordinator"]}, {"unit": "empty"}),
        ({"password": "123"}, {"password": "short"}),
    ],
)
def test_an_unfit_staff_account_is_refused(changed, found):
    assert refused(lambda: staff(**changed)) == found


def test_a_user_name_is_taken_once(contest):
    staff()
    assert refused(staff) == {"username": "taken"}
