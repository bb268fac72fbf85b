"""Forms that stand ready: the ordinary page, byte for byte but for its token, for those who are nobody yet."""

import gzip
import re
from datetime import timedelta

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client
from django.urls import reverse

from lantoa.contests.models import Contestant
from lantoa.lib import clock
from lantoa.site import ready
from lantoa.site.visits import visits
from tests.factories.contest import a_contest
from tests.site.test_register_page import SLUG, TYPED, address

TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')
PAGES = [
    f"/{SLUG}/dang-ky/",
    f"/en/{SLUG}/dang-ky/",
    f"/{SLUG}/dang-ky/?don-vi=11414",
    "/dang-nhap/",
    f"/dang-nhap/?contest={SLUG}&next=/{SLUG}/thi/%3Fa%3D%22%3E",
    f"/en/dang-nhap/?contest={SLUG}&kieu=ten",
]


@pytest.fixture
def contest(db):
    now = clock.now()
    return a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))


def body(answer) -> str:
    packed = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.content) if packed else answer.content).decode()


def told(answer):
    """Everything that an answer says but what is this browser's and this request's own."""
    own = {"X-Request-ID", "Content-Length", "Vary"}
    headers = {name: value for name, value in answer.headers.items() if name not in own}
    vary = set(answer.headers["Vary"].replace(" ", "").split(",")) - {"Accept-Language"}  # the address says it
    cookies = [{**crumb, "expires": ""} for crumb in answer.cookies.values()]
    return answer.status_code, headers, vary, TOKEN.sub("", body(answer)), list(answer.cookies), cookies


@pytest.mark.parametrize("packed", [{}, {"Accept-Encoding": "gzip"}], ids=["plain", "packed"])
@pytest.mark.parametrize("path", PAGES)
def test_the_second_who_asks_gets_the_same_page_without_a_query(
    contest, path, packed, settings, django_assert_num_queries
):
    settings.DEMO = True
    ordinary = told(Client().get(path, headers=packed))
    settings.DEMO = False
    first = Client().get(path, headers=packed)
    with django_assert_num_queries(0):
        second = Client().get(path, headers=packed)
    assert told(first) == told(second)
    assert (first.status_code, *told(first)[1:3]) == (200, *ordinary[1:3])
    assert TOKEN.findall(body(first)) != TOKEN.findall(body(second))
    assert second.headers["Cache-Control"] == "private, no-store"


def test_the_ready_page_is_the_template_as_it_is_rendered_for_whoever_brings_a_cookie(contest):
    for path in PAGES:
        visitor = Client()
        visitor.cookies["sessionid"] = "k" * 32  # opens nothing
        ordinary = body(visitor.get(path))
        Client().get(path)
        assert TOKEN.sub("", body(Client().get(path))) == TOKEN.sub("", ordinary)


def test_a_form_that_stood_ready_is_taken_with_its_own_token_and_with_no_other(contest):
    Client().get(address())
    browser, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    (mine,), (theirs,) = (TOKEN.findall(body(one.get(address()))) for one in (browser, other))
    assert browser.post(address(), {**TYPED, "csrfmiddlewaretoken": theirs}).status_code == 403
    assert browser.post(address(), {**TYPED, "csrfmiddlewaretoken": mine}).url == address("topics")
    assert Contestant.objects.count() == 1


def test_the_token_of_a_browser_stays_its_own_through_many_pages(contest):
    browser = Client(enforce_csrf_checks=True)
    (early,) = TOKEN.findall(body(browser.get(address())))
    browser.get(address())
    assert browser.post(address(), {**TYPED, "csrfmiddlewaretoken": early}).status_code == 302


def test_who_is_signed_in_never_gets_it_and_leaves_none(client, contest):
    client.post(address(), TYPED)
    assert client.get(address()).url == address("topics")
    assert client.get(reverse("sign-in"), {"contest": SLUG}).status_code == 302
    assert not ready._forms
    Client().get(address())
    assert client.get(address()).url == address("topics")


def test_what_is_said_to_somebody_is_said_to_them_alone(contest):
    visitor = Client()
    visitor.cookies[CookieStorage.cookie_name] = "whatever"
    visitor.get(address())
    assert not ready._forms


def test_it_stands_for_some_seconds_and_never_past_the_closing(contest, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(ready, "monotonic", lambda: now)
    Client().get(address())
    contest.name = "Cuộc thi khác tên"
    contest.save()
    assert contest.name not in body(Client().get(address()))
    now += ready.LASTS.total_seconds()
    assert contest.name in body(Client().get(address()))
    contest.closes_at = clock.now() + timedelta(seconds=2)
    contest.save()
    now += ready.LASTS.total_seconds()
    Client().get(address())
    (form,) = ready._forms.values()
    assert form.until <= now + 2


def test_before_the_opening_nothing_stands_ready(contest):
    contest.opens_at = clock.now() + timedelta(days=1)
    contest.save()
    Client().get(address())
    assert not ready._forms


def test_another_name_and_an_open_line_are_refused_as_ever(contest, settings):
    Client().get(address())
    assert Client().get(address(), headers={"Host": "ke-gian.vn"}).status_code == 400
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    assert Client().get(address()).status_code == 301


def test_somebodys_look_at_it_is_counted(contest):
    browser = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
    visits._made.clear()
    for _ in range(3):
        Client().get(address(), headers={"User-Agent": browser})
    assert visits._made[SLUG] == 3
    visits._made.clear()


def test_however_many_addresses_are_invented_few_are_kept(contest, monkeypatch):
    monkeypatch.setattr(ready, "MOST", 3)
    for number in range(8):
        Client().get("/dang-nhap/", {"next": f"/{number}"})
        assert len(ready._forms) <= 3
