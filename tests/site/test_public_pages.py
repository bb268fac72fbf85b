"""Kept pages as the application sends them: to whom, by which rules, with which headers."""

from __future__ import annotations

import gzip
import os

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib import page_files
from lantoa.lib.page_files import COUNTS, KEPT, LEASE, PAGE_OF, PageFiles, file_name
from lantoa.site import visits
from lantoa.site.visits import VisitCounter
from tests.factories.contest import a_contest, a_contestant

HTML = "<!doctype html><title>đã giữ</title>".encode()
PHONE = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120.0 Mobile"
SLUG = "thu-nghiem"


@pytest.fixture
def files(settings):
    files = PageFiles(settings.PAGES)
    for name in ("index", f"{SLUG}/index", f"en/{SLUG}/index", f"{SLUG}/xep-hang/don-vi/theo=dang-ky"):
        files.keep(name, HTML)
    files.vouch(page_files.time.time())
    return files


@pytest.fixture
def browser(files):
    return Client(headers={"User-Agent": PHONE})


@pytest.fixture
def counter(monkeypatch):
    counter = VisitCounter()
    monkeypatch.setattr(visits, "visits", counter)
    return counter


@pytest.fixture
def time(monkeypatch):
    """`time(9)`: nine seconds later, for who looks at files."""
    gone, clock = [0.0], page_files.time.time
    monkeypatch.setattr(page_files.time, "time", lambda: clock() + gone[0])
    return lambda seconds: gone.__setitem__(0, gone[0] + seconds)


def test_a_kept_page_is_sent_without_a_query_to_the_database(browser, counter):
    answer = browser.get(f"/{SLUG}/")
    assert answer.content == HTML
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == "vi"
    assert answer.headers["Cache-Control"] == KEPT
    assert {"Accept-Encoding", "Cookie"} == set(answer.headers["Vary"].split(", "))
    assert "Content-Security-Policy" in answer.headers
    assert browser.get(f"/en/{SLUG}/").headers["Content-Language"] == "en"
    assert counter._made[SLUG] == 2


def test_it_is_sent_packed_to_who_can_unpack_it(browser):
    answer = browser.get(f"/{SLUG}/", headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == HTML


def test_the_tag_is_the_one_that_nginx_gives_to_the_same_file(browser, files):
    file = files.made / SLUG / "index.html.gz"
    status = file.stat()
    answer = browser.get(f"/{SLUG}/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["ETag"] == f'"{int(status.st_mtime):x}-{status.st_size:x}"'


def test_who_has_it_gets_304_and_has_seen_it_again(browser, counter):
    first = browser.get(f"/{SLUG}/")
    for headers in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        again = browser.get(f"/{SLUG}/", headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert counter._made[SLUG] == 3


def test_head_is_the_page_without_its_body_and_nobodys_visit(browser, counter):
    answer = browser.head(f"/{SLUG}/")
    assert answer.status_code == 200
    assert answer.content == b""
    assert counter._made[SLUG] == 0


@pytest.mark.parametrize("query", ["?fbclid=IwAR0_x", "?zarsrc=30&utm_source=zalo&utm_medium=zalo&utm_campaign=zalo"])
def test_what_others_append_to_an_address_means_nothing(browser, query):
    assert browser.get(f"/{SLUG}/{query}").content == HTML


@pytest.mark.parametrize(
    ("address", "query", "name"),
    [
        ("/", "", "index"),
        ("/a/", "theo=dang-ky", "a/theo=dang-ky"),
        ("/a/", "theo=dang-ky&q=x", None),
        ("/a/", "trang=2", None),
        ("/a/", "luc=2025-10-21T15:30", None),
        ("/a/", "theo=../b", None),
        ("/a/", "fbclid=x&trang=2", None),
        ("/a", "", None),
        ("/../a/", "", None),
        ("/a//b/", "", None),
        ("/a/\n", "", None),
    ],
)
def test_which_file_an_address_has(address, query, name):
    assert file_name(address, query) == name


@given(st.text(alphabet="/.a\n\0%-_é", max_size=20), st.text(alphabet="theo=.&/\n-x", max_size=12))
def test_no_address_leads_out_of_the_folder(address, query):
    name = file_name(address, query)
    assert name is None or (".." not in name and "\0" not in name and not name.startswith("/"))


@pytest.mark.django_db
def test_somebody_signed_in_gets_their_own_page_and_so_does_who_is_to_be_told_something(browser):
    contest = a_contest()
    me = a_contestant(contest)
    assert browser.get(f"/{SLUG}/").content == HTML
    browser.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    mine = browser.get(f"/{SLUG}/")
    assert HTML not in mine.content
    assert "no-store" in mine.headers["Cache-Control"]
    told = Client(headers={"User-Agent": PHONE})
    told.cookies["messages"] = "x"
    assert HTML not in told.get(f"/{SLUG}/").content


@pytest.mark.django_db
def test_posts_other_queries_and_foreign_names_are_not_answered_from_files(browser):
    a_contest()
    assert browser.post(f"/{SLUG}/").status_code == 405
    assert HTML not in browser.get(f"/{SLUG}/?trang=2").content
    assert browser.get(f"/{SLUG}/", headers={"Host": "ke-gian.example"}).status_code == 400


@pytest.mark.django_db
def test_when_nobody_vouches_the_application_makes_the_page_itself(browser, time):
    a_contest()
    assert browser.get(f"/{SLUG}/").content == HTML
    time(LEASE + page_files.PERIOD)
    assert HTML not in browser.get(f"/{SLUG}/").content


def test_a_new_page_is_seen_within_a_second_also_where_a_file_number_comes_back(browser, files, time):
    assert browser.get(f"/{SLUG}/").content == HTML
    file = files.made / SLUG / "index.html"
    for fresh in (b"<p>hai</p>", b"<p>ba</p>"):
        files.keep(f"{SLUG}/index", fresh)
        number = file.stat().st_ino
        time(1)
        assert browser.get(f"/{SLUG}/").content == fresh
    file.write_bytes(b"<p>bon</p>")  # the same number
    os.utime(file, (1, 1))
    assert file.stat().st_ino == number
    time(1)
    assert browser.get(f"/{SLUG}/").content == b"<p>bon</p>"


def test_a_web_server_that_counts_is_told_whose_page_it_is_and_the_site_counts_nothing(browser, counter):
    answer = browser.get(f"/{SLUG}/", headers={COUNTS: "1"})
    assert answer.headers[PAGE_OF] == SLUG
    assert counter._made[SLUG] == 0
    assert PAGE_OF not in browser.get(f"/{SLUG}/").headers
