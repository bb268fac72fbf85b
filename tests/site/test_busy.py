"""When the database cannot answer now: a clear page, a time to come back, nothing of the machine (R07, S23)."""

import os
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from lantoa.config import giving_way
from lantoa.lib.patient import base
from lantoa.lib.patient.base import hurried
from lantoa.site.views.errors import busy
from tests.factories.contest import a_contest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contest():
    return a_contest()


@contextmanager
def locked(table):
    """Somebody else holds the table, and this process waits for nobody."""
    with closing(connection.copy()) as wire:
        wire.set_autocommit(False)
        with wire.cursor() as holder, connection.cursor() as mine:
            holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            mine.execute("SET lock_timeout = '20ms'")
            try:
                yield
            finally:
                mine.execute("RESET lock_timeout")
        wire.rollback()


def asked(where, **how):
    return Client(raise_request_exception=False, **how).get(where)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_page_says_in_both_languages_that_it_is_busy_and_when_to_come_back(contest, prefix):
    with locked("lantoa_contest"):
        answer = asked(f"{prefix}/{contest.slug}/")
    said = answer.content.decode()
    wait = int(answer["Retry-After"])
    assert answer.status_code == 503
    assert 5 <= wait <= 15
    assert f'<meta http-equiv="refresh" content="{wait}">' in said
    assert "Trang đang bận" in said and '<p lang="en">Very busy right now.' in said
    assert answer["Cache-Control"] == "no-store"
    assert "lock" not in said and "psycopg" not in said


def test_what_was_posted_is_not_sent_again_by_itself(contest):
    with locked("lantoa_person"):
        answer = Client(raise_request_exception=False).post("/dang-nhap/", {"login": "0912000000", "password": "x"})
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert b"refresh" not in answer.content


def test_open_data_say_it_as_a_problem(contest):
    with locked("lantoa_contest"):
        answer = asked(f"/api/v1/contests/{contest.slug}/")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert 5 <= int(answer["Retry-After"]) <= 15
    assert answer.json()["type"].endswith("#busy")


def test_a_server_that_became_a_standby_is_busy_not_broken(contest):
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            answer = Client(raise_request_exception=False).post("/dang-nhap/", {"login": "0912000000", "password": "x"})
        finally:
            cursor.execute("SET default_transaction_read_only = off")
    assert answer.status_code == 503


def test_control_what_is_our_own_fault_stays_a_fault(contest):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lantoa_contest RENAME COLUMN name TO lost")
        try:
            answer = asked(f"/{contest.slug}/")
        finally:
            cursor.execute("ALTER TABLE lantoa_contest RENAME COLUMN lost TO name")
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers


def test_the_site_answers_again_as_soon_as_the_database_does(contest):
    with locked("lantoa_contest"):
        assert asked(f"/{contest.slug}/").status_code == 503
    assert asked(f"/{contest.slug}/").status_code == 200


# --- what only shows something gives way ----------------------------------------------------------------------------


@pytest.fixture
def impatient(settings):
    """A process of the site that waits for half a second, and a tenth of one for what is only shown."""
    base.limit(0.5)
    settings.READING = 0.1
    connection.close()
    yield
    base.limit(0)
    connection.close()


@contextmanager
def held(table):
    """Somebody else holds the table for as long as it takes."""
    with closing(connection.copy()) as wire:
        wire.set_autocommit(False)
        with wire.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
        wire.rollback()


def test_a_page_that_waited_in_vain_closes_the_way_for_pages_and_never_for_what_is_written(contest, impatient):
    browser = Client(raise_request_exception=False)
    with held("lantoa_document"):
        assert browser.get(f"/{contest.slug}/the-le/").status_code == 503
        connection.close()  # what the next request's beginning does; the test's browser leaves it out
        with CaptureQueriesContext(connection) as asked:
            turned_away = browser.get(f"/{contest.slug}/xep-hang/")
        assert turned_away.status_code == 503 and turned_away["Retry-After"]
        assert len(asked) == 0
        assert browser.post("/dang-nhap/", {"login": "0912000000", "password": "x"}).status_code == 200
        assert browser.get(f"/{contest.slug}/thi/").status_code == 302  # to the sign-in: not turned away
    assert connection.connection.seconds == base.Patient.seconds


def test_the_way_opens_again_after_a_multiple_of_what_was_lost(contest, impatient, monkeypatch):
    browser = Client(raise_request_exception=False)
    now = [1000.0]
    monkeypatch.setattr(giving_way.time, "monotonic", lambda: now[0])

    def slow(request):
        now[0] += 3.0
        return busy(request)

    turn = giving_way.ReadsGiveWay(slow)
    request = RequestFactory().get(f"/{contest.slug}/")
    assert turn(request).status_code == 503
    turn.get_response = lambda _request: HttpResponse("shown")
    now[0] += giving_way.REST * 3.0 - 0.1
    assert turn(request).status_code == 503
    now[0] += 0.2
    assert turn(request).content == b"shown"
    assert browser.get(f"/{contest.slug}/").status_code == 200


def test_control_who_is_as_patient_with_pages_waits_as_long_as_for_anything(contest, impatient, settings):
    settings.READING = 100
    with hurried(settings.READING):
        connection.ensure_connection()
        assert connection.connection.seconds == base.Patient.seconds


# --- a full disk ----------------------------------------------------------------------------------------------------


def test_a_request_whose_line_of_the_log_finds_no_room_is_answered_all_the_same(contest, settings, monkeypatch):
    settings.LOG_FORM = "json"
    with Path("/dev/full").open("w") as full:  # every write to it says that the disk is full
        monkeypatch.setattr(sys, "__stderr__", full)
        with pytest.raises(OSError, match="No space left"):
            os.write(full.fileno(), b"the control")
        assert Client().get(f"/{contest.slug}/").status_code == 200
