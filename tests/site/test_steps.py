"""The fast lane: what our page sends is one statement; everything else takes the ordinary way and ends the same."""

import gzip
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantoa.config.steps_first import StepsFirst
from lantoa.exams import hot
from lantoa.exams.bank import open_bank
from lantoa.exams.marking import read_sheet
from lantoa.exams.models import Attempt
from lantoa.lib import clock
from lantoa.lib.watch import measures
from lantoa.lib.watch.meters import Meters
from lantoa.people.models import Account
from lantoa.site import paper, steps
from lantoa.site.visits import visits
from tests.factories.contest import a_bank, a_contest, a_contestant
from tests.factories.through_server import ThroughServer

SLUG = "thu-nghiem"
FORM = "application/x-www-form-urlencoded"
SAME = {"sec-fetch-site": "same-origin"}
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def me(db):
    paper._frames.clear()  # of a contest of the same address in another test
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
    _ = open_bank(a_bank(contest).pk).draw
    return a_contestant(contest)


class Page:
    """A browser that sends what the forms of our pages hold."""

    def __init__(self, me):
        self.client = ThroughServer(enforce_csrf_checks=True)
        self.client.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
        self.hidden = {}
        self.look(at("exam"))

    def look(self, address):
        return self.read(self.client.get(address))

    def read(self, answer):
        self.hidden |= dict(FIELD.findall(answer.content.decode()))
        return answer

    def send(self, name, fields=None, headers=SAME, **where):
        body = "&".join(f"{k}={v}" for k, v in {**self.hidden, **(fields or {})}.items())
        return self.client.post(at(name, **where), body, content_type=FORM, headers=headers)

    def start(self, **kwargs):
        return self.read(self.send("exam-start", **kwargs))


def at(name, **kwargs):
    return reverse(name, kwargs={"contest": SLUG, **kwargs})


def by_lane(answer) -> bool:
    return hasattr(answer, "route")


SHEET = {f"c{n}": str(n % 4) for n in range(1, 21)}


@pytest.fixture
def page(me):
    return Page(me)


@pytest.fixture
def sitting(page):
    page.start()
    return page


# ── What our page sends ─────────────────────────────────────────────────────────────────────────────────────────────


def test_start_save_and_submit_are_one_statement_each(page, me, django_assert_num_queries):
    page.start()
    Attempt.objects.all().delete()
    page.look(at("exam"))
    with django_assert_num_queries(1):
        assert by_lane(page.start())
    with django_assert_num_queries(1):
        kept = page.send("exam-save", SHEET, {**SAME, "accept": "application/json"}, number=1)
    assert (by_lane(kept), kept.json()) == (True, {"revision": 1})
    with django_assert_num_queries(1):
        done = page.send("exam-submit", SHEET, number=1)
    assert (by_lane(done), done.url) == (True, at("result", number=1))
    assert Attempt.objects.get().answers == [n % 4 for n in range(1, 21)]


def test_the_answer_to_a_start_is_the_page_that_the_address_of_the_exam_shows(page):
    lane_page = page.start()
    shown = page.client.get(at("exam"))
    own = re.compile(r'(name="(?:csrfmiddlewaretoken|phieu)" value="|data-left=")[^"]*')
    assert by_lane(lane_page)
    assert own.sub("", lane_page.content.decode()) == own.sub("", shown.content.decode())
    assert lane_page.content.decode().count("<fieldset") == 20


def test_a_reopened_paper_shows_what_was_saved(sitting):
    sitting.send("exam-save", {"c1": "2", "c20": "0"}, {**SAME, "accept": "application/json"}, number=1)
    shown = sitting.client.get(at("exam")).content.decode()
    assert re.findall(r'name="(c\d+)" value="(\d)" checked', shown) == [("c1", "2"), ("c20", "0")]
    assert shown.count('class="is-done"') == 3  # two places of the map, and the map's key
    assert "<span data-answered>2</span>/20" in shown


def test_english_pages_go_the_same_way(page):
    answer = page.client.get(f"/en/{SLUG}/thi/")
    page.read(answer)
    body = "&".join(f"{k}={v}" for k, v in page.hidden.items())
    started = page.client.post(f"/en/{SLUG}/thi/bat-dau/", body, content_type=FORM, headers=SAME)
    assert by_lane(started)
    assert '<html lang="en">' in started.content.decode()
    page.read(started)
    body = "&".join(f"{k}={v}" for k, v in {**page.hidden, **SHEET}.items())
    done = page.client.post(f"/en/{SLUG}/thi/1/nop/", body, content_type=FORM, headers=SAME)
    assert (by_lane(done), done.url) == (True, f"/en/{SLUG}/ket-qua/1/")


