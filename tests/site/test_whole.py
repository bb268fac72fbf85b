"""Pages that are kept whole: everybody sees what is theirs, in their language, as it is now."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import INFO, add_message
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from lantoa.contests.models import Contest
from lantoa.learning.actions import mark_card, publish_lessons, set_topics
from lantoa.learning.models import Lesson
from lantoa.lib import clock
from lantoa.lib.lately import Lately
from lantoa.site import whole as room
from lantoa.site.whole import whole
from tests.factories.contest import a_contest, a_contestant
from tests.site.test_learning_pages import PACKAGE

BACKEND = "lantoa.people.sign_in.PhoneOrCitizenId"
EVIL = '<script>alert("x")</script>&'


@pytest.fixture
def contest(db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2), learn_first=True)
    set_topics(contest=contest, topics=[{"number": n, "title": f"Chuyên đề {n}"} for n in range(1, 5)])
    publish_lessons(contest=contest, folder=PACKAGE)
    return contest


def signed_in(person, **how):
    browser = Client(**how)
    browser.force_login(person.account, backend=BACKEND)
    return browser


def at(name, contest, **where):
    return reverse(name, kwargs={"contest": contest.slug, **where})


def html(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def bare(answer):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html(answer))


def test_two_people_who_have_come_equally_far_see_the_same_page_with_their_own_names(contest):
    one, two = (signed_in(a_contestant(contest, name=name).person) for name in ("Trần Thị Mận", "Lê Văn Đào"))
    for _ in range(2):
        first, second = html(one.get(at("topics", contest))), html(two.get(at("topics", contest)))
        assert "Chào bạn Mận" in first
        assert "Chào bạn Đào" in second
        assert "Đào" not in first
        assert "Mận" not in second
        assert first.replace("Mận", "Đào") == second


def test_ones_progress_is_never_on_anothers_page(contest):
    me, other = a_contestant(contest, name="Trần Thị Mận"), a_contestant(contest, name="Lê Văn Đào")
    lesson = Lesson.objects.get(code="3.3")
    card = at("card", contest, code="3.3", number=2)
    for done in (1, 2, 3):
        mark_card(contestant=me, lesson=lesson, card=done)
        assert f"Bạn đã học {done} trong" in html(signed_in(me.person).get(at("topics", contest)))
        assert "Bạn đã học 0 trong" in html(signed_in(other.person).get(at("topics", contest)))
        assert f'value="{done}"' in html(signed_in(me.person).get(card)).split("<progress")[1].split(">")[0]
        assert 'value="0"' in html(signed_in(other.person).get(card)).split("<progress")[1].split(">")[0]


def test_a_name_is_words_and_never_markup(contest):
    answer = signed_in(a_contestant(contest, name=f"Trần {EVIL.replace(' ', '')}").person).get(at("topics", contest))
    assert "<script>alert" not in html(answer)
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;" in html(answer)


def test_what_the_organiser_changes_is_seen_at_once(contest):
    browser = signed_in(a_contestant(contest, name="Trần Thị Mận").person)
    html(browser.get(at("topics", contest)))
    Contest.objects.update(name="Một tên khác", asked=33)
    assert "Một tên khác" in html(browser.get(at("topics", contest)))
    assert "33 câu" in html(browser.get(at("topics", contest)))
    Contest.objects.update(closes_at=clock.now() - timedelta(days=1))
    assert "Cuộc thi đã kết thúc" in html(browser.get(at("topics", contest)))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_packed_or_not_it_is_the_same_page_and_nobody_else_may_keep_it(contest, language):
    browser = signed_in(a_contestant(contest, name="Trần Thị Mận").person)
    with override(language):
        pages = [at("topics", contest), at("lesson", contest, code="3.3"), at("card", contest, code="3.3", number=1)]
    for page in pages:
        plain, packed = browser.get(page), browser.get(page, headers={"Accept-Encoding": "gzip, br"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) == len(packed.content)
        packed.content = gzip.decompress(packed.content)
        assert bare(packed) == bare(plain)
        assert f'<html lang="{language}">' in html(plain)
        for answer in (plain, packed):
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert {"Cookie", "Accept-Encoding"} <= {word.strip() for word in answer.headers["Vary"].split(",")}


def test_the_forms_of_a_kept_page_are_accepted_from_whoever_was_sent_them_only(contest):
    people = [a_contestant(contest, name=name).person for name in ("Trần Thị Mận", "Lê Văn Đào")]
    one, two = (signed_in(person, enforce_csrf_checks=True) for person in people)
    card = at("card", contest, code="3.3", number=1)
    tokens = [re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html(who.get(card)))[0] for who in (one, two)]
    again = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html(one.get(card)))[0]
    assert len({*tokens, again}) == 3  # each page masks it anew
    for who, token, status in ((one, tokens[0], 302), (one, again, 302), (two, tokens[1], 302), (one, tokens[1], 403)):
        assert who.post(card, {"do": "done", "csrfmiddlewaretoken": token}).status_code == status


def a_request(account):
    request = RequestFactory().get("/thu-nghiem/hoc/")
    request.user = account
    request.session = {}
    request._messages = FallbackStorage(request)  # as the middleware does
    request.resolver_match = None
    return request


def test_what_is_said_once_is_said_once(contest):
    before = len(room._pages.young)
    request = a_request(AnonymousUser())
    add_message(request, INFO, "Đã ghi nhận <b>")
    said = html(whole(request, "site/base.html", contest=contest, shows={}))
    assert "Đã ghi nhận &lt;b&gt;" in said
    assert len(room._pages.young) == before
    assert "Đã ghi nhận" not in html(whole(a_request(AnonymousUser()), "site/base.html", contest=contest, shows={}))


def test_a_row_cannot_name_a_page(contest):
    with pytest.raises(TypeError):
        whole(a_request(AnonymousUser()), "site/base.html", contest=contest, shows={"me": contest})


def test_pages_that_nobody_asks_for_are_forgotten_and_the_others_stay(contest, monkeypatch):
    monkeypatch.setattr(room, "_pages", Lately(60_000))
    asked = whole(a_request(AnonymousUser()), "site/base.html", contest=contest, shows={"n": "asked for"})
    first = next(iter(room._pages.young.values()))
    for n in range(40):
        whole(a_request(AnonymousUser()), "site/base.html", contest=contest, shows={"n": n})
        again = whole(a_request(AnonymousUser()), "site/base.html", contest=contest, shows={"n": "asked for"})
        assert again.content == asked.content
        assert room._pages.size <= 60_000
    assert first in room._pages.young.values()
    assert len(room._pages.young) + len(room._pages.old) < 20


def test_a_page_that_nobody_will_ask_for_again_is_not_kept(contest, monkeypatch):
    monkeypatch.setattr(room, "_pages", Lately(room.MOST))
    whole(a_request(AnonymousUser()), "site/base.html", contest=contest, shows={}, again=False)
    assert not room._pages.young
