"""S07: no answer tells whether somebody has an account, but the one that must; and that one is counted."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.urls import reverse

from lantoa.people import sign_in
from lantoa.people.models import FailedSignIn
from tests.security.addresses import address
from tests.security.conftest import FACTS, PASSWORD

pytestmark = pytest.mark.django_db
KNOWN_PHONE, KNOWN_ID = FACTS["contestant"][2], FACTS["contestant"][1]
UNKNOWN_PHONE, UNKNOWN_ID = "0912345111", "031190001111"
MASKED = re.compile(
    r'(name="csrfmiddlewaretoken" value=")[^"]+|(csrftoken=|csrftoken\': )[^;]+|([Ee]xpires[=:] ?)[^;\n]+'
    r"|(X-Request-ID: )\w+"
)


def seen(answer) -> str:
    """What somebody outside sees of an answer: status, headers, body; secrets, what was typed and the second of asking left out."""
    text = f"{answer.status_code}\n{answer.whole}\n{sorted(answer.cookies)}"
    for typed in (KNOWN_PHONE, KNOWN_ID, UNKNOWN_PHONE, UNKNOWN_ID, "organiser", "khong-co-ai"):
        text = text.replace(typed, "TYPED")
    return re.sub(r"Content-Length: \d+", "", MASKED.sub("", text))


@pytest.mark.parametrize(
    ("known", "unknown"),
    [(KNOWN_PHONE, UNKNOWN_PHONE), (KNOWN_ID, UNKNOWN_ID), ("organiser", "khong-co-ai")],
)
@pytest.mark.parametrize("door", ["sign-in", "admin:login"])
def test_signing_in_looks_the_same_for_somebody_and_nobody(world, enter, door, known, unknown):
    where, field = (address("sign-in", world), "login") if door == "sign-in" else (reverse(door), "username")
    answers = [enter("anonymous").post(where, {field: login, "password": "sai bét cả"}) for login in (known, unknown)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert seen(answers[0]) == seen(answers[1])


def test_so_it_does_once_there_were_too_many_tries(world, enter):
    answers = {}
    for login in (KNOWN_PHONE, UNKNOWN_PHONE):
        for _ in range(sign_in.MOST_PER_NAME + 1):
            answers[login] = enter("anonymous").post(
                address("sign-in", world), {"login": login, "password": "sai bét cả"}
            )
    assert "Đã thử quá nhiều lần" in answers[KNOWN_PHONE].words
    assert seen(answers[KNOWN_PHONE]) == seen(answers[UNKNOWN_PHONE])


def test_so_it_does_for_somebody_who_was_put_out_of_use_even_with_the_right_password(world, enter):
    account = world.accounts["contestant"]
    account.is_active = False
    account.save(update_fields=["is_active"])
    answers = [
        enter("anonymous").post(address("sign-in", world), {"login": login, "password": PASSWORD})
        for login in (KNOWN_PHONE, UNKNOWN_PHONE)
    ]
    assert seen(answers[0]) == seen(answers[1])


def registering(world, **changed) -> dict[str, str]:
    """A registration that lacks its consent, so that it opens nothing."""
    facts = {"full_name": "Hồ Văn Thử", "phone": UNKNOWN_PHONE, "citizen_id": UNKNOWN_ID, "unit": world.unit.code}
    return {**facts, "group": "resident", "password": "một câu khá dài", "seen": "1", **changed}


def counted() -> int:
    """How many failures stand."""
    return sum(row.times for row in FailedSignIn.objects.all())


@pytest.mark.parametrize("taken", [{"phone": KNOWN_PHONE}, {"citizen_id": KNOWN_ID}])
@pytest.mark.parametrize("name", ["register", "profile-edit"])
def test_every_answer_that_a_number_is_taken_counts_against_the_address(world, enter, monkeypatch, name, taken):
    """Registering must say it (one person, one account): so nobody may ask it a thousand times."""
    monkeypatch.setattr("lantoa.people.sign_in.MOST_PER_ADDRESS", 3)
    browser, where = enter("anonymous" if name == "register" else "other"), address(name, world)
    if name == "profile-edit":
        taken = {"phone": KNOWN_PHONE}  # the citizen number is fixed once an exam was finished
    for number in range(3):
        assert "đã có tài khoản" in browser.post(where, registering(world, **taken)).words
        assert counted() == number + 1
    stopped = browser.post(where, registering(world, **taken))
    assert "đã có tài khoản" not in stopped.words
    assert "Đã thử quá nhiều lần" in stopped.words
    assert browser.post(where, registering(world)).status_code == 200  # nor does anything else go on from there


def test_an_honest_mistake_counts_nothing(world, enter):
    enter("anonymous").post(address("register", world), registering(world, password="1"))
    enter("other").post(address("profile-edit", world), {"group": "resident", "phone": "123"})
    assert counted() == 0


def test_what_is_counted_names_nobody(world, enter):
    enter("anonymous").post(address("register", world), registering(world, phone=KNOWN_PHONE))
    for row in FailedSignIn.objects.all():
        assert len(bytes(row.key)) == 32


def test_a_certificate_number_that_does_not_exist_looks_like_any_other(world, enter):
    first, second = (
        enter("anonymous").get(address("check-number", world, number=f"HP25-{part}-{part}-{part}"))
        for part in ("AAAA", "BBBB")
    )
    assert first.status_code == second.status_code == 404
    assert first.words.replace("AAAA", "BBBB") == second.words


def test_a_share_and_a_result_of_nobody_look_like_those_of_somebody_else(world, enter):
    theirs = enter("other").get(address("result", world, number=2))  # the contestant has a second one
    nobodys = enter("other").get(address("result", world, number=77))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.words.replace("/2/", "/77/") == nobodys.words
    hidden = enter("other").get(address("report-share", world, share=world.people["other"].share.pk))
    nothing = enter("other").get(address("report-share", world, share=10**9))
    assert hidden.words.replace(f"/{world.people['other'].share.pk}/", f"/{10**9}/") == nothing.words


def test_only_our_own_proxy_says_where_somebody_comes_from(world, enter, monkeypatch):
    """Nobody gets a fresh count by writing another address into a header."""
    monkeypatch.setattr("lantoa.people.sign_in.MOST_PER_ADDRESS", 2)
    monkeypatch.setattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    for number in range(3):
        sent = {
            "x-forwarded-for": f"203.0.113.{number}",
            "x-real-ip": f"203.0.113.{number}",
            "forwarded": f"for=203.0.113.{number}",
        }
        answer = enter("anonymous").post(
            address("sign-in", world), {"login": f"09870000{number}0", "password": "sai"}, headers=sent
        )
    assert "Đã thử quá nhiều lần" in answer.words


def test_the_console_has_no_second_door_to_a_password(world, enter):
    """Its own form would count no guesses and write nothing down."""
    for method in ("get", "post"):
        answer = getattr(enter("organiser"), method)(reverse("admin:password_change"), {"old_password": "sai"})
        assert (answer.status_code, answer.headers["Location"]) == (302, address("password", world))


def test_accounts_to_try_are_named_in_demonstration_mode_only(enter, settings, tmp_path):
    settings.DATA = tmp_path
    (tmp_path / "demo-accounts.json").write_text('[{"role": "Ban tổ chức", "login": "btc", "password": "bi-mat-thu"}]')
    for demo in (True, False):
        settings.DEMO = demo
        assert ("bi-mat-thu" in enter("anonymous").get("/dang-nhap/").words) is demo
