"""What every answer of the open data has in common: it is anybody's, nobody is known, and failures say what to do."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client

from lantoa.api.endpoints import ENDPOINTS
from lantoa.api.limit import Limit, until_next
from lantoa.lib import clock, sealing
from lantoa.people.models import Account
from tests.api.conftest import API
from tests.api.test_answers import addresses, fits
from tests.factories.contest import a_contest

AT = 1_761_035_400.0  # the first second of a minute


def a_problem(answer, status):
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "no-store"
    assert fits("Problem", answer.json()) == []
    assert answer.json()["status"] == status
    return answer.json()


def wrong(answer):
    return {error["parameter"] for error in a_problem(answer, 400)["errors"]}


# --- whoever asks ---------------------------------------------------------------------------------------------------


def test_any_page_may_read_and_no_answer_depends_on_who_asks(contest, ask):
    account = Account.objects.create(username="to-chuc", created_at=clock.now())
    for _, path, query in addresses(contest):
        nobody, somebody = Client(), Client()
        somebody.force_login(account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
        answers = [client.get(f"{API}{path[1:]}", query) for client in (nobody, somebody)]
        assert answers[0].content == answers[1].content
        for answer in answers:
            assert answer["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in answer
            assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert not answer.cookies
            assert answer.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"
            assert answer["Cache-Control"].startswith("public")


@pytest.mark.parametrize("cookie", ["x", "k" * 32, "\\000"])
def test_no_cookie_is_read_and_none_is_set_not_even_to_take_a_broken_one_back(ask, cookie, django_assert_num_queries):
    sent = {"Cookie": f"{django_settings.SESSION_COOKIE_NAME}={cookie}; {django_settings.LANGUAGE_COOKIE_NAME}=en"}
    with django_assert_num_queries(1):
        answer = ask("", headers=sent)
    assert answer.status_code == 200
    assert not answer.cookies
    assert ask("/x", headers=sent)["Content-Language"] == "vi"


def test_asking_beforehand_what_may_be_asked_is_answered(contest):
    for _, path, _ in addresses(contest):
        answer = Client().options(f"{API}{path[1:]}", headers={"Origin": "https://bao.example"})
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer["Allow"] == answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "If-None-Match" in answer["Access-Control-Allow-Headers"]


def test_head_is_get_without_the_data(contest):
    for _, path, query in addresses(contest):
        get, head = (getattr(Client(), method)(f"{API}{path[1:]}", query) for method in ("get", "head"))
        assert (head.status_code, head.content) == (200, b"")
        assert head["ETag"] == get["ETag"]
        assert head["Content-Length"] == get["Content-Length"]


def test_data_go_compressed_to_whoever_can_read_it(ask):
    plain, small = ask("standings"), ask("standings", headers={"Accept-Encoding": "gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert small["Vary"] == "Accept-Encoding"
    assert small["ETag"] == plain["ETag"]
    assert len(small.content) < len(plain.content) / 2


# --- what cannot be answered ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_nothing_can_be_written(contest, method):
    for _, path, _ in addresses(contest):
        answer = getattr(Client(enforce_csrf_checks=True), method)(f"{API}{path[1:]}")
        a_problem(answer, 405)
        assert answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "path",
    ["/", "/x", "/contests/khong-co/", "/contests/khong-co/standings", "units/00000", "units/x/y", "statistics/", "x"],
)
def test_what_is_not_there_is_not_found(ask, path):
    a_problem(ask(path), 404)


def test_an_unpublished_contest_is_not_there(contest, ask):
    a_contest(slug="nhap", published=False)
    for endpoint in ENDPOINTS[1:]:
        a_problem(ask("/" + endpoint.path.format(contest="nhap", code="11413", number=1)), 404)
    assert [each["slug"] for each in ask("/contests/").json()["contests"]] == [contest.slug]


@pytest.mark.parametrize("accept", ["text/html", "text/csv, application/xml", "image/*"])
def test_only_json_is_spoken(contest, ask, accept):
    for _, path, query in addresses(contest):
        a_problem(ask(path, headers={"Accept": accept}, **query), 406)
    for good in ("*/*", "application/*", "text/html, application/json;q=0.5"):
        assert ask("statistics", headers={"Accept": good}).status_code == 200


@pytest.mark.parametrize(
    "as_of",
    [
        "", "x", "2025-10-21", "2025-10-21T15:30", "2025-10-21 15:30+07:00", "2025-10-21T15:30:07+07:00",
        "2025-10-21T15:30:00.5+07:00", "2025-13-21T15:30+07:00", "2025-10-21T15:30+99:00", "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-12:00", "1999-12-31T00:00Z", "٢٠٢٥-10-21T15:30Z", "2025-10-21T15:30+07:00\n", "2" * 5000,
    ],
)  # fmt: skip
def test_a_moment_is_a_whole_minute_with_its_offset(ask, as_of):
    for path in ("statistics", "curve", "units/", "units/11413"):
        assert wrong(ask(path, as_of=as_of)) == {"as_of"}
    assert wrong(ask("statistics", known_at=as_of)) == {"known_at"}


def test_a_moment_is_read_with_any_offset_and_with_a_plus_that_became_a_space(ask):
    at = (clock.now() - timedelta(days=1)).replace(second=0, microsecond=0)
    words = [f"{at:%Y-%m-%dT%H:%M}Z", f"{at:%Y-%m-%dT%H:%M:00}+00:00", f"{at:%Y-%m-%dT%H:%M} 00:00"]
    words.append(at.astimezone(clock.VIETNAM).isoformat(timespec="minutes"))
    assert len({ask("statistics", as_of=word, known_at=word).content for word in words}) == 1


def test_figures_are_neither_of_the_future_nor_known_before_their_moment(ask):
    now = clock.now().replace(second=0, microsecond=0)
    before, later = ((now + timedelta(minutes=n)).isoformat() for n in (-10, 1))
    assert wrong(ask("statistics", as_of=later)) == {"as_of"}
    assert wrong(ask("statistics", as_of=later, known_at=later)) == {"as_of", "known_at"}
    assert wrong(ask("statistics", known_at=before)) == {"known_at"}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("statistics", "at=2025-10-21T15:30Z"),
        ("statistics", "AS_OF=2025-10-21T15:30Z"),
        ("standings", "limit=0"),
        ("standings", "limit=101"),
        ("standings", "limit=07"),
        ("standings", "limit=٣"),
        ("standings", "limit=1&limit=2"),
        ("standings", "unit=%20"),
        ("standings", "unit=" + "1" * 41),
        ("standings", "after=1"),
        ("standings", "after=" + "A" * 51),
        ("standings", "offset=50"),
        ("units/", "q=x"),
        ("", "x"),
        ("statistics", "as_of=%00"),
        ("statistics", "%00=1"),
    ],
)
def test_what_is_not_a_parameter_is_refused(ask, contest, path, query):
    a_problem(Client().get(f"{API}contests/{contest.slug}/{path}?{query}"), 400)


def test_a_place_in_another_contest_is_no_place_here_and_none_can_be_made_up(contest, ask):
    key = ask("standings", limit=5).json()["next"].partition("after=")[2].partition("&")[0]
    assert ask("standings", after=key).status_code == 200
    assert wrong(ask("standings", after=("A" if key[0] != "A" else "B") + key[1:])) == {"after"}
    other = a_contest(slug="khac")
    assert wrong(ask(f"/contests/{other.slug}/standings", after=key)) == {"after"}
    assert wrong(ask("standings", after=sealing.token(f"standings:{contest.pk}", b"short" * 3))) == {"after"}


def test_failures_speak_vietnamese_or_the_english_that_is_asked_for(ask):
    said = a_problem(ask("/x"), 404)
    assert said["title"] == "Không tìm thấy"
    assert said["type"] == f"{django_settings.PUBLIC_URL}/api/#not-found"
    english = ask("/x", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert a_problem(english, 404)["title"] == "Not found"
    assert english["Content-Language"] == "en"
    assert english["Vary"] == "Accept-Language"


def test_a_broken_server_says_so_without_insight(contest, monkeypatch):
    monkeypatch.setattr("lantoa.api.views.figures", lambda *_: 1 / 0)
    answer = Client(raise_request_exception=False).get(f"{API}contests/{contest.slug}/statistics")
    said = a_problem(answer, 500)
    assert "Error" not in str(said)


def test_a_missing_slash_leads_to_the_address_that_has_it(ask, contest):
    answer = ask("/contests")
    assert (answer.status_code, answer["Location"]) == (301, f"{API}contests/")
    assert answer["Access-Control-Allow-Origin"] == "*"


# --- how often ------------------------------------------------------------------------------------------------------


@pytest.fixture
def limited(settings, tmp_path):
    """Five a minute, counted in a file of its own."""
    settings.API_PER_MINUTE, settings.DATA = 5, tmp_path
    return settings


def test_who_asks_too_often_is_told_how_long_to_wait(limited, contest, monkeypatch):
    monkeypatch.setattr("lantoa.api.door.time.time", lambda: AT + 20.4)
    client = Client()
    where = f"{API}contests/{contest.slug}/"
    assert [client.get(where).status_code for _ in range(7)] == [200] * 5 + [429] * 2
    answer = client.get(where)
    a_problem(answer, 429)
    assert answer["Retry-After"] == "40"
    assert client.options(where).status_code == 204
    assert client.get(where, REMOTE_ADDR="198.51.100.7").status_code == 200
    monkeypatch.setattr("lantoa.api.door.time.time", lambda: AT + 60)
    assert client.get(where).status_code == 200


def test_the_address_is_the_true_one_whatever_a_request_says_of_itself(limited, contest):
    where = f"{API}contests/{contest.slug}/"
    forged = [{"X-Forwarded-For": f"192.0.2.{n}", "X-Real-IP": f"192.0.2.{n}"} for n in range(8)]
    assert [Client().get(where, headers=sent).status_code for sent in forged].count(429) == 3
    limited.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    behind = [{"X-Forwarded-For": f"192.0.2.{n}, 203.0.113.5"} for n in range(8)]
    assert [Client().get(where, headers=sent).status_code for sent in behind].count(429) == 3


def test_one_customers_ipv6_addresses_count_as_one(tmp_path):
    limit = Limit(tmp_path / "limit")
    assert [limit.count(f"2001:db8::{n:x}", AT) for n in range(4)] == [1, 2, 3, 4]
    assert limit.count("2001:db8:0:1::1", AT) == 1
    assert limit.count("khong-phai", AT) == 1


ASK_OFTEN = """
import django, os, sys
django.setup()
from pathlib import Path
from lantoa.api import limit
if "unlocked" in sys.argv:
    limit.fcntl.lockf = lambda *_: os.sched_yield()  # the turn goes to another
    read = limit._COUNT.unpack_from
    class Between:
        unpack_from = staticmethod(lambda *at: (read(*at), os.sched_yield())[0])
        pack_into = limit._COUNT.pack_into
        size = limit._COUNT.size
    limit._COUNT = Between
