"""Acceptance 8, D01, S20: somebody lives through everything with canary numbers, which then stand nowhere.

Not in a page of anybody else, an address, a session, a table, a log, a download, an e-mail, or a file under LANTOA_DATA,
the database's own write-ahead log among them. What people/ promises alone is tested in tests/people.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from lantoa.contests.models import Contestant
from lantoa.people.models import AuditEntry, Person
from lantoa.people.sessions import Session
from lantoa.units.models import Unit
from tests.people.test_no_clear_numbers import dump
from tests.security.addresses import SITE, address
from tests.security.conftest import PASSWORD, ROLES, Browser

pytestmark = pytest.mark.django_db
# Numbers that nothing else in the tests writes: what is found of them was leaked by what is done here.
PHONE, CITIZEN_ID = "0962718453", "031188027364"
NEW_PHONE, NEW_CITIZEN_ID = "0973625184", "031192046715"
SECRET = "canary cánh buồm nâu"
CANARIES = (PHONE[1:], CITIZEN_ID, NEW_PHONE[1:], NEW_CITIZEN_ID, SECRET)
NAME = "Lục Thị Hải Triều"


def spellings(canary: str) -> dict[str, bytes]:
    """A canary as it may lie in bytes."""
    plain = canary.encode()
    return {
        "plain": plain,
        "utf-16": canary.encode("utf-16-le"),
        "hex": plain.hex().encode(),
        "base64": base64.b64encode(plain).rstrip(b"=")[:-1],
        "reversed": canary[::-1].encode(),
        "in threes": " ".join(canary[i : i + 3] for i in range(0, len(canary), 3)).encode(),
        "escaped": json.dumps(canary).strip('"').encode(),
    }


def found_in(content: str | bytes) -> list[str]:
    """Which canaries stand in it, and how spelled."""
    whole = content if isinstance(content, bytes) else content.encode(errors="surrogatepass")
    return [
        f"{canary[-3:]} {how}" for canary in CANARIES for how, spelled in spellings(canary).items() if spelled in whole
    ]


class Kept(Browser):
    """Remembers every address that it asked for or was sent to."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.addresses: list[str] = []

    def request(self, **sent):
        answer = super().request(**sent)
        self.addresses += [sent["PATH_INFO"], sent.get("QUERY_STRING", ""), answer.headers.get("Location", "")]
        self.addresses.append(str(answer.cookies))
        return answer


def mistakes(browser, world, facts):
    """What goes wrong before it goes right."""
    page = address("register", world)
    browser.post(page, {**facts, "password": "123"})
    browser.post(page, {**facts, "citizen_id": f"{CITIZEN_ID}9"})
    browser.post(page, {**facts, "phone": f"{PHONE}x"})
    browser.post(page, {**facts, "full_name": CITIZEN_ID})
    browser.post(page, {**facts, "unit": PHONE, "sub_unit": CITIZEN_ID, "group": PHONE})


def wrong_doors(browser, world):
    """Signing in badly, and numbers where none belong."""
    for login in (PHONE, CITIZEN_ID, f"{CITIZEN_ID}a", f"+84 {PHONE[1:]}"):
        browser.post(address("sign-in", world), {"login": login, "password": "sai bét cả"})
    browser.post(address("sign-in", world), {"login": "ban-to-chuc", "password": SECRET})
    browser.post(reverse("admin:login"), {"username": CITIZEN_ID, "password": SECRET})
    browser.post(address("sign-in", world), {"login": PHONE, "password": PASSWORD, "contest": "khong-co"})


def everything(browser, world):
    """Every page of the site, then what breaks."""
    for name in SITE:
        if name not in {"sign-out", "profile-erasure", "profile-consent"}:
            browser.get(address(name, world))
            browser.post(address(name, world), SITE[name].sent)
    browser.get("/khong-co-trang-nay/")
    browser.get("/dang-nhap/", {"contest": "a\0b"})
    browser.get("/", headers={"host": "ke-gian.example"})
    strict = Browser(enforce_csrf_checks=True)
    strict.post(address("register", world), {"phone": PHONE, "citizen_id": CITIZEN_ID, "password": SECRET})


