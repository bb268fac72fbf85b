"""nginx with the shipped configuration, before the real application: who gets what, who is counted, who waits."""

from __future__ import annotations

import gzip
import json
import re
import socket
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db.models import Sum
from django.test import Client

from lantoa.contests.models import Contest
from lantoa.contests.visit_log import count_logs
from lantoa.contests.visits import Visit, by_a_person
from lantoa.lib import clock
from lantoa.lib.page_files import KEPT, LEASE, PAGE_OF
from lantoa.site import visits
from tests.factories.contest import a_bank, a_contest, a_contestant
from tests.factories.front import HOST, PHONE, Dying, ask, free_port, front, program, together, vouched, written

HTML = ("<!doctype html><title>đã giữ</title>" + "x" * 2000).encode()
SLUG = "thu-nghiem"
KEPT_PAGES = {f"{SLUG}/index": HTML, f"en/{SLUG}/index": HTML, f"{SLUG}/xep-hang/don-vi/theo=dang-ky": HTML}
AGENTS = [
    PHONE,
    "",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1",
    "Zalo-Link-Preview/1.0",
    "python-requests/2.31",
    "CURL/8.1",
    'quote"back\\slash',
    "Trình duyệt cốt-bốt",
    "robotic vacuum",
]


@pytest.fixture(autouse=True)
def _before_a_web_server(settings, tmp_path):
    settings.PUBLIC_URL = f"http://{HOST}:{free_port()}"
    settings.VISITS_LOG = tmp_path / "visits.log"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.fixture
def site(transactional_db, live_server, monkeypatch):
    """The application, with a public contest; gives where it answers."""
    monkeypatch.setattr(visits, "visits", visits.VisitCounter())
    a_contest()
    return live_server.url.removeprefix("http://")


@pytest.fixture
def web(site, tmp_path):
    with front(tmp_path / "nginx", [site]) as made:
        yield made


