"""What the outermost middleware answers, counts and names; and what probes say to machines."""

import json
import re
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings as live
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from lantoa.config import probes
from lantoa.config.watching import Watch
from lantoa.lib.watch import measures
from lantoa.lib.watch.meters import Meters
from lantoa.management.public_pages import request_of
from lantoa.site.public_pages import KEPT_PAGE
from tests.factories.contest import a_contest


@pytest.fixture
def counted(monkeypatch):
    """How often each request was answered, by route, method and status."""
    meters = Meters()
    monkeypatch.setattr(measures, "MINE", meters)
    return lambda name="lantoa_requests_total": {k[1:]: v[0] for k, v in meters.numbers().items() if k[0] == name}


@pytest.fixture
def no_session(django_db_blocker):
    """A browser that must not need the database."""
    with django_db_blocker.block():
        yield Client()


# --- what is counted ------------------------------------------------------------------------------------------------


def test_nothing_stands_before_it():
    assert live.MIDDLEWARE[0] == "lantoa.config.watching.Watch"


def test_requests_are_counted_by_the_name_of_their_page_and_never_by_an_address(counted, db):
    contest = a_contest()
    client = Client()
    client.get(f"/{contest.slug}/")
    client.get("/kiem-tra/HP25-7K3M-9Q2X-4TBD/")
    client.get(f"/{contest.slug}/ket-qua/7/")
    client.get("/khong/co/trang/nay/031090123456/")
    client.post("/dang-nhap/", {"login": "031090123456", "password": "x"})
    client.get("/quan-tri/")
    client.get("/static/khong-co.css")
    client.get("/api/v1/khong-co")
    assert counted() == {
        ("contest", "GET", "2xx"): 1,
        ("check-number", "GET", "4xx"): 1,
        ("result", "GET", "3xx"): 1,
        ("unknown", "GET", "4xx"): 1,
        ("sign-in", "POST", "2xx"): 1,
        ("admin:index", "GET", "3xx"): 1,
        ("static", "GET", "4xx"): 1,
        ("api", "GET", "4xx"): 1,
    }


def test_a_front_that_answers_by_itself_says_whose_page_it_was(counted):
    def front(_request):
        response = HttpResponse()
        response.route = "exam-submit"
        return response

    Watch(front)(RequestFactory().post("/thu/thi/7/nop/"))
    assert counted() == {("exam-submit", "POST", "2xx"): 1}


def test_whatever_somebody_invents_as_a_method_is_one_series(counted):
    for method in ("BREW", "PROPFIND", "GET\n"):
        Watch(lambda _: HttpResponse(status=405))(RequestFactory().generic(method, "/"))
    assert counted() == {("unknown", "other", "4xx"): 3}


def test_a_request_that_breaks_is_counted_by_what_broke(counted, monkeypatch, db):
    client = Client(raise_request_exception=False)

    def broken(*_, **__):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("lantoa.site.views.landing.contest_or_404", broken, raising=False)
    monkeypatch.setattr("lantoa.site.views.landing.whoever", broken, raising=False)
    contest = a_contest()
    assert client.get(f"/{contest.slug}/").status_code == 503
    assert counted("lantoa_request_failures_total") == {("database",): 1}
    assert counted()["contest", "GET", "5xx"] == 1


def test_the_time_before_us_is_known_only_from_our_own_proxy(counted, settings):
    request = RequestFactory().get("/", headers={"X-Request-Start": "t=1700000000.000"})
    Watch(lambda _: HttpResponse())(request)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    front = Watch(lambda _: HttpResponse())
    front(request)  # years ago: two clocks that do not agree
    assert not counted("lantoa_request_wait_seconds")
    front(RequestFactory().get("/", headers={"X-Request-Start": "t=9999999999.000"}))
    assert counted("lantoa_request_wait_seconds") == {(): 1}


# --- names of requests ----------------------------------------------------------------------------------------------


def identity(settings, proxied, **headers):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxied else None
    return Watch(lambda _: HttpResponse())(RequestFactory().get("/", headers=headers))["X-Request-ID"]


