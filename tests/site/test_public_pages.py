"""Kept pages as the application sends them: to whom, by which rules, with which headers."""

from __future__ import annotations

import gzip
import os
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from lantoa.contests.models import Contestant, Movement
from lantoa.exams.models import Best
from lantoa.exams.ranking import RANKING
from lantoa.lib import clock, page_files
from lantoa.lib.page_files import COUNTS, KEPT, LEASE, PAGE_OF, PageFiles, file_name
from lantoa.lib.text import mask_name
from lantoa.people.models import Account, Person
from lantoa.site import visits
from lantoa.site.visits import VisitCounter
from lantoa.standings.ranks import my_place
from lantoa.standings.rebuild import rebuild
from tests.factories.contest import a_contest, a_contestant
from tests.factories.crowd import crowd

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


# ── Somebody signed in: the state that everybody sees, and what is their own ──────────────────────────────────────────


@pytest.fixture
def running(db):
    """A contest in which two hundred have taken the exam."""
    contest = a_contest(opens_at=clock.now() - timedelta(days=5), closes_at=clock.now() + timedelta(days=5))
    crowd(contest, people=200, seed=4, until=clock.now())
    rebuild(contest)
    return contest


def signed_in(contest, **where):
    me = Contestant.objects.filter(contest=contest, **where).first()
    browser = Client(headers={"User-Agent": PHONE})
    account = Account.objects.filter(person=me.person).first() or Account.objects.create(
        person=me.person, password="!", created_at=clock.now()
    )
    browser.force_login(account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    return me, browser


def made(settings, name, html):
    files = PageFiles(settings.PAGES)
    files.keep(name, html)
    files.vouch(page_files.time.time())


BOARDS = ("", "xep-hang/", "xep-hang/don-vi/", "xep-hang/cum/", "thong-ke/")


@pytest.mark.parametrize("board", BOARDS)
def test_who_is_signed_in_reads_no_counts_while_a_public_page_stands(
    running, settings, board, django_assert_num_queries
):
    made(settings, f"{SLUG}/{board}index", HTML)
    ranked = list(Best.objects.filter(contest=running).order_by(*RANKING)[:2])
    for best in ranked * 2:
        _, browser = signed_in(running, pk=best.contestant_id)
        assert "Trang của tôi" in browser.get(f"/{SLUG}/{board}").content.decode()
        with django_assert_num_queries(2 if board == "xep-hang/" else 1):
            browser.get(f"/{SLUG}/{board}")


def test_two_people_on_the_kept_board_see_their_own_places_and_rows(running, settings):
    made(settings, f"{SLUG}/xep-hang/index", HTML)
    ranked = list(Best.objects.filter(contest=running).order_by(*RANKING)[:60])
    for _ in range(2):
        for best in (ranked[0], ranked[7], ranked[-1]):
            me, browser = signed_in(running, pk=best.contestant_id)
            html = browser.get(f"/{SLUG}/xep-hang/").content.decode()
            place = my_place(me)
            assert f"<b>{place.city}</b>" in html
            assert f"<b>{place.unit}</b>" in html
            assert me.unit.full_name in html
            assert html.count('id="toi"') == (1 if best is not ranked[-1] else 0)
            if best is not ranked[-1]:
                row = html.split('id="toi"')[1].split("</tr>")[0]
                assert mask_name(me.person.full_name) in row


def test_names_on_the_kept_landing_are_each_ones_own_and_never_markup(running, settings):
    made(settings, f"{SLUG}/index", HTML)
    people = []
    for place, name in enumerate(("Trần Thị Mận", "Lê <b>Đào</b>")):
        me, browser = signed_in(running, pk=Contestant.objects.filter(contest=running)[place].pk)
        Person.objects.filter(pk=me.person_id).update(full_name=name)
        people.append((name, browser))
    for name, browser in people * 2:
        html = browser.get(f"/{SLUG}/").content.decode()
        assert f"Chào {escape(name)}." in html
        assert all(escape(other) not in html for other, _ in people if other != name)
        assert "<b>Đào</b>" not in html


def test_the_state_is_read_again_when_the_public_page_is_made_again_or_vouched_for_no_more(running, settings, time):
    made(settings, f"{SLUG}/thong-ke/index", HTML)
    _, browser = signed_in(running)
    first = registered(browser)
    me, at = signed_in(running)[0], clock.now()
    Movement.objects.create(contest=running, at=at, known_at=at, unit=me.unit, reg=1, contestant=me)
    assert registered(browser) == first
    made(settings, f"{SLUG}/thong-ke/index", HTML + b"<p>")
    time(2)
    assert registered(browser) == first + 1
    time(LEASE + 20)
    assert registered(browser) == first + 1


def registered(browser):
    html = browser.get(f"/{SLUG}/thong-ke/").content.decode()
    return int(re.search(r"người đăng ký</dt>\s*<dd>([\d.]+)", html)[1].replace(".", ""))
