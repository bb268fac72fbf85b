from datetime import timedelta
from types import SimpleNamespace

import pytest

from lantoa.people import actions, sign_in
from lantoa.people.models import FailedSignIn
from lantoa.people.refused import Refused
from tests.people.conftest import AT, PASSWORD

pytestmark = pytest.mark.django_db
HERE = "203.0.113.7"


def enter(login="0912345678", password=PASSWORD, address=HERE, at=AT):
    return sign_in.sign_in(login=login, password=password, address=address, at=at)


def code(**typed):
    with pytest.raises(Refused) as refused:
        enter(**typed)
    return refused.value.code


@pytest.mark.parametrize("login", ["0912 345 678", "+84 912.345.678", "031175004821", "０３１ １７５ ００４ ８２１"])
def test_phone_or_citizen_number_in_any_spelling_opens_the_account(register, login):
    account = register()
    assert enter(login) == account


def test_staff_sign_in_by_user_name(db):
    account = actions.create_staff(username="ban-to-chuc", password=PASSWORD, roles=["organiser"], at=AT)
    assert enter("ban-to-chuc") == account
    assert account.is_staff


def test_somebody_unknown_and_a_wrong_password_get_one_answer(register):
    register()
    answers = []
    for login in ("0912345678", "031175004821", "0987654321", "031175004829", "không-có"):
        with pytest.raises(Refused) as refused:
            enter(login, "sai bét cả")
        answers.append(str(refused.value))
    assert set(answers) == {"login: wrong"}


def test_somebody_unknown_costs_the_time_of_a_password(register, monkeypatch):
    register()
    spent = []
    monkeypatch.setattr("lantoa.people.passwords.make_password", spent.append)
    code(login="0987654321")
    assert len(spent) == 1


def test_an_account_out_of_use_does_not_open(register):
    account = register()
    account.is_active = False
    account.save()
    assert code() == "wrong"


def test_ten_wrong_tries_close_an_account_for_a_quarter_of_an_hour_by_all_its_names(register):
    register()
    for n in range(sign_in.MOST_PER_NAME):
        assert code(login=("0912345678", "031175004821")[n % 2], password="sai bét cả") == "wrong"
    assert code() == code(login="031175004821") == "too_many"
    assert code(address="198.51.100.1") == "too_many"
    assert enter(at=AT + timedelta(minutes=15))


def test_an_unknown_name_closes_just_like_a_known_one(register):
    for _ in range(sign_in.MOST_PER_NAME):
        assert code(login="0987654321") == "wrong"
    assert code(login="0987654321") == "too_many"


def test_a_good_sign_in_forgets_the_wrong_tries_before_it(register):
    register()
    for _ in range(3):
        for _ in range(sign_in.MOST_PER_NAME - 1):
            code(password="sai bét cả")
        enter()


def test_a_village_of_five_hundred_behind_one_address_is_not_locked_out(register, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    register()
    for n in range(500):
        assert code(login=f"0987{n:06}") == "wrong"
    assert enter()


def test_an_address_that_guesses_on_and_on_is_stopped_also_after_a_good_sign_in(register, monkeypatch):
    monkeypatch.setattr("lantoa.people.sign_in.MOST_PER_ADDRESS", 20)
    register()
    for n in range(20):
        code(login=f"0987{n:06}")
        if n == 10:
            enter()
    assert code(login="0987000099") == "too_many"
    assert enter(address="198.51.100.1")


def test_ipv6_neighbours_of_one_network_count_as_one_address(register, monkeypatch):
    monkeypatch.setattr("lantoa.people.sign_in.MOST_PER_ADDRESS", 2)
    for n in range(2):
        code(login=f"098700000{n}", address=f"2001:db8:1:2::{n}")
    assert code(login="0987000009", address="2001:db8:1:2:ffff::9") == "too_many"
    assert code(login="0987000009", address="2001:db8:1:3::9") == "wrong"


def test_only_our_own_proxy_is_believed_and_only_its_last_hop(settings):
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.7"}
    settings.SECURE_PROXY_SSL_HEADER = None
    assert sign_in.address_of(meta) == "10.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert sign_in.address_of(meta) == "203.0.113.7"


def test_the_counts_hold_no_number_and_are_dropped_when_old(register):
    register()
    code(password="sai bét cả")
    assert all(len(bytes(row.key)) == 32 for row in FailedSignIn.objects.all())
    assert sign_in.forget_old(at=AT + timedelta(minutes=15)) == 2


def test_guessing_the_old_password_counts_with_the_sign_ins(register):
    account = register()
    for _ in range(sign_in.MOST_PER_NAME):
        with pytest.raises(Refused):
            actions.change_password(account=account, old="sai bét cả", new="một câu khác", address=HERE, at=AT)
    assert code() == "too_many"
    with pytest.raises(Refused) as refused:
        actions.change_password(account=account, old=PASSWORD, new="một câu khác", address=HERE, at=AT)
    assert refused.value.code == "too_many"


def test_the_console_goes_through_the_same_counter(register):
    register()
    backend = sign_in.PhoneOrCitizenId()
    request = SimpleNamespace(META={"REMOTE_ADDR": HERE})
    from django.core.exceptions import PermissionDenied

    for _ in range(sign_in.MOST_PER_NAME + 1):
        with pytest.raises(PermissionDenied):
            backend.authenticate(request, username="0912345678", password="sai bét cả")
    with pytest.raises(PermissionDenied):
        backend.authenticate(request, username="0912345678", password=PASSWORD)


def test_signing_in_costs_one_statement_before_the_hash_and_one_after(register, django_assert_num_queries):
    register()
    with django_assert_num_queries(2):
        enter()


def test_twelve_digits_are_a_citizen_number_or_a_phone_number_with_its_country_whichever_somebody_has(register):
    account = register()
    assert enter("840912345678") == enter("84 912 345 678") == enter("031175004821") == account


def test_roles_come_with_the_account_and_none_with_one_out_of_use(db, django_assert_num_queries):
    created = actions.create_staff(username="ban-to-chuc", password=PASSWORD, roles=["organiser", "editor"], at=AT)
    account = enter("ban-to-chuc")
    with django_assert_num_queries(0):
        assert account.kinds == {"organiser", "editor"}
    created.is_active = False
    created.save()
    assert code(login="ban-to-chuc") == "wrong"


def test_a_stopped_address_counts_no_more_tries_at_a_name(register, monkeypatch):
    account = register()
    monkeypatch.setattr("lantoa.people.sign_in.MOST_PER_ADDRESS", 0)
    for _ in range(sign_in.MOST_PER_NAME + 1):
        assert code() == "too_many"
    monkeypatch.undo()
    assert enter() == account