def signed_in(contestant):
    """The cookie of somebody."""
    client = Client()
    client.force_login(contestant.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


# --- the files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["https://thi.example.vn", "https://thi.example.vn:8443", "http://thi.example.vn"])
def test_nginx_finds_nothing_to_say_about_the_configuration(settings, tmp_path, url):
    settings.PUBLIC_URL, settings.HTTPS = url, url.startswith("https")
    settings.ALLOWED_HOSTS = ["thi.example.vn", ".thi.vn", "127.0.0.1"]
    config = written(tmp_path / "nginx", ["10.0.0.1:8000", "10.0.0.2:8000"])
    subject = ["-subj", "/CN=thi.example.vn", "-keyout", config.with_name("key.pem")]
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ed25519",
            "-nodes",
            *subject,
            "-out",
            config.with_name("certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )
    said = subprocess.run([program(), "-t", "-c", config], capture_output=True, text=True, check=False)
    lines = [line for line in said.stderr.splitlines() if "server name" not in line]
    assert [line.rpartition(" ")[2] for line in lines] == ["ok", "successful"], said.stderr


def test_a_kept_page_comes_from_nginx_as_the_application_would_send_it(web, site, settings):
    vouched(KEPT_PAGES)
    own = Client(headers={"User-Agent": PHONE, "Accept-Encoding": "gzip"})
    for path in (f"/{SLUG}/", f"/en/{SLUG}/", f"/{SLUG}/xep-hang/don-vi/?theo=dang-ky", f"/{SLUG}/?fbclid=x"):
        theirs, ours = web.get(path, Accept_Encoding="gzip"), own.get(path)
        assert theirs.body == ours.content
        assert gzip.decompress(theirs.body) == HTML
        apart = {"Date", "Connection", "Server", "Content-Length", "X-Request-ID"}
        said, meant = ({name: v for name, v in a.headers.items() if name not in apart} for a in (theirs, ours))
        assert said == meant
        assert theirs.headers["Server"] == "nginx"
        for asked in ({"If_None_Match": ours.headers["ETag"]}, {"If_Modified_Since": ours.headers["Last-Modified"]}):
            assert web.get(path, Accept_Encoding="gzip", **asked).status == 304
    assert web.get(f"/{SLUG}/").body == HTML
    assert web.ask("HEAD", f"/{SLUG}/").headers["Cache-Control"] == KEPT


def test_without_a_promise_of_the_writer_nginx_asks_the_application(web):
    vouched(KEPT_PAGES).vouch(time.time() - LEASE - 60)
    assert HTML not in web.get(f"/{SLUG}/").body
    vouched(KEPT_PAGES)
    assert web.get(f"/{SLUG}/").body == HTML


def test_posts_other_queries_and_foreign_names_never_meet_a_file(web):
    vouched(KEPT_PAGES)
    assert web.ask("POST", f"/{SLUG}/").status == 403  # no token
    assert HTML not in web.get(f"/{SLUG}/?trang=2").body
    assert HTML not in web.get(f"/{SLUG}/", Cookie="messages=x").body
    assert web.get("/%2e%2e/made/index/").status == 400
    with pytest.raises(ConnectionError):
        web.get(f"/{SLUG}/", Host="ke-gian.example")


# --- what is whose --------------------------------------------------------------------------------------------------


def names_met(web, contest):
    """Two people and nobody ask for the same pages by turns; whose name each of them met."""
    people = {name: signed_in(a_contestant(contest, name=name)) for name in ("Vưu Lam Khuê", "Quách Hải Đường")}
    met = {name: Counter() for name in (*people, "")}
    for _turn in range(3):
        for asks, cookie in (*people.items(), ("", "")):
            for path in (f"/{SLUG}/", f"/{SLUG}/thong-ke/", f"/{SLUG}/ho-so/", f"/{SLUG}/don-vi/11413/"):
                body = web.get(path, **({"Cookie": cookie} if cookie else {})).body.decode()
                met[asks].update(name for name in people if name in body)
    return met


def test_two_people_by_turns_never_meet_each_other_in_the_cache(web, site):
    met = names_met(web, Contest.objects.get(slug=SLUG))
    assert met[""] == {}
    for name in met.keys() - {""}:
        assert set(met[name]) == {name}


def test_control_a_cache_that_looks_at_no_cookie_and_no_header_mixes_people(site, tmp_path):
    def careless(text):
        text = text.replace("proxy_cache $lantoa_cache;", "proxy_cache lantoa_pages;")
        return text.replace("proxy_ignore_headers Vary;", "proxy_ignore_headers Vary Cache-Control Expires Set-Cookie;")

    with front(tmp_path / "nginx", [site], change=careless) as web:
        met = names_met(web, Contest.objects.get(slug=SLUG))
    assert any(set(names) - {asks} for asks, names in met.items())


def opened_at_once(tmp_path, path, *, change=lambda text: text):
    """What three who have no cookie get when they open the same form at once."""
    with together(3) as node, front(tmp_path / "nginx", [node], change=change) as web, ThreadPoolExecutor(3) as people:
        return [answer.status for answer in people.map(web.get, [path] * 3)]


@pytest.mark.parametrize("path", [f"/{SLUG}/dang-ky/", f"/en/{SLUG}/dang-ky/?don-vi=11413", "/dang-nhap/?contest=x"])
def test_who_opens_a_form_waits_for_nobody_else_who_does(tmp_path, path):
    assert opened_at_once(tmp_path, path) == [200] * 3


def test_control_one_after_the_other_they_would_wait(tmp_path):
    def in_turns(text):
        return text.replace("proxy_cache $lantoa_cache;", "proxy_cache lantoa_pages;")

    assert set(opened_at_once(tmp_path, f"/{SLUG}/dang-ky/", change=in_turns)) == {500}


def test_nothing_that_a_request_brings_poisons_what_others_get(web):
    poison = {
        "X_Forwarded_Host": "ke-gian.example",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Port": "4711",
        "X_Original_URL": "/ke-gian/",
        "X_HTTP_Method_Override": "POST",
        "Forwarded": "host=ke-gian.example",
        "Accept_Language": "en",
        "Lantoa_Page_Of": "ke-gian",
    }
    for path in (f"/{SLUG}/don-vi/11413/", f"/{SLUG}/thong-ke/", "/api/v1/contests/"):
        first, then = web.get(path, **poison), web.get(path)
        for answer in (first, then):
            assert answer.status == 200
            assert b"ke-gian" not in answer.body
            assert "ke-gian" not in str(answer.headers)
            assert PAGE_OF not in answer.headers
        assert first.headers["X-Request-ID"] != then.headers["X-Request-ID"]
        assert b'lang="en"' not in then.body.partition(b"<head>")[0]


def test_behind_nginx_an_address_cannot_be_invented(web, site, settings):
    settings.API_PER_MINUTE = 3
    asked = [web.get(f"/api/v1/contests/?x={n}", X_Forwarded_For=f"203.0.113.{n}").status for n in range(8)]
    assert asked[-1] == 429
    port = int(site.rpartition(":")[2])
    direct = [
        ask(port, "GET", "/api/v1/contests/", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status for n in range(8)
    ]
    assert set(direct) == {200}, "control: without nginx the header is believed"


# --- who is counted -------------------------------------------------------------------------------------------------


def test_what_nginx_sends_is_counted_by_the_rules_of_the_application(site, tmp_path, settings):
    vouched(KEPT_PAGES)
    expected = 0
    with front(tmp_path / "nginx", [site]) as web:
        tag = web.get(f"/{SLUG}/", User_Agent="").headers["ETag"]
        for agent in AGENTS:
            sent = agent.encode().decode("latin-1")
            for path in (f"/{SLUG}/", f"/en/{SLUG}/?utm_source=zalo", f"/{SLUG}/don-vi/11413/"):
                web.get(path, User_Agent=sent)
            web.get(f"/{SLUG}/", User_Agent=sent, If_None_Match=tag)
            expected += 4 * by_a_person(sent, "")
        for path in (f"/{SLUG}/", f"/{SLUG}/don-vi/11413/"):
            web.ask("HEAD", path)
            web.get(path, Sec_Purpose="prefetch;prerender")
        for path in (f"/{SLUG}/khong-co/", f"/{SLUG}/qr.svg", f"/{SLUG}/thi/", "/dang-nhap/", f"/{SLUG}/don-vi.json"):
            web.get(path)
    assert count_logs(settings.VISITS_LOG, shard=1) == expected > 0
    assert Visit.objects.aggregate(n=Sum("n"))["n"] == expected
    assert not visits.visits._made, "the application counted nothing beside"
    assert HOST not in settings.VISITS_LOG.read_text()


def test_the_paper_that_answers_a_start_is_a_page_that_was_seen(site, tmp_path, settings):
    now = clock.now()
    Contest.objects.update(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))
    contest = Contest.objects.get()
    a_bank(contest)
    client = Client()
    me = a_contestant(contest)
    client.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    shown = client.get(f"/{SLUG}/thi/").content.decode()
    hidden = dict(re.findall(r'name="(phieu|csrfmiddlewaretoken)" value="([^"]*)"', shown))
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    sent = {"Cookie": cookies, "Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}
    with front(tmp_path / "nginx", [site]) as web:
        papers = [web.ask("POST", f"/{SLUG}/thi/bat-dau/", urlencode(hidden), **sent) for _ in range(2)]
        web.ask("POST", f"/{SLUG}/thi/1/luu/", urlencode({**hidden, "ban": "1"}), **sent)
    assert [(paper.status, paper.body.count(b"<fieldset")) for paper in papers] == [(200, 20), (200, 20)]
    assert count_logs(settings.VISITS_LOG, shard=1) == 2
    assert not visits.visits._made, "the application counted nothing beside"


def test_who_rehearses_is_not_limited_in_a_rehearsal_and_only_there(site, tmp_path):
    tight = lambda text: text.replace("burst=300", "burst=2").replace("rate=20r/s", "rate=1r/m")  # noqa: E731
    with front(tmp_path / "nginx", [site], change=tight, rehearsers=(HOST,)) as web:
        tried = {slug: [web.ask("POST", f"/{slug}/dang-ky/").status for _ in range(5)] for slug in (SLUG, "dien-tap-1")}
    assert 429 in tried[SLUG]
    assert 429 not in tried["dien-tap-1"]


# --- when something fails -------------------------------------------------------------------------------------------


def test_while_the_application_is_away_people_wait_and_kept_pages_go_on(transactional_db, tmp_path):
    vouched(KEPT_PAGES)
    with front(tmp_path / "nginx", [f"{HOST}:{free_port()}"]) as web:
        waiting, unsent = web.get(f"/{SLUG}/don-vi/11413/"), web.ask("POST", f"/{SLUG}/dang-ky/", b"full_name=An")
        data = web.get("/api/v1/contests/")
        assert web.get(f"/{SLUG}/").body == HTML
    for answer in (waiting, unsent, data):
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Cache-Control"] == "no-store"
    assert b'http-equiv="refresh"' in waiting.body
    assert b'http-equiv="refresh"' not in unsent.body
    for page in (waiting, unsent):
        assert b"<script" not in page.body
        assert b'lang="en"' in page.body
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert data.headers["Content-Type"] == "application/problem+json"
    assert json.loads(data.body)["status"] == 503


def test_when_a_node_dies_exam_posts_go_to_another_and_others_are_never_sent_twice(site, tmp_path):
    dying, whole = Dying(), re.compile(r" max_conns=512 max_fails=2 fail_timeout=3s")
    patient = lambda text: whole.sub(" max_fails=0", text)  # noqa: E731 (asked again and again, so that it is met)
    with front(tmp_path / "nginx", [site, dying.place], change=patient) as web:
        exam = [web.ask("POST", f"/{SLUG}/thi/bat-dau/", b"x=1").status for _ in range(8)]
        register = [web.ask("POST", f"/{SLUG}/dang-ky/", b"full_name=An").status for _ in range(8)]
        unit = [web.get(f"/{SLUG}/don-vi/11413/?n={n}").status for n in range(8)]
    dying.close()
    met = Counter(line.split("/")[2] for line in dying.seen)
    assert met["thi"] > 0
    assert 503 not in exam, "a start is safe to repeat"
    assert register.count(503) == met["dang-ky"] > 0, "whoever registers is told, and nothing is sent again"
    assert set(unit) == {200}


def test_who_asks_too_often_waits_and_still_gets_kept_pages(site, tmp_path):
    vouched(KEPT_PAGES)

    def narrow(text):
        return text.replace("rate=200r/s", "rate=1r/m").replace(" burst=1000 nodelay", " nodelay")

    with front(tmp_path / "nginx", [site], change=narrow) as web:
        first, more = web.get(f"/{SLUG}/don-vi/11413/"), web.get(f"/{SLUG}/don-vi/11414/")
        data, files = web.get("/api/v1/contests/"), [web.get(f"/{SLUG}/").status for _ in range(20)]
    assert (first.status, more.status, data.status) == (200, 429, 429)
    assert b'http-equiv="refresh"' in more.body
    assert int(more.headers["Retry-After"]) > 0
    assert json.loads(data.body)["status"] == 429
    assert set(files) == {200}


def test_a_body_that_comes_slowly_keeps_nobody_busy(web, site):
    slow = []
    for _ in range(40):
        wire = socket.create_connection((HOST, web.port))
        wire.sendall(f"POST /{SLUG}/thi/bat-dau/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 4000\r\n\r\nx".encode())
        slow.append(wire)
    assert web.get(f"/{SLUG}/don-vi/11413/").status == 200
    for wire in slow:
        wire.close()
