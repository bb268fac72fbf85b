"""The English of a lesson: the same lesson in other words, chosen by the language of the page."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from lantoa.learning.actions import publish_lessons, set_topics
from lantoa.learning.lessons import read_lessons, voice
from lantoa.learning.models import Lesson
from lantoa.lib import clock
from lantoa.lib.frontmatter import BadContent
from tests.factories.contest import a_contest, a_contestant
from tests.factories.packages import REFERENCE
from tests.learning.test_lessons import package

HEAD = """+++
title = "A trial"
goal = "do one thing"
takeaway = "Stop."
+++

"""
CHECK = '```check\nstem = "{}?"\noptions = ["{}", "b", "c", "d"]\nkey = {}\nexplanation = "e"\n```\n'
STORY = (
    "```game RE\n[[turns]]\nid = 'a'\ntext = '{}'\nchoices = [{{ text = 'x', to = '{}' }}, {{ text = 'y', to = 'c' }}]\n"
    "[[turns]]\nid = 'b'\nending = 'good'\ntext = 'g'\n[[turns]]\nid = 'c'\nending = 'bad'\ntext = 'h'\n```\n"
)
FIRST = {"1.3", "1.4", "2.1", "2.5", "3.3", "3.5", "4.2", "4.5"}


def read(tmp_path, body, english, *, head=HEAD):
    folder = package(tmp_path, body)
    (folder / "lessons" / "1.1.en.md").write_text(head + english, encoding="utf-8")
    return read_lessons(folder)[0]


def refused(tmp_path, body, english, **more):
    with pytest.raises(BadContent) as error:
        read(tmp_path, body, english, **more)
    return "\n".join(error.value.messages)


def test_the_english_has_its_own_words_and_leans_on_the_same_facts(tmp_path):
    body = "## Chào {F1}\n\n![Một nét.](ve.svg)\n\nXin chào ngày 1/2/2026.\n"
    lesson = read(tmp_path, body, "## Hello\n\n![A line.](ve.svg)\n\nGood day, 1 – 2.\n")
    assert (lesson.title_en, lesson.goal_en, lesson.takeaway_en) == ("A trial", "do one thing", "Stop.")
    card = lesson.cards_en[0]
    assert (card["title"], card["facts"], card["alt"]) == ("Hello", ["F1"], "A line.")
    assert voice(card, "en") == "Hello.\nGood day, 1 – 2.\nPicture: A line."
    assert "ngày 1 tháng 2" in voice(lesson.cards[0])


def test_a_lesson_without_english_has_none(tmp_path):
    lesson = read_lessons(package(tmp_path, "## Một\n\nChữ.\n"))[0]
    assert (lesson.title_en, lesson.cards_en) == ("", [])


@pytest.mark.parametrize(
    ("body", "english", "says"),
    [
        ("## Một\n\nChữ.\n", "## One\n\nWords.\n\n## Two\n\nWords.\n", "1.1.en.md: có 2 thẻ, bản tiếng Việt có 1"),
        ("## Một\n\n![Một nét.](ve.svg)\n\nChữ.\n", "## One\n\nWords.\n", "thẻ 1: khác bản tiếng Việt"),
        ("## Một\n\n" + CHECK.format("Gì", "a", 1), "## One\n\n" + CHECK.format("What", "z", 2), "thẻ 1: khác"),
        ("## Một\n\n" + STORY.format("Gì", "b"), "## One\n\n" + STORY.format("What", "c"), "thẻ 1"),
        ("## Một\n\nChữ.\n", "", "mỗi thẻ mở bằng"),
    ],
)
def test_what_is_not_the_same_lesson_is_refused(tmp_path, body, english, says):
    assert says in refused(tmp_path, body, english)


def test_other_words_alone_are_the_same_lesson(tmp_path):
    body, english = "## Một\n\n" + CHECK.format("Gì", "a", 1), "## One\n\n" + CHECK.format("What", "z", 1)
    assert read(tmp_path, body, english).cards_en[0]["game"]["data"]["stem"] == "What?"


def test_english_without_its_head_or_its_lesson_is_refused(tmp_path):
    assert "thiếu “takeaway”" in refused(tmp_path, "## Một\n\nChữ.\n", "## One\n\nW.\n", head=HEAD.replace("take", "x"))
    (tmp_path / "lessons" / "9.9.en.md").write_text(HEAD, encoding="utf-8")
    with pytest.raises(BadContent, match=r"9\.9\.en\.md: không có bản tiếng Việt"):
        read_lessons(tmp_path)


def test_the_first_eight_lessons_have_their_english():
    assert {lesson.code for lesson in read_lessons(REFERENCE) if lesson.title_en} >= FIRST


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def page(client, db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
    set_topics(contest=contest, topics=[{"number": number, "title": f"Chuyên đề {number}"} for number in range(1, 5)])
    publish_lessons(contest=contest, folder=REFERENCE)
    client.force_login(a_contestant(contest).person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    return client


def at(name, language, **kwargs):
    with translation.override(language):
        return reverse(name, kwargs={"contest": "thu-nghiem", **kwargs})


def test_a_page_in_english_tells_the_lesson_in_english_and_the_other_stays_vietnamese(page):
    english = page.get(at("card", "en", code="3.3", number=1)).content.decode()
    vietnamese = page.get(at("card", "vi", code="3.3", number=1)).content.decode()
    assert "A call at nine in the morning" in english
    assert "Cuộc gọi lúc 9 giờ sáng" in vietnamese
    assert 'data-language="en"' in english
    assert 'data-language="vi"' in vietnamese
    assert 'lesson-card--drawn"\n             lang="en"' in english
    assert "Five signs of a scam" in page.get(at("lesson", "en", code="3.3")).content.decode()
    assert "Five signs of a scam" in page.get(at("topics", "en")).content.decode()


def test_a_lesson_without_english_says_that_it_is_vietnamese(page):
    lesson = Lesson.objects.filter(current=True, title_en="").first()
    shown = page.get(at("card", "en", code=lesson.code, number=1)).content.decode()
    assert lesson.cards[0]["title"] in shown
    assert 'data-language="vi"' in shown


def test_a_game_answers_in_the_language_of_its_page(page):
    number = next(n for n, card in enumerate(Lesson.objects.get(code="3.3", current=True).cards, 1) if "game" in card)
    played = {"do": "play", "mark": ["1", "2"]}
    answer = page.post(at("card", "en", code="3.3", number=number), played).content.decode()
    assert "Open the shopping app yourself" in answer
    assert "Tự mở ứng dụng" not in answer


def test_new_english_makes_a_new_version_and_the_same_makes_none(page, tmp_path):
    folder = shutil.copytree(REFERENCE, tmp_path / "goi")
    contest = Lesson.objects.filter(code="3.3").get().contest
    assert publish_lessons(contest=contest, folder=folder) == []
    path = folder / "lessons" / "3.3.en.md"
    path.write_text(path.read_text("utf-8").replace("Five signs of a scam", "Five signs"), "utf-8")
    assert publish_lessons(contest=contest, folder=folder) == ["bài 3.3 bản 2"]
