"""S02: every address of the site as every role, reading and writing; nobody meets what was not declared."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lantoa.lib.text import mask_name
from lantoa.people.sessions import Session
from tests.console.test_who_may_see_what import EXPECTED as TABLES
from tests.security.addresses import CONSOLE_PAGES, OPEN_DATA, SITE, address, console_patterns, site_patterns
from tests.security.conftest import FACTS, HIDDEN, PEOPLE, ROLES, STAFF

pytestmark = pytest.mark.django_db
METHODS = ("get", "post")
INSIDE_THE_CONSOLE = ("organiser", "editor", "operator")
ENTRANCE = {"login", "logout", "jsi18n"}  # the console's own door, and words of its date picker


def private_to(person) -> list[str]:
    """What only its owner may be shown on the site."""
    return [person.name, person.certificate.number, person.text]


def test_every_address_of_the_site_has_a_declared_expectation():
    assert set(SITE) == set(site_patterns())


def test_every_page_of_the_console_has_a_declared_expectation():
    tables = {
        f"lantoa_{table}_{what}" for table in TABLES for what in ("changelist", "add", "history", "delete", "change")
    }
    assert {pattern.name for _, pattern in console_patterns()} == {
        *CONSOLE_PAGES, *tables, "lantoa_account_password", None
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(SITE))
def test_each_role_meets_what_is_declared_and_nothing_of_somebody_else(world, enter, name):
    asked, headers = address(name, world), {"accept": "application/json"} if name == "exam-save" else {}
    for role in ROLES:
        for method in METHODS:
            answer = getattr(enter(role), method)(asked, SITE[name].sent if method == "post" else {}, headers=headers)
            assert answer.status_code == SITE[name].answer(method, role), f"{role} {method} {name}"
            assert others_in(answer.whole, world, name, role) == [], f"{role} {method} {name}"


def others_in(text, world, name, role) -> list[str]:
    """What of other people stands in an answer that should not."""
    found = []
    for owner in set(PEOPLE) - {role}:
        person = world.people[owner]
        if owner == "contestant" and name in {"wall", "report-share"}:
            text = text.replace(person.text, "")  # published with consent
        if owner == "contestant" and name == "check-number":
            continue  # whoever has the number may read the name: the printed QR asks for it
        found += [secret for secret in private_to(person) if secret in text]
    return found


def test_what_the_public_reads_of_an_author_is_the_masked_name(world, enter):
    page = enter("anonymous").get(address("wall", world)).whole
    assert mask_name(FACTS["contestant"][0]) in page
    assert FACTS["other"][3] not in page


def test_another_persons_files_are_ones_own(world, enter):
    files = {
        role: {
            name: enter(role).get(address(name, world)).whole
            for name in ("certificate-pdf", "certificate-png", "profile-data")
        }
        for role in PEOPLE
    }
    for name, mine in files["contestant"].items():
        assert mine != files["other"][name]
    assert world.people["other"].certificate.number in files["other"]["certificate-pdf"]
    assert FACTS["other"][0] in files["other"]["profile-data"]


def test_a_share_that_is_not_published_cannot_be_reached_by_its_number(world, enter):
    waiting = world.people["other"].share.pk
    for role in ROLES:
        for method in METHODS:
            page = address("report-share", world, share=waiting)
            assert getattr(enter(role), method)(page, {"ly-do": "x"}).status_code == 404


def test_a_draft_and_its_file_are_for_nobody(world, enter):
    for role in ROLES:
        assert enter(role).get(address("document", world, slug="ban-nhap")).status_code == 404
        answer = enter(role).get(address("file", world, name=world.files["ban-nhap"]))
        assert answer.status_code == (200 if role in INSIDE_THE_CONSOLE else 404), role


@pytest.mark.parametrize(
    "name", sorted(name for name, found in site_patterns().items() if "contest" in found.pattern.converters)
)
def test_a_contest_that_is_not_published_does_not_exist(world, enter, name):
    asked = address(name, world, contest=HIDDEN)
    for role in ("anonymous", "contestant", "organiser"):
        for method in METHODS:
            answer = getattr(enter(role), method)(asked, SITE[name].sent)
            led_to_sign_in = (
                role == "anonymous" and answer.status_code == 302 and reverse("sign-in") in answer["Location"]
            )
            assert led_to_sign_in or answer.status_code in {404, 405}, f"{role} {method} {name}"


SIGNED = {"cosignature"}  # what is handed in carries its own signature, from a machine without a session


@pytest.mark.parametrize("name", sorted(n for n, meets in SITE.items() if "405" not in meets.post and n not in SIGNED))
def test_nothing_is_done_for_a_form_of_another_site(world, enter, name):
    before = Session.objects.count()
    for role in ("anonymous", "contestant"):
        answer = enter(role, enforce_csrf_checks=True).post(address(name, world), SITE[name].sent)
        assert answer.status_code == 403, f"{role} {name}"
    assert Session.objects.count() == before


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
def test_no_address_knows_another_verb(world, enter, method):
    for name in SITE:
        if name in {"profile-erasure", "profile-consent"} or (name in OPEN_DATA and method == "options"):
            continue
        answer = getattr(enter("contestant"), method)(address(name, world))
        assert answer.status_code == 405, f"{method} {name}"


@pytest.mark.parametrize("role", ["anonymous", "judge"])
def test_the_whole_console_is_closed_to_whoever_has_no_role_in_it(world, enter, role):
    client = enter(role)
    filled = {
        "contest": world.contest.pk,
        "contestant": 1,
        "pk": 1,
        "object_id": "1",
        "content_type_id": "1",
        "app_label": "lantoa",
        "url": "x",
    }
    for _, pattern in console_patterns():
        if pattern.name is None or pattern.name in ENTRANCE:
            continue
        where = {key: filled[key] for key in pattern.pattern.regex.groupindex}
        page = reverse(f"admin:{pattern.name}", kwargs=where)
        for method in METHODS:
            answer = getattr(client, method)(page)
            assert answer.status_code == 302, f"{role} {method} {page}"
            assert answer["Location"].startswith("/quan-tri/login/")


def test_a_staff_role_takes_no_part_in_a_contest(world, enter):
    for role in STAFF:
        assert enter(role).post(address("exam-start", world))["Location"] == address("register", world)
        answer = enter(role).post(address("register", world), {"full_name": "Ban Tổ Chức"})
        assert answer.status_code == 200
        assert not world.contest.contestants.filter(person__account=world.accounts[role]).exists()