def test_the_script_is_told_where_to_go_instead_of_being_sent_there(sitting):
    for again in (True, False):  # by the lane, then, already submitted, by the ordinary way
        answer = sitting.send("exam-submit", {**SHEET, "chac": "1"}, {**SAME, "accept": "application/json"}, number=1)
        assert (answer.status_code, answer.json(), by_lane(answer)) == (200, {"next": at("result", number=1)}, again)


def test_the_page_is_packed_for_who_takes_it_and_kept_by_nobody(page):
    answer = page.send("exam-start", headers={**SAME, "accept-encoding": "gzip, br"})
    assert by_lane(answer)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"<fieldset" in gzip.decompress(answer.content)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Content-Security-Policy" in answer.headers


def test_a_paper_that_a_browser_opened_is_a_page_that_was_seen(page):
    visits.flush()
    before = visits._made[SLUG]
    page.send("exam-start", headers={**SAME, "user-agent": "Mozilla/5.0"})
    page.send("exam-start", headers={**SAME, "user-agent": "Mozilla/5.0"})  # the ordinary way: it is open already
    assert visits._made[SLUG] - before == 2
    page.send("exam-start", headers={**SAME, "user-agent": "Googlebot"})
    assert visits._made[SLUG] - before == 2


# ── Everything else takes the ordinary way ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ],
    ids=["silent", "cross-site", "same-site", "other origin", "no origin"],
)
def test_from_another_site_nothing_happens_without_djangos_token_and_with_it_all_goes_well(page, headers):
    token = page.hidden.pop("csrfmiddlewaretoken")
    refused = page.send("exam-start", headers=headers)
    assert (refused.status_code, by_lane(refused), Attempt.objects.count()) == (403, False, 0)
    page.hidden["csrfmiddlewaretoken"] = token
    if "origin" not in headers:
        answer = page.send("exam-start", headers=headers)
        assert (answer.status_code, by_lane(answer), Attempt.objects.count()) == (200, False, 1)


def test_a_browser_that_only_names_its_origin_is_believed(page):
    answer = page.send("exam-start", headers={"origin": "http://testserver"})
    assert by_lane(answer)


def test_the_paper_of_the_lane_carries_a_token_that_an_old_browser_submits_with(sitting):
    answer = sitting.send("exam-submit", SHEET, headers={}, number=1)
    assert (by_lane(answer), answer.url) == (False, at("result", number=1))


@pytest.mark.parametrize("slip", ["", "x", "ÀÁ", "A" * 400])
def test_without_a_slip_of_ours_everything_works_as_before(page, slip):
    page.hidden["phieu"] = slip
    assert page.client.post(at("exam-start"), page.hidden, headers=SAME).status_code == 200
    kept = page.client.post(at("exam-save", number=1), {**page.hidden, **SHEET, "ban": "1"}, headers=SAME)
    assert kept.url == at("exam")
    assert page.client.post(at("exam-submit", number=1), {**page.hidden, **SHEET}, headers=SAME).url == at(
        "result", number=1
    )


def test_a_slip_of_another_attempt_submits_nothing(sitting):
    answer = sitting.send("exam-submit", SHEET, number=2)
    assert (answer.status_code, by_lane(answer)) == (404, False)
    assert Attempt.objects.get().submitted_at is None


def test_unanswered_questions_are_named_first(sitting):
    answer = sitting.send("exam-submit", {"c1": "1"}, number=1)
    assert "2, 3, 4" in answer.content.decode()
    assert dict(FIELD.findall(answer.content.decode()))["phieu"] == sitting.hidden["phieu"]
    assert by_lane(sitting.send("exam-submit", {"c1": "1", "chac": "1"}, number=1))


def test_a_stale_sheet_learns_what_stands(sitting):
    json = {**SAME, "accept": "application/json"}
    sitting.send("exam-save", {**SHEET, "ban": "4"}, json, number=1)
    stale = sitting.send("exam-save", {**SHEET, "ban": "4"}, json, number=1)
    assert (stale.status_code, stale.json()["error"], stale.json()["revision"]) == (409, "stale", 4)