def breaks(browser, world, monkeypatch, facts):
    """A view that crashes with the numbers in its hands."""

    def crash(**_facts):
        raise RuntimeError("crashed")

    for action in ("register", "correct_profile", "change_password"):
        monkeypatch.setattr(f"lantoa.people.actions.{action}", crash)
    monkeypatch.setattr("lantoa.people.sign_in.prove", crash)
    answers = [
        browser.post(address("profile-edit", world), facts),
        browser.post(address("password", world), {"old": SECRET, "new": "một câu khác nữa"}),
        Kept(raise_request_exception=False).post(address("register", world), facts),
        Kept(raise_request_exception=False).post(address("sign-in", world), {"login": PHONE, "password": SECRET}),
    ]
    assert [answer.status_code for answer in answers] == [500] * 4
    return answers


class Heard(logging.Handler):
    """Keeps every line of every logger, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record):
        self.lines.append(f"{self.format(record)} {record.args}")


@contextmanager
def listening(heard):
    """Every logger speaks up for a while."""
    root = logging.getLogger()
    level = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(heard)


@pytest.fixture(scope="module")
def lived(world, django_db_blocker):
    """Somebody who did it all, once for this file; what was said meanwhile."""
    heard, said, began = Heard(), io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True), time.time()
    with django_db_blocker.unblock(), transaction.atomic():
        try:
            with pytest.MonkeyPatch.context() as patch, listening(heard), redirect_stdout(said), redirect_stderr(said):
                story = live(world, patch)
            yield SimpleNamespace(**story, log=heard.lines, said=said.buffer.getvalue().decode(), began=began)
        finally:
            transaction.set_rollback(True)


def live(world, patch):
    """Mistakes, registration, every page, a correction, signing in again, exports, crashes."""
    browser, unit = Kept(raise_request_exception=False), Unit.objects.communes_of(world.contest.root)[3]
    facts = {
        "full_name": NAME, "phone": PHONE, "citizen_id": f"{CITIZEN_ID[:3]} {CITIZEN_ID[3:]}", "unit": unit.code,
        "group": "resident", "password": SECRET, "consent": "on", "seen": "1",
    }  # fmt: skip
    mistakes(browser, world, facts)
    wrong_doors(browser, world)
    assert browser.post(address("register", world), facts).headers["Location"] == address("topics", world)
    everything(browser, world)
    entry = Contestant.objects.get(person__full_name=NAME)
    correction = {**facts, "phone": NEW_PHONE, "citizen_id": NEW_CITIZEN_ID, "group": "pupil"}
    assert browser.post(address("profile-edit", world), correction).status_code == 302
    browser.post(address("sign-out", world))
    again = browser.post(address("sign-in", world), {"login": NEW_CITIZEN_ID, "password": SECRET})
    assert again.status_code == 302
    own = [browser.get(address(name, world)).whole for name in ("profile", "profile-edit", "profile-data", "topics")]
    export(world)
    return {"own": own, "broken": breaks(browser, world, patch, correction), "browser": browser, "entry": entry}


def export(world):
    """What an operator takes out."""
    call_command("bulletin", world.contest.slug)
    call_command("units", "export")
    call_command("rebuild", world.contest.slug)
    call_command("rebuild", world.contest.slug, "--check")


def test_the_numbers_are_there_and_sealed(lived):
    """Control: the registration was real, and both numbers were taken."""
    person = Person.objects.get(full_name=NAME)
    assert person.phone_sealed and person.citizen_id_sealed
    assert len(lived.log) > 10
    assert AuditEntry.objects.filter(subject=f"person:{person.pk}").count() >= 3


def test_ones_own_pages_show_the_last_digits_only(lived):
    for page in lived.own:
        assert found_in(page) == []
    assert NEW_CITIZEN_ID[-3:] in lived.own[0]
    assert "•••••••••" in lived.own[0]


def test_no_page_of_anybody_else_shows_them(world, enter, lived):
    pages = {
        role: [address(name, world) for name in SITE if name != "sign-out"] for role in ("anonymous", "contestant")
    }
    pages |= {
        role: [address("statistics-csv", world), address("standings", world), "/quan-tri/"]
        for role in ROLES
        if role not in pages
    }
    look = {
        "organiser": ("contestant", lived.entry.pk),
        "operator": ("auditentry", AuditEntry.objects.filter(action="correct_profile").last().pk),
    }
    for role, (table, pk) in look.items():
        base = f"admin:lantoa_{table}"
        pages[role] += [
            reverse(f"{base}_changelist"),
            reverse(f"{base}_change", args=[pk]),
            reverse(f"{base}_history", args=[pk]),
        ]
    for role, asked in pages.items():
        for where in asked:
            assert found_in(enter(role).get(where).whole) == [], f"{role} {where}"
    assert NAME in enter("organiser").get(pages["organiser"][-2]).words


@pytest.mark.parametrize("query", [PHONE, CITIZEN_ID, f"+84{PHONE[1:]}"])
def test_the_console_does_not_find_people_by_their_number(enter, lived, query):
    assert NAME not in enter("organiser").get(reverse("admin:lantoa_contestant_changelist"), {"q": query}).words


def test_no_address_and_no_cookie_holds_them(lived):
    assert len(lived.browser.addresses) > 100
    assert found_in("\n".join(lived.browser.addresses)) == []


def test_no_session_holds_them(lived):
    sessions = [json.dumps(session.data) for session in Session.objects.all()]
    assert len(sessions) > 3
    assert found_in("\n".join(sessions)) == []


def test_no_table_holds_them(lived):
    text = dump()
    assert NAME in text
    assert found_in(text) == []


def test_no_log_no_error_page_and_no_output_holds_them(lived):
    text = "\n".join(lived.log)
    assert "RuntimeError: crashed" in text
    assert found_in(text) == []
    assert len(lived.said) > 1_000
    assert found_in(lived.said) == []
    assert found_in("".join(answer.whole for answer in lived.broken)) == []
    assert mail.outbox == []


def test_no_line_of_the_log_can_be_forged_through_an_address(enter, lived, capfd):
    enter("anonymous").get("/x%0a2026-01-01 00:00:00 INFO lantoa forged/")
    lines = capfd.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines][-1:] == ["request"]
    assert not [line for line in lines if "forged" in line]


def test_no_file_under_the_data_folder_holds_them(lived):
    """The write-ahead log and the server's own log too: nothing in clear ever went to the database."""
    if not os.environ.get("DATABASE_URL"):
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
    looked = 0
    for folder in {settings.DATA, settings.MEDIA_ROOT}:
        for path in folder.rglob("*"):
            if path.is_file() and path.stat().st_mtime >= lived.began - 1:
                looked += 1
                assert found_in(path.read_bytes()) == [], path
    assert looked > 0 or os.environ.get("DATABASE_URL")


def test_control_each_spelling_would_be_found():
    for canary in CANARIES:
        for how, spelled in spellings(canary).items():
            assert f"{canary[-3:]} {how}" in found_in(b"x" + spelled + b"x")


def test_control_a_plain_number_in_a_table_reaches_the_dump_and_a_file(lived):
    marker = "kiemchung-canary-8842"
    AuditEntry.objects.create(at=lived.entry.joined_at, action="x", subject="x", detail={"said": marker})
    assert marker in dump()
    if not os.environ.get("DATABASE_URL"):
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
        fresh = [
            path for path in settings.DATA.rglob("*") if path.is_file() and path.stat().st_mtime >= lived.began - 1
        ]
        assert any(marker.encode() in path.read_bytes() for path in fresh)
