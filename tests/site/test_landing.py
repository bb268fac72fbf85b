"""The first pages: home, a contest's landing, a unit's own page, QR codes."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lantoa.awards.models import Prize
from lantoa.contests.documents import Document
from lantoa.learning.models import Topic
from lantoa.lib import clock, qr
from lantoa.site import ripples
from lantoa.standings.figures import _units
from lantoa.units.models import Population, Unit
from tests.factories.contest import a_contest, a_contestant
from tests.factories.crowd import crowd

STATIC = settings.SRC / "site" / "static"
NAME = "Công dân số Hải Phòng – sử dụng thông minh, sống an toàn"
FIRST_VISIT = 75 * 1024
SCRIPTS = 25 * 1024


def a_landing(*, since: float = 10, left: float = 21.5, **fields):
    """A contest that opened ``since`` days ago and closes in ``left`` days, with topics, prizes and documents."""
    now = clock.now()
    fields = {"name": NAME, "name_en": "Digital Citizens – use it wisely", **fields}
    contest = a_contest(opens_at=now - timedelta(days=since), closes_at=now + timedelta(days=left), **fields)
    for number in (1, 2, 3, 4):
        Topic.objects.create(contest=contest, number=number, title=f"Chuyên đề số {number}", picture="khien.svg")
    Prize.objects.create(contest=contest, rule="individual", position=1, name="Giải Nhất", count=1, amount=5_000_000)
    for kind in ("rules", "privacy"):
        Document.objects.create(contest=contest, slug=kind, kind=kind, title=f"Văn bản {kind}", published_at=now)
    return contest


def text_of(client: Client, address: str = "/thu-nghiem/", status: int = 200) -> str:
    page = client.get(address)
    assert page.status_code == status
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def contest(db):
    return a_landing()


# --- the landing ----------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("contest")
def test_the_landing_says_what_until_when_and_how_to_enter(client):
    page = text_of(client)
    assert "<h1>Công dân số Hải Phòng</h1>" in page
    assert "Sử dụng thông minh,</span>" in page
    assert "đến hết ngày" in page
    assert 'href="/thu-nghiem/dang-ky/"' in page
    assert "Tôi đã có tài khoản" in page
    assert "Chuyên đề số 4" in page
    assert "Giải Nhất" in page


def test_the_landing_takes_five_queries_whatever_the_crowd(client, contest, django_assert_num_queries):
    with django_assert_num_queries(5):
        client.get("/thu-nghiem/")
    crowd(contest, people=3000, until=clock.now())
    with django_assert_num_queries(5):
        page = text_of(client)
    assert "3.000" in page


def test_who_takes_part_is_led_back_to_learning(client, contest, django_assert_max_num_queries):
    me = a_contestant(contest, name="Nguyễn Hoàng Phương Thảo Nguyên")
    client.force_login(me.person.account, backend=settings.AUTHENTICATION_BACKENDS[0])
    with django_assert_max_num_queries(7):
        page = text_of(client)
    assert "Học tiếp" in page
    assert "Nguyễn Hoàng Phương Thảo Nguyên" in page
    assert "Tham gia ngay" not in page


def test_before_the_opening_the_page_counts_down_to_it_and_takes_nobody(client, db):
    contest = a_landing(since=-3)
    page = text_of(client)
    assert "dang-ky" not in page
    assert "Mở sau" in page
    assert f'data-until="{contest.opens_at.astimezone(clock.VIETNAM).isoformat()}"' in page


def test_after_the_last_day_the_page_says_so_and_keeps_the_results(client, db):
    a_landing(since=40, left=-8)
    page = text_of(client)
    assert "Cuộc thi đã khép lại lúc 24 giờ ngày" in page
    assert "dang-ky" not in page
    assert 'href="/thu-nghiem/xep-hang/"' in page
    assert "data-until" not in page


def test_the_countdown_starts_from_the_servers_clock_and_says_the_days_without_a_script(client, contest):
    page = text_of(client)
    now = re.search(r'data-now="([^"]+)"', page)
    assert now
    assert now[1][:10] == clock.now().astimezone(clock.VIETNAM).date().isoformat()
    assert '<span data-part="days"><b>21</b> ngày</span>' in page
    assert '<span data-part="hours" hidden>' in page


@pytest.mark.usefixtures("contest")
def test_a_contest_that_nobody_has_joined_invites_the_first(client):
    page = text_of(client)
    assert "Chưa có ai đăng ký. Người đầu tiên có thể là bạn." in page
    assert "lights--lit" not in page


def test_the_five_units_with_most_registrations_stand_with_equal_ranks_for_equal_numbers(client, contest):
    first, second, third = contest.root.children.order_by("code")
    for unit in (first, second, second, third):
        a_contestant(contest, unit=unit)
    page = text_of(client)
    bars = re.findall(r'<span class="rank[^"]*">(\d)</span> <a class="unit-link"[^>]*>([^<]+)</a>', page)
    assert bars == [("1", second.full_name), ("2", first.full_name), ("2", third.full_name)]


def test_only_documents_to_read_first_are_listed(client, contest):
    page = text_of(client)
    assert "Văn bản rules" in page
    assert "Văn bản privacy" not in page


def test_a_telephone_number_of_the_organiser_can_be_called(client, db):
    a_landing(contact="Tổ hỗ trợ: 0912 345 678\nhotro@example.vn")
    page = text_of(client)
    assert 'href="tel:0912345678"' in page
    assert 'href="mailto:hotro@example.vn"' in page


def test_english_pages_use_the_english_name(client, contest):
    page = text_of(client, "/en/thu-nghiem/")
    assert "<h1>Digital Citizens</h1>" in page
    assert '<html lang="en">' in page


@pytest.mark.usefixtures("contest")
def test_search_engines_and_messengers_find_one_address_and_a_picture(client):
    page = text_of(client, "/thu-nghiem/?utm=x")
    assert f'<link rel="canonical" href="{settings.PUBLIC_URL}/thu-nghiem/">' in page
    assert f'<meta property="og:title" content="{NAME}">' in page
    assert re.search(r'<meta property="og:image" content="https?://[^"]+\.png">', page)
    assert "<title>Công dân số Hải Phòng – sử dụng thông minh, sống an toàn – Lan Tỏa</title>" in page


def test_what_an_organiser_writes_is_never_markup(client, db):
    bad = "<script>alert(1)</script>"
    a_landing(name=f"A{bad}", summary=bad, contact=f"{bad}\n0912 345 678 {bad}", organiser=bad, operator=bad)
    page = client.get("/thu-nghiem/").content.decode()
    assert bad not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|<[^>]+\sstyle=|<[^>]+\son\w+=", page)


@pytest.mark.usefixtures("contest")
def test_the_first_visit_stays_within_its_budget(client):
    page = client.get("/thu-nghiem/").content
    names = set(re.findall(r'(?:src|href)="/static/([^"]+)"', page.decode()))
    names |= {f"fonts/{font}" for font in re.findall(r"fonts/([\w-]+\.woff2)", (STATIC / "css/base.css").read_text())}
    code = qr.svg(f"{settings.PUBLIC_URL}/thu-nghiem/", label=NAME)
    scripts = sum(wire(name) for name in names if name.endswith(".js"))
    total = len(gzip.compress(page)) + len(gzip.compress(code.encode())) + sum(wire(name) for name in names)
    assert total <= FIRST_VISIT
    assert scripts <= SCRIPTS


def wire(name: str) -> int:
    path = STATIC / Path(name)
    return path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes()))


# --- home -----------------------------------------------------------------------------------------------------------
def test_the_only_public_contest_opens_at_once(client, contest, django_assert_num_queries):
    a_contest(slug="chua-cong-bo", published=False)
    with django_assert_num_queries(1):
        page = client.get("/")
    assert page.url == "/thu-nghiem/"
    assert client.get("/en/").url == "/en/thu-nghiem/"


def test_many_contests_stand_by_what_can_be_done_with_them(client, contest, django_assert_num_queries):
    now = clock.now()
    a_contest(slug="sap-mo", opens_at=now + timedelta(days=3), closes_at=now + timedelta(days=9))
    a_contest(slug="da-dong")
    with django_assert_num_queries(2):
        page = text_of(client, "/")
    places = [
        page.index(words)
        for words in ("Đang diễn ra", 'href="/thu-nghiem/"', "Sắp mở", 'href="/sap-mo/"', "Đã khép lại")
    ]
    assert places == sorted(places)
    assert page.index('href="/da-dong/"') > places[-1]


def test_without_any_contest_the_home_page_says_so_kindly(client, db):
    assert "Chưa có cuộc thi nào được công bố" in text_of(client, "/")


def test_a_contest_that_is_not_public_is_not_found(client, db):
    a_contest(published=False)
    for address in (
        "/thu-nghiem/",
        "/thu-nghiem/qr.svg",
        "/thu-nghiem/don-vi/11413/",
        "/thu-nghiem/don-vi/11413/qr.svg",
    ):
        assert client.get(address).status_code == 404


# --- a unit's own page, QR codes ------------------------------------------------------------------------------------
def test_a_units_page_registers_with_the_unit_chosen_and_says_its_place(client, contest, django_assert_num_queries):
    here = Unit.objects.get(code="11414")
    Population.objects.create(
        unit=here, value=40, valid_from="2025-07-01", known_at=contest.opens_at, source="thử", approved_by="thử"
    )
    a_contestant(contest, unit=here)
    with django_assert_num_queries(2):
        page = text_of(client, "/thu-nghiem/don-vi/11414/")
    assert 'href="/thu-nghiem/dang-ky/?don-vi=11414"' in page
    assert "Xã Cẩm Giàng mời bạn" in page
    assert "Hạng 1 trên 3 đơn vị" in page
    assert "Chưa xếp hạng" in page
    assert f"Bấm vào đây để tham gia: {settings.PUBLIC_URL}/thu-nghiem/don-vi/11414/" in page


def test_a_units_page_may_stand_in_front_for_some_seconds_but_not_somebodys(client, contest):
    me = a_contestant(contest, unit=Unit.objects.get(code="11414"))
    assert client.get("/thu-nghiem/don-vi/11414/").headers["X-Accel-Expires"] == "20"
    client.force_login(me.person.account, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert "X-Accel-Expires" not in client.get("/thu-nghiem/don-vi/11414/").headers


def test_a_unit_without_population_has_no_ratio(client, contest):
    a_contestant(contest, unit=Unit.objects.get(code="11414"))
    assert "Chưa có số dân" in text_of(client, "/thu-nghiem/don-vi/11414/")


@pytest.mark.usefixtures("contest")
def test_a_unit_that_does_not_compete_has_no_page(client):
    for address in ("/thu-nghiem/don-vi/31/", "/thu-nghiem/don-vi/99999/", "/thu-nghiem/don-vi/99999/qr.svg"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("place", ["", "don-vi/11414/"])
def test_a_qr_code_leads_to_its_page_in_any_language(client, contest, place):
    for language in ("", "/en"):
        code = client.get(f"{language}/thu-nghiem/{place}qr.svg")
        assert code["Content-Type"] == "image/svg+xml"
        assert "max-age" in code["Cache-Control"]
        drawn = qr.svg(f"{settings.PUBLIC_URL}/thu-nghiem/{place}", label="")
        assert code.content.decode().rpartition("<path")[2] == drawn.rpartition("<path")[2]


# --- the ripples ----------------------------------------------------------------------------------------------------
def test_the_six_ripples_of_the_reference_contest():
    assert ripples.shares(114) == [9, 13, 17, 21, 25, 29]


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_every_unit_has_one_light_and_no_more_shine_than_should(units, lit):
    drawn = ripples.ripples(units, min(lit, units))
    assert sum(int(ripple.lights or 0) for ripple in drawn) == units
    assert sum(shining(ripple) for ripple in drawn) == min(lit, units)


def shining(ripple):
    """How many dots the dashes draw on their path, as a browser would."""
    if not ripple.lit:
        return 0
    gaps = [int(gap) for gap in ripple.lit.split()[1::2]]
    rounds, rest = divmod(int(ripple.lights), sum(gaps))
    assert rest == 0
    return rounds * len(gaps)


# --- what machines ask for, and what went wrong ---------------------------------------------------------------------
def test_robots_icon_and_security_contact_are_where_machines_look(client, db):
    assert "Disallow: /quan-tri/" in client.get("/robots.txt").content.decode()
    assert client.get("/favicon.ico").url.endswith(".svg")
    contact = client.get("/.well-known/security.txt").content.decode()
    assert contact.startswith("Contact: ")
    assert "Expires: " in contact


def test_a_page_that_is_not_there_shows_the_way_home(client, db):
    page = text_of(client, "/khong-co/", status=404)
    assert "Không tìm thấy trang này" in page
    assert 'href="/"' in page


def test_a_units_page_finds_its_place_among_rows_that_were_ranked_for_another_page(client, contest):
    address = f"/{contest.slug}/don-vi/11414/"
    assert client.get(address).status_code == 200
    _units.cache_clear()  # equal rows are made anew, their ranks are remembered
    assert client.get(address).status_code == 200