def test_who_is_signed_out_is_led_to_sign_in(sitting):
    Account.objects.update(is_active=False)
    answer = sitting.send("exam-submit", SHEET, number=1)
    assert answer.url.startswith(reverse("sign-in"))


def test_a_contest_renamed_a_moment_ago_is_named_rightly_on_the_ordinary_way(sitting, me):
    me.contest.name = "Tên mới"
    me.contest.save()
    assert "<title>Làm bài thi – Tên mới" in sitting.client.get(at("exam")).content.decode()


def test_a_paper_counts_its_own_questions_whatever_is_asked_now(sitting, me):
    me.contest.asked = 25
    me.contest.save()
    paper._frames.clear()
    shown = sitting.client.get(at("exam")).content.decode()
    assert "Câu 20/20" in shown
    assert "<span data-answered>0</span>/20" in shown


def test_what_never_changes_of_a_paper_is_put_together_once_for_all_frames(sitting):
    sitting.client.get(at("exam"))
    before = paper._box.cache_info().misses
    paper._frames.clear()
    sitting.client.get(at("exam"))
    assert paper._box.cache_info().misses == before


def test_when_the_connection_is_lost_the_ordinary_way_is_asked(sitting, monkeypatch):
    def gone(**_):
        raise OperationalError("terminating connection")

    monkeypatch.setattr(hot, "submit", gone)
    answer = sitting.send("exam-submit", SHEET, number=1)
    assert (by_lane(answer), answer.url) == (False, at("result", number=1))


def test_a_fault_of_the_lane_is_told_and_the_ordinary_way_answers(sitting, monkeypatch, caplog):
    def broken(**_):
        raise ZeroDivisionError

    monkeypatch.setattr(hot, "submit", broken)
    answer = sitting.send("exam-submit", SHEET, number=1)
    assert (by_lane(answer), answer.url) == (False, at("result", number=1))
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]


@pytest.mark.parametrize(("said", "sent"), [("5000000", b"ban=1"), ("9", b"ban=1"), ("x", b"")], ids=str)
def test_a_body_that_is_too_long_or_cut_off_is_left_as_it_came(said, sent):
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": at("exam-save", number=1),
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": said,
        "HTTP_COOKIE": "sessionid=x",
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "wsgi.input": BytesIO(sent),
    }
    assert steps.answer(environ) is None
    assert environ["wsgi.input"].read() == sent


def test_an_answer_of_django_is_handed_over_whole_and_closed_and_a_stream_as_it_is():
    closed = []

    class Watched(HttpResponse):
        def close(self):
            closed.append(self.content)

    streamed = StreamingHttpResponse([b"a", b"b"])
    application = StepsFirst(lambda environ, _start: environ["answer"])
    assert application({"REQUEST_METHOD": "GET", "answer": Watched(b"ab")}, None) == [b"ab"]
    assert closed == [b"ab"]
    assert application({"REQUEST_METHOD": "GET", "answer": streamed}, None) is streamed


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from([f"c{n}" for n in (0, 1, 2, 9, 10, 19, 20, 21)]),
            st.sampled_from(["0", "3", "4", "-1", "", "12", "a"]),
        )
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_lane_reads_a_sheet_as_the_form_is_read(rf, pairs):
    body = "&".join(f"{name}={value}" for name, value in pairs)
    form = rf.post("/", body, content_type=FORM).POST
    fields = {name.decode(): value.decode() for name, value in steps._FIELD.findall(body.encode())}
    assert steps.sheet(fields, 20) == read_sheet(form, 20)


def test_the_three_requests_are_counted_by_the_names_of_their_addresses(page, monkeypatch):
    meters = Meters()
    monkeypatch.setattr(measures, "MINE", meters)
    page.start()
    page.send("exam-save", SHEET, {**SAME, "accept": "application/json"}, number=1)
    page.send("exam-submit", SHEET, number=1)
    counted = {key[1:]: value[0] for key, value in meters.numbers().items() if key[0] == measures.REQUESTS.name}
    assert counted == {
        ("exam-start", "POST", "2xx"): 1,
        ("exam-save", "POST", "2xx"): 1,
        ("exam-submit", "POST", "3xx"): 1,
    }