counts = limit.Limit(Path(sys.argv[1]))
for _ in range(4_000):
    counts.count("198.51.100.7", float(sys.argv[2]))
"""


def asked_by_four_processes(path, *more):
    command = [sys.executable, "-c", ASK_OFTEN, str(path), str(AT), *more]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "lantoa.config.settings"}
    working = [subprocess.Popen(command, env=env) for _ in range(4)]
    assert [each.wait() for each in working] == [0] * 4
    return Limit(path).count("198.51.100.7", AT) - 1


def test_processes_share_the_count_and_none_is_lost(tmp_path):
    assert asked_by_four_processes(tmp_path / "limit") == 16_000


def test_control_without_the_lock_some_are_lost(tmp_path):
    assert asked_by_four_processes(tmp_path / "limit", "unlocked") < 16_000


def test_a_count_ends_with_its_minute(tmp_path):
    limit = Limit(tmp_path / "limit")
    assert [limit.count("a", AT + s) for s in (0, 59.9, 60, 61, 3600)] == [1, 2, 1, 2, 1]
    assert [until_next(AT + s) for s in (0, 0.5, 59.9)] == [60, 60, 1]


def test_ten_thousand_addresses_do_not_get_into_each_others_way(tmp_path):
    limit = Limit(tmp_path / "limit")
    counts = [limit.count(f"10.{n // 256}.{n % 256}.1", AT) for n in range(10_000)]
    assert sum(count > 1 for count in counts) < 300
    assert max(counts) < 10
