"""Câu hỏi sau khi thi: what to look at again, and the options only for who may see the answer key."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.exams.marking import ORDERS
from lantoa.lib import clock
from lantoa.standings.fold import fold_all
from tests.factories.contest import DURING, a_contest, a_contestant


def page_of(browser, contest):
    return browser.get(reverse("admin:questions_after_use", args=[contest.pk])).content.decode()


@pytest.fixture
def sat(world):
    """A hundred people who all choose the author's first option, which is wrong everywhere."""
    for _ in range(100):
        who = a_contestant(world.contest)
        attempt = start_attempt(contestant=who, at=DURING)
        first = [ORDERS[way].index(0) for way in attempt.orders]
        submit_attempt(contestant=who, number=1, answers=first, at=DURING + timedelta(minutes=5))
    fold_all(clock.now())
    return world.contest


def test_a_question_that_a_wrong_option_beats_is_named_with_its_reason(sat, enter):
    page = page_of(enter("organiser"), sat)
    assert "có phương án sai được chọn nhiều hơn đáp án" in page
    assert "Thua phương án sai" in page
    assert "T1-1.1-001" in page
    assert "Theo bài học" in page


def test_only_who_may_see_the_answer_key_is_told_the_options(sat, enter):
    assert "B ✔" in page_of(enter("editor"), sat)
    organiser = page_of(enter("organiser"), sat)
    assert "✔" not in organiser
    assert "Phương án được chọn" not in organiser


def test_before_anybody_has_sat_the_page_says_when_figures_come(world, enter):
    page = page_of(enter("organiser"), a_contest(slug="khac"))
    assert "Số liệu hiện ra khoảng một phút sau khi có người nộp bài" in page


def test_the_page_costs_the_same_for_any_number_of_people(sat, enter, django_assert_max_num_queries):
    browser = enter("organiser")
    page_of(browser, sat)
    with django_assert_max_num_queries(12):
        page_of(browser, sat)
