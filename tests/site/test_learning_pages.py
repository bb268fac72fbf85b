"""Topics, lessons, cards and games as pages: states, queries, no JavaScript needed, nothing harmful in them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

from lantoa.contests.models import Contest
from lantoa.learning.actions import mark_card, publish_lessons, set_topics
from lantoa.learning.models import Lesson, Progress
from lantoa.lib import clock
from tests.factories.contest import a_contest, a_contestant

PACKAGE = Path(__file__).parents[2] / "packages" / "cong-dan-so-hai-phong"
SLUG = "thu-nghiem"


@pytest.fixture
def contest(db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2), learn_first=True)
    pictures = ["ba-chau.svg", "moi-noi.svg", "khien.svg", "ai.svg"]
    topics = [{"number": n, "title": f"Chuyên đề {n}", "picture": picture} for n, picture in enumerate(pictures, 1)]
    set_topics(contest=contest, topics=topics)
    publish_lessons(contest=contest, folder=PACKAGE)
    return contest


@pytest.fixture
def me(contest):
    return a_contestant(contest, name="Nguyễn Thị Nguyên")


@pytest.fixture
def page(client, me):
    client.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    return client


def at(name, **kwargs):
    with translation.override("vi"):
        return reverse(name, kwargs={"contest": SLUG, **kwargs})


def text(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def shift(**days):
    """Move the contest's window."""
    now = clock.now()
    Contest.objects.update(opens_at=now + timedelta(days=days["opens"]), closes_at=now + timedelta(days=days["closes"]))


def learn(me, *, leave=0):
    lessons = sorted(Lesson.objects.current(me.contest), key=lambda lesson: lesson.compulsory)  # those last
    for lesson in lessons[: len(lessons) - leave]:
        for card in range(1, lesson.size + 1):
            mark_card(contestant=me, lesson=lesson, card=card)


def a_game(kind):
    """The lesson and the number of the first card with this game."""
    for lesson in Lesson.objects.filter(current=True):
        for card in lesson.cards:
            if card.get("game", {}).get("kind") == kind:
                return {"code": lesson.code, "number": card["n"]}, card["game"]["data"]
    raise AssertionError(kind)


# ── Topics ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_topics_page_asks_the_database_three_times(page, me, django_assert_num_queries):
    learn(me, leave=3)
    with django_assert_num_queries(3):
        text(page.get(at("topics")))


def test_who_begins_is_led_to_the_first_card(page):
    html = text(page.get(at("topics")))
    assert "mình bắt đầu nhé" in html
    assert f'href="{at("card", code="1.1", number=1)}"' in html
    assert at("exam") not in html


def test_who_stopped_is_led_to_the_next_card(page, me):
    mark_card(contestant=me, lesson=Lesson.objects.get(code="3.3"), card=1)
    html = text(page.get(at("topics")))
    assert "Bạn đã học 1 trong" in html
    assert f'class="btn btn--wide" href="{at("card", code="3.3", number=2)}"' in html


def test_the_exam_opens_with_the_last_topic(page, me):
    learn(me, leave=1)
    assert at("exam") not in text(page.get(at("topics")))
    learn(me)
    assert f'class="btn btn--wide" href="{at("exam")}"' in text(page.get(at("topics")))


def test_a_contest_that_does_not_ask_learning_shows_the_exam_at_once(page):
    Contest.objects.update(learn_first=False)
    assert at("exam") in text(page.get(at("topics")))


def test_before_the_opening_nothing_leads_into_the_lessons(page):
    shift(opens=1, closes=2)
    html = text(page.get(at("topics")))
    assert "Cuộc thi mở lúc" in html
    assert "/hoc/1.3/" not in html
    assert page.get(at("card", code="1.3", number=1)).url == at("topics")
    assert page.get(at("lesson", code="1.3")).url == at("topics")


def test_after_closing_one_reads_on_but_nothing_is_noted(page):
    shift(opens=-3, closes=-1)
    assert "Cuộc thi đã kết thúc" in text(page.get(at("topics")))
    assert "không còn được tính" in text(page.get(at("card", code="1.3", number=1)))
    answer = page.post(at("card", code="1.3", number=1), {"do": "done"})
    assert answer.url == at("card", code="1.3", number=2)
    assert not Progress.objects.exists()


