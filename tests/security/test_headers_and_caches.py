"""S11, S23 and the shared device: headers that every answer carries, and no private page kept after signing out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import override_settings

from lantoa.lib.page_files import FORMS
from tests.security.addresses import NEVER, OPEN_DATA, SITE, address
from tests.security.conftest import FACTS, PASSWORD

pytestmark = pytest.mark.django_db
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
NOTHING_ELSE = {"default-src": "'none'", "frame-ancestors": "'none'", "base-uri": "'none'", "form-action": "'self'"}
# What anybody may keep, signed in or not: it is the same for everybody.
FOR_EVERYBODY = {"robots", "favicon", "file", "contest-qr", "unit-qr", "units-json", *OPEN_DATA}


def policy_of(answer) -> dict[str, str]:
    """The Content-Security-Policy by directive."""
    return dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))


def fault(answer, *, console: bool = False, open_data: bool = False) -> list[str]:
    """What an answer lacks."""
    always = ALWAYS | ({"Cross-Origin-Resource-Policy": "cross-origin"} if open_data else {})
    found = [name for name, value in always.items() if answer.headers.get(name) != value]
    policy = policy_of(answer)
    found += [name for name, value in NOTHING_ELSE.items() if policy.get(name) != value]
    for name in ("script-src", "style-src"):
        beyond = (
            set(policy[name].split()) - {"'self'"} - ({"'unsafe-eval'"} if console and name == "script-src" else set())
        )
        found += sorted(beyond)
    return found + [
        source for source in " ".join(policy.values()).split() if source in {"*", "http:", "'unsafe-inline'"}
    ]


def test_every_answer_of_the_crawl_carries_every_header(crawled):
    for seen in crawled:
        assert fault(seen.answer, console="admin:" in seen.kind, open_data=" api-" in seen.kind) == [], seen.where


@pytest.mark.parametrize("name", sorted(SITE))
def test_every_address_carries_them_for_every_verb(world, enter, name):
    browser = enter("contestant")
    for method in ("post", "put"):  # reading is what the crawl does
        answer = getattr(browser, method)(address(name, world), SITE[name].sent)
        assert fault(answer, open_data=name in OPEN_DATA) == [], method


def test_so_do_pages_for_what_went_wrong(world, enter, monkeypatch):
    browser = enter("contestant", raise_request_exception=False)
    monkeypatch.setattr("lantoa.site.views.profile.missing", lambda _person: 1 / 0)
    missing, broken = browser.get("/khong-co/"), browser.get(address("profile", world))
    stale = enter("contestant", enforce_csrf_checks=True).post(address("share", world))
    foreign = browser.get("/", headers={"host": "ke-gian.example"})
    found = [answer.status_code for answer in (missing, broken, stale, foreign)]
    assert found == [404, 500, 403, 400]
    for answer in (missing, broken, stale, foreign):
        assert fault(answer) == []
        assert "no-store" in answer.headers["Cache-Control"]


@override_settings(SECURE_SSL_REDIRECT=True)
def test_so_does_the_way_from_http_to_https(world, enter):
    for headers, status in (({}, 301), ({"host": "ke-gian.example"}, 400)):
        answer = enter("anonymous").get("/", headers=headers)
        assert answer.status_code == status
        assert fault(answer) == []
        assert "ke-gian" not in answer.headers.get("Location", "")


def test_a_page_of_somebody_signed_in_is_kept_by_nobody(crawled):
    mine = [seen for seen in crawled if seen.role != "anonymous" and seen.kind.split()[1] not in FOR_EVERYBODY]
    assert len(mine) > 200
    for seen in mine:
        assert "no-store" in seen.answer.headers["Cache-Control"], seen.where
        assert "public" not in seen.answer.headers["Cache-Control"], seen.where


def test_what_everybody_may_keep_is_the_same_for_everybody(world, enter):
    for name in FOR_EVERYBODY - {"favicon"}:
        answers = [enter(role).get(address(name, world)).words for role in ("anonymous", "contestant", "organiser")]
        assert len(set(answers)) == 1, name


def test_nginx_knows_which_pages_bring_everybody_a_cookie_and_holds_nobody_back_before_them(world, enter):
    for name, meets in SITE.items():
        if meets.get != NEVER:
            path = address(name, world)
            brings = bool(enter("anonymous").get(path).cookies)
            assert bool(re.fullmatch(FORMS, path[1:].partition("?")[0])) == brings, name


def test_an_answer_that_sets_a_cookie_is_kept_by_nobody(world, enter):
    for name in ("sign-in", "register", "report-share"):
        answer = enter("anonymous").get(address(name, world))
        assert answer.cookies
        assert "no-store" in answer.headers["Cache-Control"], name


def test_signing_out_leaves_nothing_to_go_back_to(world, enter):
    browser = enter("contestant")
    before = browser.get(address("profile", world))
    assert "no-store" in before.headers["Cache-Control"]
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    gone = browser.post(address("sign-out", world))
    assert {'"cache"', '"storage"'} <= set(gone.headers["Clear-Site-Data"].split(", "))
    assert browser.get(address("profile", world)).status_code == 302
    browser.cookies[settings.SESSION_COOKIE_NAME] = session  # kept by somebody else meanwhile
    assert browser.get(address("profile", world)).status_code == 302


def test_leaving_the_console_does_the_same(world, enter):
    browser = enter("organiser")
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    browser.post("/quan-tri/logout/")
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    assert browser.get("/quan-tri/").status_code == 302


def test_signing_in_takes_another_session_than_the_one_that_was_there(world, enter):
    browser = enter("anonymous")
    browser.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32  # laid there by somebody else
    browser.get(address("sign-in", world))
    browser.post(address("sign-in", world), {"login": FACTS["other"][2], "password": PASSWORD})
    fresh = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert fresh not in {"k" * 32, world.sessions["other"]}
    assert browser.get(address("profile", world)).status_code == 200


def test_another_password_ends_the_sessions_of_other_devices(world, enter):
    here, there = enter("other"), enter("other")
    here.post("/dang-nhap/")
    sent = here.post(address("password", world), {"old": PASSWORD, "new": "thuyền lên nước lên nhé"})
    assert sent.status_code == 302
    assert here.get(address("profile", world)).status_code == 200
    assert there.get(address("profile", world)).status_code == 302


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(world, enter):
    browser = enter("anonymous")
    browser.get(address("sign-in", world))
    answer = browser.post(address("sign-in", world), {"login": FACTS["other"][2], "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = answer.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]


def test_an_address_with_https_makes_cookies_secure_and_the_browser_remember_it(tmp_path):
    asked = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEBUG")
    code = f"import json, lantoa.config.settings as s; print(json.dumps([getattr(s, name) for name in {asked}]))"
    env = {
        **os.environ,
        "LANTOA_URL": "https://congdanso.example",
        "LANTOA_DATA": str(tmp_path),
        "DATABASE_URL": "postgres://x/x",
    }
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [True, True, True, 31_536_000, False]


def test_nothing_names_the_software_or_its_version(crawled):
    for seen in crawled:
        assert not {"Server", "X-Powered-By", "Via"} & set(seen.answer.headers), seen.where
        if " admin:" not in seen.kind and seen.is_page:
            assert not re.search(r"django|python/\d|psycopg|postgresql", seen.answer.words, re.IGNORECASE), seen.where
