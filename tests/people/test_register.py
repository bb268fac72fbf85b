import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantoa.people import numbers, rehearsals
from lantoa.people.models import Account, AuditEntry, Consent, Person
from lantoa.people.refused import Refused
from lantoa.people.validity import missing
from lantoa.units.models import Kind, Unit
from tests.lib.test_numbers import dressed
from tests.people.conftest import AT, PASSWORD

pytestmark = pytest.mark.django_db


def refused(register, **changed):
    with pytest.raises(Refused) as caught:
        register(**changed)
    return {name: fault.code for name, fault in caught.value.faults.items()}


def test_registering_opens_one_valid_account_with_its_consent_and_its_entry_in_the_journal(register, unit):
    account = register()
    person = account.person
    assert missing(person) == []
    assert (person.unit, person.created_at) == (unit, AT)
    assert account.check_password(PASSWORD)
    consent = Consent.objects.open(person, "taking_part")
    assert (consent.text_version, consent.given_at) == ("1", AT)
    assert AuditEntry.objects.get().action == "register"


def test_numbers_are_sealed_into_their_row_and_shown_masked(register):
    person = register().person
    assert b"345678" not in bytes(person.phone_sealed)
    assert numbers.masked(person) == {"phone": "•••••••678", "citizen_id": "•••••••••821"}
    assert numbers.clear(person, "phone") == "+84912345678"
    assert numbers.clear(person, "citizen_id") == "031175004821"


def test_sealed_numbers_moved_to_another_person_cannot_be_opened(register):
    from lantoa.lib.sealing import Broken

    mine = register().person
    other = register(phone="0912345679", citizen_id="031175004822").person
    Person.objects.filter(pk=other.pk).update(phone_sealed=mine.phone_sealed)
    other.refresh_from_db()
    with pytest.raises(Broken):
        numbers.clear(other, "phone")


def test_all_that_is_wrong_is_said_at_once(register):
    found = refused(
        register, full_name=" ", phone="1", citizen_id="x", unit=None, group="king", password="123", consent_version=""
    )
    assert set(found) == {"full_name", "phone", "citizen_id", "unit", "group", "password", "consent"}
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["1234", "<b>An</b>", "an@vi-du.vn", "x" * 121])
def test_what_is_no_name_is_refused(register, name):
    assert set(refused(register, full_name=name)) == {"full_name"}


@pytest.mark.parametrize(
    ("password", "code"),
    [("", "empty"), ("ngắn", "short"), ("83740192755", "numeric"), ("password", "common"), ("x" * 201, "long"),
     ("nguyenhoangphuongthaonguyen", "name")],
)  # fmt: skip
def test_a_weak_password_says_why(register, password, code):
    assert refused(register, password=password) == {"password": code}


def test_an_unknown_prefix_is_asked_about_once_and_never_refused(register):
    assert refused(register, citizen_id="999175004821", sure=False) == {"citizen_id": "unknown_province"}
    assert not Person.objects.exists()
    assert register(citizen_id="999175004821", sure=True).pk


def test_a_place_inside_another_commune_is_refused(register, contest, unit):
    elsewhere = Unit.objects.create(
        code="x", name="Thôn Đông", kind=Kind.VILLAGE, parent=contest.root.children.get(code="11419")
    )
    assert refused(register, sub_unit=elsewhere) == {"sub_unit": "elsewhere"}
    assert refused(register, unit=elsewhere) == {"unit": "not_a_commune"}


def test_a_second_account_is_refused_for_either_number(register):
    register()
    assert refused(register) == {"phone": "taken", "citizen_id": "taken"}
    assert refused(register, phone="0987654321") == {"citizen_id": "taken"}
    assert refused(register, citizen_id="031175004822") == {"phone": "taken"}
    assert Account.objects.count() == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_spelling_of_a_number_opens_a_second_account(register, data):
    """S30: one person, one account, however the numbers are typed."""
    if not Person.objects.exists():
        register()
    phone = data.draw(st.sampled_from(["", "0", "+84", "84", "0084"]))
    plus = "+" if phone.startswith("+") else ""
    typed_phone = plus + data.draw(dressed(phone.removeprefix("+") + "912345678"))
    typed_id = data.draw(dressed("031175004821"))
    assert "phone" in refused(register, phone=typed_phone, citizen_id="031175004829", password=PASSWORD)
    assert "citizen_id" in refused(register, phone="0987654321", citizen_id=typed_id)
    assert Account.objects.count() == 1


def test_invented_numbers_belong_to_rehearsals_and_nothing_else_does(register):
    phone, citizen_id = rehearsals.numbers_of(7)
    assert refused(register, phone=phone, citizen_id=citizen_id) == {"phone": "invented", "citizen_id": "invented"}
    assert refused(register, rehearsal=True) == {"phone": "real", "citizen_id": "real"}
    invented = register(phone=phone, citizen_id=citizen_id, rehearsal=True, sure=False).person
    assert (invented.rehearsal, register().person.rehearsal) == (True, False)