def test_strangers_are_shown_the_way_in(client, contest):
    assert client.get(at("topics")).url.startswith("/dang-nhap/")
    assert client.get(at("card", code="1.3", number=1)).url.startswith("/dang-nhap/")


# ── Lessons and cards ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_card_asks_the_database_twice_once_its_words_are_known(page, django_assert_num_queries):
    for queries in (3, 2):
        with django_assert_num_queries(queries):
            text(page.get(at("card", code="3.3", number=1)))


def test_noting_a_card_asks_the_database_three_times(page, django_assert_num_queries):
    with django_assert_num_queries(3):
        page.post(at("card", code="3.3", number=1), {"do": "done"})


def test_a_lesson_asks_the_database_twice_once_its_words_are_known(page, django_assert_num_queries):
    for queries in (3, 2):
        with django_assert_num_queries(queries):
            text(page.get(at("lesson", code="3.3")))


def test_walking_through_a_lesson_without_javascript_completes_it(page, me):
    url = at("card", code="3.3", number=1)
    for _ in range(11):
        text(page.get(url))
        url = page.post(url, {"do": "done"}).url
    assert url == at("lesson", code="3.3")
    html = text(page.get(url))
    assert "Bạn đã học xong bài này" in html
    assert "Dừng – Hỏi – Tự mở." in html
    assert Progress.objects.get().completed_at is not None


def test_the_last_lesson_leads_to_the_exam(page, me):
    learn(me)
    assert at("exam") in text(page.get(at("lesson", code="4.5")))


@pytest.mark.parametrize(("code", "number"), [("3.3", 99), ("3.3", 0), ("9.9", 1), ("x", 1)])
def test_a_card_that_is_not_there_is_not_found(page, code, number):
    assert page.get(at("card", code=code, number=number)).status_code == 404
    assert page.post(at("card", code=code, number=number), {"do": "done"}).status_code == 404


def test_the_size_of_the_text_is_kept_without_javascript(page):
    url = at("card", code="3.3", number=1)
    assert 'data-size="1"' in text(page.get(url))
    assert page.post(url, {"do": "size", "size": "3"}).url == url
    assert 'data-size="3"' in text(page.get(url))
    page.post(url, {"do": "size", "size": '"><script>'})
    assert 'data-size="1"' in text(page.get(url))


def test_words_for_the_voice_stand_in_the_page_and_the_button_waits_for_a_voice(page):
    html = text(page.get(at("card", code="3.3", number=1)))
    assert re.search(r'<button[^>]* hidden data-aloud="Cuộc gọi lúc 9 giờ sáng\.', html)


def test_a_script_in_a_lesson_stays_words(page, contest, tmp_path):
    folder = tmp_path
    for name in ("lessons", "pictures"):
        (folder / name).mkdir()
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>"
    head = (PACKAGE / "lessons" / "3.3.md").read_text(encoding="utf-8").split("## ")[0]
    head = head.replace('title = "Năm dấu hiệu lừa đảo"', f"title = '''{evil}'''")
    body = f'## {evil}\n\n{evil}\n\n```check\nstem = \'\'\'{evil}\'\'\'\noptions = ["<b>a</b>", "b", "c", "d"]\nkey = 0\nexplanation = "<i>"\n```\n'
    (folder / "lessons" / "3.3.md").write_text(head + body, encoding="utf-8")
    publish_lessons(contest=contest, folder=folder)
    for answer in (
        page.get(at("topics")),
        page.get(at("lesson", code="3.3")),
        page.get(at("card", code="3.3", number=1)),
        page.post(at("card", code="3.3", number=1), {"do": "play", "option": "0"}),
    ):
        html = text(answer)
        assert "alert(1)" in html
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<b>a</b>" not in html


