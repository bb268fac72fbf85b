"""Each card of each lesson that is shipped, in each of its languages, as a cheap phone without JavaScript meets it."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from lantoa.learning.actions import publish_lessons, set_topics
from lantoa.learning.models import Lesson
from lantoa.lib import clock
from tests.factories.contest import a_contest, a_contestant
from tests.factories.packages import PACKAGES

MOST = 12_000  # bytes on the wire; the design allows a page of a lesson with its pictures 30,000
# What a form sends that somebody has filled in, and what the page then says, by the kind of the game.
ANSWERS = {
    "TIM": lambda data: ({"mark": ["1"]}, data["done"]),
    "XEP": lambda data: ({f"place-{n}": [str(n + 1)] for n in range(len(data["steps"]))}, data["done"]),
    "GHEP": lambda data: ({f"pair-{n}": ["0"] for n in range(len(data["pairs"]))}, data["done"]),
    "CHIA": lambda data: ({f"item-{n}": ["0"] for n in range(len(data["items"]))}, data["done"]),
    "SO": lambda data: ({"version": ["0"]}, data["why"]),
    "CHECK": lambda data: ({"option": ["0"]}, data["explanation"]),
    "RE": lambda data: ({"choice": ["0"]}, _turn(data, data["turns"][0]["choices"][0]["to"])["text"]),
}


def _turn(story, name):
    return next(turn for turn in story["turns"] if turn["id"] == name)


@pytest.fixture(params=PACKAGES, ids=lambda folder: folder.name)
def page(request, client, db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
    set_topics(contest=contest, topics=[{"number": number, "title": f"Chuyên đề {number}"} for number in range(1, 5)])
    publish_lessons(contest=contest, folder=request.param)
    client.force_login(a_contestant(contest).person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    return client


def pages(lesson):
    """(address, card) of the lesson's own page and of its cards, in Vietnamese, and in English where it has some."""
    for language, cards in (("vi", lesson.cards), ("en", lesson.cards_en)):
        with translation.override(language):
            where = {"contest": "thu-nghiem", "code": lesson.code}
            yield reverse("lesson", kwargs=where), None
            for card in cards:
                yield reverse("card", kwargs={**where, "number": card["n"]}), card


def test_every_page_is_light_and_its_card_is_shown_and_described(page):
    for lesson in Lesson.objects.filter(current=True):
        for address, card in pages(lesson):
            answer = page.get(address)
            assert answer.status_code == 200, address
            assert len(gzip.compress(answer.content)) < MOST, address
            html = unescape(answer.content.decode())
            body = html[html.index("<main") : html.index("</main>")]
            assert html.count("<h1") == 1, address
            assert not re.search(r" style=|<script|\son\w+=", body), address
            if card:
                assert f"{card['title']}</h1>" in html, address
                assert "picture" not in card or f'role="img" aria-label="{card["alt"]}"' in html, address


def test_every_game_and_every_check_answers_a_plain_form(page):
    played = 0
    for lesson in Lesson.objects.filter(current=True):
        for address, card in pages(lesson):
            kind = card["game"]["kind"] if card and "game" in card else None
            if kind not in ANSWERS:
                continue
            sent, told = ANSWERS[kind](card["game"]["data"])
            assert told not in unescape(page.get(address).content.decode()), address
            assert told in unescape(page.post(address, {"do": "play", **sent}).content.decode()), (address, kind)
            played += 1
    assert played >= 8
