"""The pages of the lane, start and result: to the last byte what the ordinary way shows, and nobody else's."""

import gzip
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.middleware.csrf import _unmask_cipher_token
from django.test import Client
from django.urls import reverse

from lantoa.contests.models import Contest
from lantoa.contests.rounds import sequence
from lantoa.exams import actions
from lantoa.exams.bank import open_bank
from lantoa.exams.corrections import Deed, void
from lantoa.exams.models import SHOWN, Attempt
from lantoa.exams.slips import read_start
from lantoa.lib import clock
from lantoa.people.actions import create_staff
from lantoa.people.sessions import Session
from lantoa.site.visits import visits
from lantoa.units.models import Unit
from tests.factories.contest import a_bank, a_contest, a_contestant

SLUG = "thu-nghiem"
TOKEN = "0123456789abcdefghijABCDEFGHIJ01"
LANES = ("lantoa.site.lane.FastLane", "lantoa.site.lane.ResultLane")
OWN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]*|(?<=name="phieu" value=")[^"]*')
NARROW = re.compile(r"<p class=\"asof\">[^<]*")


@pytest.fixture
def contest(db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
    _ = open_bank(a_bank(contest).pk).draw
    return contest


def browser(me, token=TOKEN):
    client = Client()
    client.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    if token:
        client.cookies[settings.CSRF_COOKIE_NAME] = token
    return client


@pytest.fixture
def me(contest):
    return a_contestant(contest, name="Nguyễn Văn Kiểm")


def sat(me, answers=(0,) * 20, times=1):
    for _ in range(times):
        number = actions.start_attempt(contestant=me).number
        actions.submit_attempt(contestant=me, number=number, answers=list(answers))
    return me


def by_lane(answer) -> bool:
    return hasattr(answer, "route")


def both(me, settings, address):
    """The page as the lane pours it and as the ordinary way renders it."""
    poured = browser(me).get(address)
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name not in LANES]
    rendered = browser(me).get(address)
    assert (by_lane(poured), by_lane(rendered)) == (True, False)
    return [NARROW.sub("", OWN.sub("", answer.content.decode())) for answer in (poured, rendered)]


EXAM, RESULT = f"/{SLUG}/thi/", f"/{SLUG}/ket-qua/1/"


@pytest.mark.parametrize("english", ["", "/en"])
@pytest.mark.parametrize("times", [0, 1, 3])
def test_the_start_page_is_the_one_that_the_ordinary_way_renders(me, settings, english, times):
    poured, rendered = both(sat(me, times=times), settings, english + EXAM)
    assert poured == rendered
    assert poured.count("/ket-qua/") == times


def test_who_sat_very_often_sees_the_newest_attempts_and_the_way_to_older_ones(me, settings):
    sat(me, times=SHOWN + 3)
    poured, rendered = both(me, settings, EXAM)
    assert poured == rendered
    assert listed(poured) == list(range(SHOWN + 3, 3, -1))
    assert 'href="?truoc=4"' in poured
    assert "Về lượt mới nhất" not in poured
    for asked, numbers in {
        4: [3, 2, 1],
        3: [2, 1],
        1: listed(poured),
        2**40: listed(poured),
        "vi": listed(poured),
    }.items():
        older = browser(me).get(EXAM, {"truoc": asked}).content.decode()
        assert listed(older) == numbers
        assert ('href="?truoc=' in older) is (len(numbers) == SHOWN)
        assert (f'<a href="{EXAM}">Về lượt mới nhất' in older) is (len(numbers) < SHOWN)
        assert "Thi thêm lượt nữa" in older


def listed(page):
    return [int(number) for number in re.findall(r"/ket-qua/([0-9]+)/", page)]


@pytest.mark.parametrize("english", ["", "/en"])
@pytest.mark.parametrize("proved", [False, True])
@pytest.mark.parametrize("times", [1, 2])
def test_a_result_is_the_page_that_the_ordinary_way_renders(me, settings, english, proved, times):
    sat(me, times=times)
    if proved:
        sequence(me.contest, clock.now())
    for number in range(1, times + 1):
        middleware = list(settings.MIDDLEWARE)
        poured, rendered = both(me, settings, f"{english}/{SLUG}/ket-qua/{number}/")
        assert poured == rendered
        assert ("data-waits" in poured) is not proved
        settings.MIDDLEWARE = middleware


@pytest.mark.parametrize("how", ["closed", "out of time"])
def test_and_so_it_is_in_rarer_shapes(me, settings, how):
    sat(me)
    if how == "closed":
        Contest.objects.update(closes_at=clock.now() + timedelta(milliseconds=1))
    else:
        Attempt.objects.update(closed_by="time")
    poured, rendered = both(me, settings, RESULT)
    assert poured == rendered
    assert ("Thi lại" in poured) is (how != "closed")


