"""What counts as a page seen, and that nothing counted is lost."""

from threading import Event

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from lantoa.contests.visits import Visit
from lantoa.site import visits
from lantoa.site.visits import CountVisits, VisitCounter
from tests.factories.contest import a_contest

PHONE = "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Zalo/1.0"


@pytest.fixture
def counter(monkeypatch):
    counter = VisitCounter()
    monkeypatch.setattr(visits, "visits", counter)
    return counter


def see(response=None, *, agent=PHONE, method="GET", **headers):
    """One request through the middleware, to a page of the contest."""
    request = RequestFactory().generic(method, "/thu-nghiem/", headers={"User-Agent": agent, **headers})
    request.resolver_match = ResolverMatch(lambda: None, (), {"contest": "thu-nghiem"})
    CountVisits(lambda _: response or HttpResponse("trang"))(request)


def held(counter):
    return counter._made["thu-nghiem"]


def test_a_page_seen_by_a_person_counts(counter):
    see()
    see()
    assert held(counter) == 2


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/searchengine)",
        "curl/8.1",
        "python-requests/2.31",
        "Mozilla/5.0 HeadlessChrome/120.0",
        "Zalo-Link-Preview/1.0",
    ],
)
def test_bots_are_left_out(counter, agent):
    see(agent=agent)
    assert held(counter) == 0


def test_forms_files_errors_redirects_and_pages_fetched_ahead_are_left_out(counter):
    see(method="POST")
    see(method="HEAD")
    see(HttpResponse("a,b", content_type="text/csv"))
    see(HttpResponse(status=404))
    see(HttpResponse(status=302))
    see(**{"Sec-Purpose": "prefetch;prerender"})
    assert held(counter) == 0


@pytest.mark.django_db
def test_a_flush_records_everything_once(counter):
    contest = a_contest()
    for _ in range(5):
        see()
    counter.flush()
    counter.flush()
    assert Visit.objects.get(contest=contest).n == 5
    assert Visit.objects.get().shard == counter.shard


def test_what_cannot_be_recorded_is_put_back(counter, monkeypatch):
    def broken(*args, **kwargs):
        counter.add("thu-nghiem")
        raise OperationalError("gone")

    monkeypatch.setattr(visits, "record_visits", broken)
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    for _ in range(3):
        see()
    counter.flush()
    assert held(counter) == 4


def test_the_thread_flushes_by_itself_and_stopping_records_the_rest(counter, monkeypatch):
    recorded, beaten = [], Event()

    def record(made, *, shard):
        recorded.append(sum(made.values()))
        beaten.set()

    monkeypatch.setattr(visits, "record_visits", record)
    monkeypatch.setattr(visits, "SECONDS", 0.01)
    monkeypatch.setattr(visits.atexit, "register", lambda call: None)
    monkeypatch.setattr(visits.util, "Finalize", lambda *args, **kwargs: None)
    see()
    counter.start()
    counter.start()
    assert beaten.wait(10)
    see()
    counter.stop()
    assert sum(recorded) == 2
    assert held(counter) == 0
