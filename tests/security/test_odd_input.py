"""S23: whatever is sent, the answer is a page in the reader's language, never a crash, never an insight."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tests.security.addresses import SITE, address, site_patterns
from tests.security.test_no_code_runs import FORMS, QUERIES

pytestmark = pytest.mark.django_db
FIELDS = sorted({field for fields in FORMS.values() for field in fields} | {"ban", "chac", "dong-y"})
NUMBERED = sorted(name for name, found in site_patterns().items() if "IntConverter" in str(found.pattern.converters))
WORDED = sorted(
    (name, key)
    for name, found in site_patterns().items()
    for key, converter in found.pattern.converters.items()
    if type(converter).__name__ in {"StringConverter", "PathConverter"}
)
HUGE = (0, 2**15, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**30, 10**4000)
ODD = (
    *("٣", "x" * 5_000, "-1", "99999999999999999999", "\ufffe", "\0", "a\0b", "\ud800", "'", "%00"),
    *("１", "\u202e", '"', "\\", "%", "..", ".", "/", "\r\nX: y", "1e9", "None", "[]"),
)
INSIGHT = re.compile(r"Traceback|File \"|/site-packages|/work/|\.py\b|psycopg|SELECT |Exception|DEBUG = ")
LOOSE = how(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sound(answer) -> bool:
    """Whether it is an answer at all, and tells nothing of the machine."""
    assert connection.is_usable()
    return answer.status_code < 500 and not INSIGHT.search(
        answer.words if "html" in answer.headers.get("Content-Type", "") else ""
    )


def raw(text: str) -> str:
    """As it goes over the wire: what is no character at all, too."""
    return quote(text.encode(errors="surrogatepass"))


def sending(browser, method, where, fields):
    """The fields as an address or as a form, whatever is in them."""
    data = "&".join(f"{raw(name)}={raw(value)}" for name, value in fields.items())
    if method == "get":
        return browser.get(f"{where}?{data}")
    return browser.post(where, data, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize("name", NUMBERED)
def test_a_number_of_any_size_is_a_number_that_does_not_exist(world, enter, name):
    key = next(key for key, found in site_patterns()[name].pattern.converters.items() if "IntConverter" in str(found))
    sample = address(name, world, **{key: 7})
    for role in ("anonymous", "contestant"):
        for number in HUGE:
            where = re.sub(r"/7/", f"/{number}/", sample)
            for method, headers in (("get", {}), ("post", {}), ("post", {"accept": "application/json"})):
                answer = getattr(enter(role), method)(
                    where, SITE[name].sent if method == "post" else {}, headers=headers
                )
                assert sound(answer), where
                assert answer.status_code in {302, 404, 405}, f"{role} {method} {where[:80]}: {answer.status_code}"


@pytest.mark.parametrize(("name", "key"), WORDED)
def test_a_word_of_any_kind_in_an_address_is_not_found(world, enter, name, key):
    sample = address(name, world, **{key: "THISWORD"})
    for odd in ODD:
        for role in ("anonymous", "contestant"):
            for method in ("get", "post"):
                answer = getattr(enter(role), method)(sample.replace("THISWORD", raw(odd)), SITE[name].sent)
                assert sound(answer), f"{method} {odd!r}"
                assert answer.status_code >= 300, f"{method} {odd!r}"


def may(name, method) -> str | None:
    """Somebody who gets through to the view of that address, if anybody does."""
    return next(
        (role for role in ("anonymous", "contestant") if SITE[name].answer(method, role) not in {302, 405}), None
    )


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(SITE))
def test_every_field_takes_anything(world, enter, name, method):
    role = may(name, method)
    if role is None:
        return
    fixed, fields = {"do": "play"} if name == "card" else {}, QUERIES if method == "get" else FIELDS
    for odd in ODD[:5]:
        assert sound(sending(enter(role), method, address(name, world), dict.fromkeys(fields, odd) | fixed)), repr(odd)


@pytest.mark.parametrize(
    ("name", "method"),
    [("register", "get"), ("register", "post"), ("standings", "get"), ("wall", "get"), ("sign-in", "post")],
)
def test_a_zero_byte_or_half_a_character_is_refused_in_whatever_field_it_stands(world, enter, name, method):
    for field in [*(QUERIES if method == "get" else FIELDS), "something-else", "a\0b"]:
        answer = sending(enter("anonymous"), method, address(name, world), {field: "a\0b"})
        assert answer.status_code == 400, field
        assert sound(answer)


@LOOSE
@given(
    name=st.sampled_from(sorted(SITE)),
    method=st.sampled_from(["get", "post", "head", "put"]),
    role=st.sampled_from(["anonymous", "contestant", "organiser"]),
    prefix=st.sampled_from(["", "/en"]),
    fields=st.dictionaries(
        st.sampled_from([*QUERIES, *FIELDS]) | st.text(max_size=8),
        st.text(max_size=60) | st.sampled_from(ODD),
        max_size=6,
    ),
    place=st.none() | st.text(min_size=1, max_size=40) | st.sampled_from(ODD),
)
def test_nothing_sent_to_any_address_breaks_it(world, enter, *, name, method, role, prefix, fields, place):
    where = prefix + address(name, world)
    if place is not None:
        parts = where.split("/")
        parts[-2] = raw(place)
        where = "/".join(parts)
    form = "&".join(f"{raw(key)}={raw(value)}" for key, value in fields.items())
    browser = enter(role)
    assert sound(
        getattr(browser, method)(f"{where}?{form}")
        if method in {"get", "head"}
        else getattr(browser, method)(f"{where}?{form}", form, content_type="application/x-www-form-urlencoded")
    )


BROKEN_COOKIES = (
    "",
    "x",
    "\\000" * 12,
    '"\\000\\000\\000\\000\\000\\000\\000\\000\\000"',
    "\udc80" * 12,
    "é" * 32,
    "x" * 4_000,
    "../../etc/passwd",
)


@pytest.mark.parametrize("cookie", BROKEN_COOKIES)
@pytest.mark.parametrize(
    "name", [settings.SESSION_COOKIE_NAME, "csrftoken", "messages", "co-chu", settings.LANGUAGE_COOKIE_NAME]
)
def test_a_broken_cookie_is_no_cookie(world, enter, name, cookie):
    for where in (address("profile", world), address("sign-in", world)):
        sent = f"{name}={cookie}".encode(errors="surrogateescape").decode("latin-1")
        for method in ("get", "post"):
            answer = getattr(enter("anonymous"), method)(where, HTTP_COOKIE=sent)
            assert sound(answer), where
            assert answer.status_code in {200, 302, 400, 403, 405}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded; charset=utf-16", b"login=a"),
        ("application/x-www-form-urlencoded; charset=khong-co", b"login=a"),
        ("multipart/form-data", b"login=a"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n\xff\xfe\0\r\n--x--\r\n'),
        ("multipart/form-data; boundary=x; charset=unicode_escape", b'--x\r\nContent-Disposition: form-data; name="contest"\r\n\r\n\\ud800\\u0000\r\n--x--\r\n'),
        ("multipart/form-data; boundary=\xe9", b"x"),
        ("application/json", b'{"login": {"$ne": 1}}'),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(600))),
        ("application/x-www-form-urlencoded", b"login=" + b"x" * 1_100_000),
        ("application/x-www-form-urlencoded", b"login=%ff%fe%00&password=%ed%a0%80"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_is_refused_or_read_as_nothing(world, enter, kind, body):
    for name in ("sign-in", "register", "share"):
        role = "contestant" if name == "share" else "anonymous"
        answer = enter(role).generic("POST", address(name, world), body, content_type=kind)
        assert sound(answer)
        assert answer.status_code in {200, 400, 413, 422}, answer.status_code


@pytest.mark.parametrize(("prefix", "language"), [("", "vi"), ("/en", "en")])
def test_what_went_wrong_is_said_in_the_readers_language_and_without_insight(
    world, enter, monkeypatch, prefix, language
):
    monkeypatch.setattr("lantoa.site.views.profile.missing", lambda _person: 1 / 0)
    browser = enter("contestant", raise_request_exception=False)
    answers = {
        404: browser.get(f"{prefix}/{world.contest.slug}/khong-co/"),
        403: enter("contestant", enforce_csrf_checks=True).post(prefix + address("share", world)),
        500: browser.get(prefix + address("profile", world)),
        400: browser.get(f"{prefix}/dang-nhap/?contest=%00"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert not INSIGHT.search(answer.words)
        assert "<h1>" in answer.words
        if status != 500:  # the page of last resort says it in both
            assert f'<html lang="{language}">' in answer.words
    assert 'lang="en"' in answers[500].words
    assert "Trang đang trục trặc" in answers[500].words


def test_a_broken_console_tells_nothing_either(world, enter, monkeypatch):
    monkeypatch.setattr("lantoa.console.winners.provisional", lambda *_: 1 / 0)
    browser = enter("organiser", raise_request_exception=False)
    answer = browser.get(f"/quan-tri/giai-tam-tinh/{world.contest.pk}/")
    assert answer.status_code == 500
    assert not INSIGHT.search(answer.words)
    for where in (
        "/quan-tri/lantoa/share/%00/change/",
        "/quan-tri/lantoa/unit/?q=%00",
        "/quan-tri/lantoa/share/?state=%00",
        "/quan-tri/lantoa/unit/?kind__exact=%00",
        "/quan-tri/lantoa/share/?p=99999999999999999999",
        f"/quan-tri/giai-tam-tinh/{10**30}/",
        f"/quan-tri/lantoa/share/{10**30}/change/",
        "/quan-tri/autocomplete/?app_label=lantoa&model_name=population&field_name=unit&term=%00",
    ):
        assert enter("organiser").get(where).status_code < 500, where