# ── Games: plain forms ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["TIM", "XEP", "GHEP", "CHIA", "RE", "SO", "CHECK"])
def test_a_game_is_a_form_that_answers_on_the_same_card_and_notes_nothing(page, kind):
    where, _ = a_game(kind)
    html = text(page.get(at("card", **where)))
    assert 'name="do" value="play"' in html
    assert 'role="status"' not in html.split('id="choi"')[1].split("<form")[0]
    answer = text(page.post(at("card", **where), {"do": "play", "option": "0", "version": "0", "choice": "0"}))
    assert 'id="loi-giai"' in answer
    assert 'role="status"' in answer
    assert not Progress.objects.exists()


@pytest.mark.parametrize("kind", ["DO", "NHO", "KE"])
def test_what_is_typed_in_private_games_has_no_name_and_no_form(page, kind):
    where, _ = a_game(kind)
    game = text(page.get(at("card", **where))).split('id="choi"')[1].split('class="row row--spread lesson-nav')[0]
    assert "<form" not in game
    assert not re.search(r"<(input|textarea)[^>]* name=", game)


def test_the_answers_stand_in_the_page_only_after_playing(page):
    where, data = a_game("TIM")
    why = next(part["why"] for part in data["segments"] if part["suspicious"])
    assert why not in text(page.get(at("card", **where)))
    assert why in text(page.post(at("card", **where), {"do": "play"}))
    where, data = a_game("CHECK")
    assert data["explanation"] not in text(page.get(at("card", **where)))
    assert data["explanation"] in text(page.post(at("card", **where), {"do": "play", "option": "3"}))


def test_do_shows_four_worked_examples_and_nho_a_filled_one(page):
    where, data = a_game("DO")
    html = text(page.get(at("card", **where)))
    assert all(sample["text"] in html for sample in data["samples"])
    where, data = a_game("NHO")
    assert all(box["example"] in text(page.get(at("card", **where))) for box in data["boxes"])


def test_a_story_goes_on_back_and_to_an_end(page):
    where, data = a_game("RE")
    url = at("card", **where)
    first = data["turns"][0]
    onward = text(page.post(url, {"do": "play", "choice": "1"}))
    assert first["choices"][1]["text"] in onward
    assert 'name="path" value="1"' in onward
    assert "Quay lại lượt trước" in onward
    assert "Lượt 1" in text(page.post(url, {"do": "play", "path": ["1"], "back": "1"}))


def test_an_order_is_given_by_numbers(page):
    where, data = a_game("XEP")
    html = text(page.get(at("card", **where)))
    shown = re.findall(r'<select class="input" name="place-(\d)">', html)
    assert len(shown) == len(data["steps"])
    from lantoa.learning.games import mixed

    start = mixed(data["steps"])
    right = {f"place-{start.index(step)}": str(seat) for seat, step in enumerate(data["steps"], 1)}
    assert "Đúng thứ tự rồi." in text(page.post(at("card", **where), {"do": "play", **right}))
    twice = dict.fromkeys(right, "1")
    assert "Mỗi việc cần một số riêng" in text(page.post(at("card", **where), {"do": "play", **twice}))


@pytest.mark.parametrize(
    ("steps", "leads"),
    [((False, False, False), "exam"), ((True, False, False), "share"), ((True, True, False), "certificate")],
)
def test_the_one_big_button_leads_to_the_next_step(page, me, monkeypatch, steps, leads):
    from lantoa.awards.steps import Steps
    from lantoa.site.views import learning

    learn(me)
    monkeypatch.setattr(learning, "steps_of", lambda _: Steps(*steps))
    html = text(page.get(at("topics")))
    assert re.findall(r'class="btn btn--wide" href="([^"]+)"', html) == [at(leads)]
    assert f"Vòng sóng của bạn: {2 + sum(steps)}/5" in html


def test_lessons_without_english_are_marked_as_vietnamese_on_the_english_site(page):
    code = next(lesson.code for lesson in Lesson.objects.filter(title_en="") if "picture" in lesson.cards[0])
    with translation.override("en"):
        url = reverse("card", kwargs={"contest": SLUG, "code": code, "number": 1})
    html = text(page.get(url))
    assert '<html lang="en">' in html
    assert '<article class="lesson-card lesson-card--drawn" lang="vi">' in html