def test_two_people_read_each_their_own_and_nothing_of_the_other(contest):
    units = [Unit.objects.create(code=f"9{n}", kind="ward", name=f"Phường <b>{n}", parent=contest.root) for n in "12"]
    people = [a_contestant(contest, name=f"Người {n}", unit=unit) for n, unit in enumerate(units)]
    for person, answers in zip(people, [(0,) * 20, (1,) * 20], strict=True):
        sat(person, answers)
    browsers = [browser(person, TOKEN[:-1] + str(n)) for n, person in enumerate(people)]
    codes = [re.search(r'receipt-code">([^<]*)<', one.get(RESULT).content.decode())[1] for one in browsers]
    assert len(set(codes)) == 2
    for own, other in ((0, 1), (1, 0), (0, 1)):
        result, exam = (browsers[own].get(address) for address in (RESULT, EXAM))
        assert by_lane(result)
        assert by_lane(exam)
        text = result.content.decode()
        assert codes[own] in text
        assert codes[other] not in text
        assert f"&lt;b&gt;{own + 1}" in text
        assert f"b&gt;{other + 1}" not in text
        assert "<b>" not in text
        start = exam.content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', start)[1]
        assert _unmask_cipher_token(token) == f"{TOKEN[:-1]}{own}"
        slip = read_start(SLUG, re.search(r'name="phieu" value="([^"]*)"', start)[1])
        assert (slip.contestant, slip.who) == (people[own].pk, bytes(people[own].who))


def test_nobody_keeps_them_and_they_are_packed_for_who_takes_it(me):
    sat(me)
    for address in (EXAM, RESULT):
        answer = browser(me).get(address, headers={"accept-encoding": "gzip, br"})
        assert by_lane(answer)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Cookie" in answer.headers["Vary"]
        assert "Content-Security-Policy" in answer.headers
        assert b"</html>" in gzip.decompress(answer.content)


def test_what_they_ask_of_the_database(me, django_assert_num_queries):
    sat(me)
    mine = browser(me)
    for address, most in ((EXAM, 3), (RESULT, 5)):
        mine.get(address)
        with django_assert_num_queries(most):
            assert by_lane(mine.get(address))


def test_each_that_a_browser_opened_is_a_page_that_was_seen(me):
    sat(me)
    visits.flush()
    before = visits._made[SLUG]
    for agent in ("Mozilla/5.0", "Googlebot"):
        for address in (EXAM, RESULT):
            assert by_lane(browser(me).get(address, headers={"user-agent": agent}))
    assert visits._made[SLUG] - before == 2


def test_the_rank_is_the_one_of_this_moment(contest, me):
    sat(me)
    mine = browser(me)
    assert "trong 1 người đã thi" in mine.get(RESULT).content.decode()
    sat(a_contestant(contest, name="Người sau"))
    assert "trong 2 người đã thi" in mine.get(RESULT).content.decode()


# ── Everything else takes the ordinary way ──────────────────────────────────────────────────────────────────────────


def test_an_open_paper_is_shown_by_the_ordinary_way(me):
    actions.start_attempt(contestant=me)
    shown = browser(me).get(EXAM)
    assert (by_lane(shown), shown.content.decode().count("<fieldset")) == (False, 20)
    assert browser(me).get(RESULT).url == reverse("exam", kwargs={"contest": SLUG})


def test_nobody_elses_result_is_shown(contest, me):
    sat(a_contestant(contest, name="Người khác"))
    assert browser(me).get(RESULT).status_code == 404


def test_who_is_signed_out_is_led_to_sign_in_from_both(me):
    sat(me)
    mine = browser(me)
    Session.objects.all().delete()
    for address in (EXAM, RESULT):
        assert mine.get(address).url.startswith(reverse("sign-in"))


def test_what_has_to_be_said_once_is_said(me):
    sat(me)
    for address in (EXAM, RESULT):
        mine = browser(me)
        mine.cookies["messages"] = "x"
        assert not by_lane(mine.get(address))
    mine = browser(me)
    Session.objects.update(data={"_messages": "x"})
    assert not any(by_lane(mine.get(address)) for address in (EXAM, RESULT))


def test_without_a_token_or_with_a_refusal_the_start_page_takes_the_ordinary_way(me):
    assert not by_lane(browser(me, token="").get(EXAM))
    refused = browser(me).get(EXAM + "?tu-choi=limit")
    assert not by_lane(refused)
    assert "Bạn đã thi đủ số lượt" in refused.content.decode()


def test_who_may_not_start_is_told_why(contest, me):
    sat(me)
    Contest.objects.update(attempts_limit=1)
    shown = browser(me).get(EXAM)
    assert not by_lane(shown)


def test_a_decision_is_told_by_the_ordinary_way(me):
    sat(me)
    by = create_staff(username="ban-to-chuc", password="rất dài và kín", roles=["organiser"])
    void(contestant=me, attempt=1, deed=Deed(by=by, reason="Thi hộ"))
    for address in (EXAM, RESULT):
        shown = browser(me).get(address)
        assert not by_lane(shown)
        assert "không được tính" in shown.content.decode()
