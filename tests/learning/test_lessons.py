"""Lesson files: what is read, what is refused, and that the package's own lessons keep the rules of the house."""

from __future__ import annotations

import re
from datetime import date

import pytest

from lantoa.learning import pictures
from lantoa.learning.lessons import read_lessons, voice
from lantoa.learning.lint import facts, lint
from lantoa.lib.frontmatter import BadContent
from tests.factories.packages import PACKAGES, REFERENCE

TODAY = date(2026, 11, 23)
HEAD = """+++
code = "1.1"
topic = 1
title = "Bài thử"
minutes = 2
compulsory = true
goal = "làm được một việc"
takeaway = "Dừng."
author = "a"
reviewer = "b"
version = 1
+++

"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0H9"/></svg>'


def package(tmp_path, body, *, head=HEAD, svg=SVG):
    for name in ("lessons", "pictures"):
        (tmp_path / name).mkdir()
    (tmp_path / "lessons" / "1.1.md").write_text(head + body, encoding="utf-8")
    (tmp_path / "pictures" / "ve.svg").write_text(svg, encoding="utf-8")
    return tmp_path


def read(tmp_path, body, **more):
    return read_lessons(package(tmp_path, body, **more))[0]


def refused(tmp_path, body, **more):
    with pytest.raises(BadContent) as error:
        read(tmp_path, body, **more)
    return "\n".join(error.value.messages)


def test_a_card_has_its_title_its_words_and_its_facts(tmp_path):
    card = read(tmp_path, "## Chào {F1, B10}\n\nXin **chào** bạn.\n").cards[0]
    assert (card["n"], card["title"], card["facts"], card["kind"]) == (1, "Chào", ["F1", "B10"], "text")
    assert card["html"] == "<p>Xin <strong>chào</strong> bạn.</p>\n"
    assert card["text"] == "Xin chào bạn."


def test_a_picture_is_taken_into_the_card_with_its_description(tmp_path):
    card = read(tmp_path, "## Một\n\n![Một nét.](ve.svg)\n\nChữ.\n").cards[0]
    assert (card["picture"], card["alt"]) == (SVG, "Một nét.")
    assert "Tranh vẽ: Một nét." in voice(card)


def test_a_check_is_read_aloud_with_its_options(tmp_path):
    body = '## Hỏi\n\n```check\nstem = "Gì?"\noptions = ["a", "b", "c", "d"]\nkey = 1\nexplanation = "vì"\n```\n'
    card = read(tmp_path, body).cards[0]
    assert card["kind"] == "check"
    assert voice(card) == "Hỏi.\nGì?\na.\nb.\nc.\nd."


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("Không có thẻ.", "mỗi thẻ mở bằng"),
        ("## Một\n\n![x](ve.svg)\n\n```game KE\nitems = ['a','b','c']\ndone = 'd'\n```\n", "chỉ một tranh"),
        ("## Một\n\n```game LA\n```\n", "không có loại khối"),
        ("## Một\n\n```game CHECK\n```\n", "không có loại khối"),
        ("## Một\n\n```check\nkey = \n```\n", "TOML sai"),
        ("## Một\n\n```check\nstem = 'x'\n```\n", "thiếu “options”"),
        ("## Một\n\n```game KE\nitems = ['a','b','c']\ndone = 'd'\n```\n\nChữ sau.", "không viết gì sau"),
        ("## Một\n\n![](ve.svg)\n", "thiếu lời tả"),
        ("## Một\n\n![x](khong.svg)\n", "không đọc được"),
    ],
)
def test_faults_name_the_file_and_the_card(tmp_path, body, says):
    found = refused(tmp_path, body)
    assert says in found
    assert found.startswith("lessons/1.1.md: ")


def test_all_faults_are_told_at_once(tmp_path):
    found = refused(tmp_path, "## Một\n\n![](ve.svg)\n\n## Hai\n\n```game LA\n```\n", head=HEAD)
    assert "thẻ 1" in found
    assert "thẻ 2" in found


def test_front_matter_needs_every_field(tmp_path):
    assert "thiếu “goal”" in refused(tmp_path, "## Một\n", head=HEAD.replace("goal =", "gaol ="))


def test_the_code_begins_with_the_topic(tmp_path):
    assert "code phải là" in refused(tmp_path, "## Một\n", head=HEAD.replace('"1.1"', '"2.1"'))


@pytest.mark.parametrize(
    "text",
    [
        "Xin <script>alert(1)</script> chào",
        "<img src=x onerror=alert(1)>",
        "[bấm](javascript:alert(1))",
        "<svg onload=alert(1)>",
        "<b style='position:fixed'>x</b>",
    ],
)
def test_markup_in_a_lesson_stays_words(tmp_path, text):
    html = read(tmp_path, f"## Một\n\n{text}\n").cards[0]["html"]
    for sign in ("<script", "<img", "<svg", "<b ", "href"):
        assert sign not in html


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<style>*{}</style>",
        '<path d="M0 0" onclick="alert(1)"/>',
        '<path d="M0 0" style="fill:red"/>',
        '<image href="https://la.example/x.png"/>',
        '<use href="#a"/>',
        '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
        "<foreignObject><p>x</p></foreignObject>",
        '<path d="M0 0" fill="url(https://la.example/x)"/>',
        "<text>chữ</text>",
        '<path xmlns="http://www.w3.org/1999/xhtml" d="M0 0"/>',
    ],
)
def test_a_drawing_is_shapes_and_nothing_else(inside):
    found = []
    assert not pictures.check(SVG.replace("<path", f"{inside}<path", 1), found.append)
    assert found


@pytest.mark.parametrize(
    "text",
    [
        "<svg",
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG,
        SVG.replace('viewBox="0 0 9 9"', ""),
        SVG.replace("M0 0H9", "M0 0" + "h1" * 3000),
        "<html/>",
    ],
)
def test_what_is_no_small_drawing_is_refused(text):
    found = []
    assert not pictures.check(text, found.append)
    assert found


@pytest.mark.parametrize("path", ["M0 0H", "M09q6 6 12 0", "L1 1", "M0 0C1 1 2 2", "M0 0X1", "M0 0Z1"])
def test_a_path_that_a_browser_cannot_draw_is_refused(path):
    found = []
    assert not pictures.check(SVG.replace("M0 0H9", path), found.append)
    assert "đường vẽ sai" in found[0]


def test_a_plain_drawing_passes():
    found = []
    assert pictures.check(SVG, found.append), found


LESSONS = read_lessons(REFERENCE)


def test_the_package_has_two_lessons_a_topic_or_more():
    for topic in (1, 2, 3, 4):
        assert sum(lesson.topic == topic for lesson in LESSONS) >= 2


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_every_lesson_keeps_the_rules_of_easy_reading(package):
    known = facts(package)
    assert [found for lesson in read_lessons(package) for found in lint(lesson, known, TODAY)] == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_nothing_stands_in_a_lesson_that_a_voice_cannot_say(package):
    strange = re.compile(r"[^\w\s.,?:;()…-]")
    told = {(one.code, card["n"]): strange.findall(voice(card)) for one in read_lessons(package) for card in one.cards}
    assert {place: signs for place, signs in told.items() if signs} == {}


def test_all_nine_games_are_played_somewhere():
    from lantoa.learning import games

    played = {card["game"]["kind"] for lesson in LESSONS for card in lesson.cards if "game" in card}
    assert played == set(games.KINDS)


def test_the_lint_finds_what_it_is_for(tmp_path):
    long = " ".join(["từ"] * 30)
    lesson = read(tmp_path, f"## Một {{G3, X9}}\n\n{long}.\n\n## Hai\n\nlink.\n")
    found = "\n".join(lint(lesson, {"G3": date(2025, 11, 1)}, TODAY))
    for says in (
        "2 thẻ",
        "review_by",
        "căn cứ X9",
        "câu dài 30 từ",
        "1 từ",
        "G3 dễ đổi, xem lần cuối 01/11/2025",
        "link",
    ):
        assert says in found