def test_a_request_is_named_by_our_proxy_or_by_us_and_by_nobody_else(settings):
    given = "0af7651916cd43dd8448eb211c80319c"
    assert identity(settings, True, **{"X-Request-ID": given}) == given
    for proxied, sent in [(False, given), (True, ""), (True, "a b" * 5), (True, 'x","level":"y1234'), (True, "1" * 65)]:
        assert re.fullmatch(r"[0-9a-f]{16}", identity(settings, proxied, **{"X-Request-ID": sent}))


def test_two_requests_never_have_one_name(settings):
    assert len({identity(settings, False) for _ in range(200)}) == 200


def test_the_page_of_a_broken_request_shows_its_name(monkeypatch, db, settings):
    def broken(*_, **__):
        raise RuntimeError("broken")

    monkeypatch.setattr("lantoa.site.views.landing.whoever", broken, raising=False)
    monkeypatch.setattr("lantoa.site.views.landing.contest_or_404", broken, raising=False)
    contest = a_contest()
    answer = Client(raise_request_exception=False).get(f"/{contest.slug}/")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()


# --- probes ---------------------------------------------------------------------------------------------------------


def test_a_living_process_says_so_without_the_database_a_host_name_or_https(no_session, settings, counted):
    settings.SECURE_SSL_REDIRECT = True
    answer = no_session.get("/healthz", headers={"Host": "10.0.0.7"})
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"ok\n", "no-store")
    assert not answer.cookies
    assert counted() == {}


def test_ready_is_who_can_write_and_has_every_migration(db):
    answer = Client().get("/readyz", headers={"Host": "10.0.0.7"})
    assert (answer.status_code, answer.content) == (200, b"ready\n")


def not_ready():
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    return answer.content.decode()


def test_who_lacks_a_migration_is_not_ready_and_one_too_many_hinders_nobody(db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('lantoa', '9999_to_come', now())")
        assert Client().get("/readyz").status_code == 200
        cursor.execute("DELETE FROM django_migrations WHERE app = 'lantoa' AND name = '0005_corrections'")
    assert not_ready() == "not ready: migrations\n"


def test_who_can_only_read_is_not_ready(db):
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    assert not_ready() == "not ready: read-only\n"


def test_who_has_no_key_to_sign_receipts_is_not_ready(settings):
    settings.KEYS = SimpleNamespace(receipt=None)
    assert not_ready() == "not ready: keys\n"


def test_without_a_database_the_reason_is_a_code_and_nothing_else(monkeypatch, django_db_blocker):
    """A real connection to a socket where nobody listens."""
    with django_db_blocker.unblock():
        connection.close()
        nowhere = {**connection.get_connection_params(), "host": "/nonexistent", "connect_timeout": 1}
        monkeypatch.setattr(connection, "get_connection_params", lambda: nowhere)
        with pytest.raises(psycopg.OperationalError, match="nonexistent"):
            psycopg.connect(host="/nonexistent")
        assert not_ready() == "not ready: database\n"
        connection.close()


def test_the_migrations_that_are_wanted_are_those_of_the_folder():
    folder = live.SRC / "migrations"
    assert probes.wanted() == {path.stem for path in folder.glob("0*.py")}


# --- lines ----------------------------------------------------------------------------------------------------------


def test_a_request_writes_one_line_that_any_program_reads(capfd, counted, settings):
    settings.LOG_FORM = "json"
    answer = Watch(lambda _: HttpResponse(status=404))(RequestFactory().get("/a?b=c"))
    (line,) = capfd.readouterr().err.splitlines()
    told = json.loads(line)
    assert told.keys() == {"at", "event", "id", "route", "method", "status", "ms", "process"}
    assert (told["event"], told["id"], told["route"], told["status"]) == (
        "request",
        answer["X-Request-ID"],
        "unknown",
        404,
    )


def test_a_page_that_is_kept_counts_as_kept_and_one_that_is_made_to_be_kept_is_no_request(counted, capfd):
    response = HttpResponse()
    response.route = KEPT_PAGE
    Watch(lambda _: response)(RequestFactory().get("/thu-nghiem/"))
    assert counted() == {("kept", "GET", "2xx"): 1}
    Watch(lambda _: HttpResponse())(request_of("/thu-nghiem/", ""))
    assert counted() == {("kept", "GET", "2xx"): 1}
    assert len(capfd.readouterr().err.splitlines()) == 1
