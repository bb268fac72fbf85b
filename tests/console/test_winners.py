"""Giải tạm tính: evidence, ties as ties, nothing decided."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from lantoa.awards.models import Prize
from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.people.models import AuditEntry
from tests.factories.contest import DURING, a_contestant


def sat(contest, name):
    contestant = a_contestant(contest, name=name)
    attempt = start_attempt(contestant=contestant, at=DURING)
    right = [question_key(attempt, place) for place in range(20)]
    submit_attempt(contestant=contestant, number=1, answers=right, at=DURING + timedelta(minutes=5, milliseconds=123))
    return contestant


def question_key(attempt, place):
    """Where the right option stands on this paper."""
    from lantoa.exams.marking import ORDERS

    return ORDERS[attempt.orders[place]].index(1)


def page_of(browser, contest):
    return browser.get(reverse("admin:provisional_winners", args=[contest.pk])).content.decode()


def test_equal_results_at_the_cut_stand_together_as_a_tie_with_their_evidence(world, enter):
    sat(world.contest, "Nguyễn Văn An")
    sat(world.contest, "Trần Thị Bình")
    page = page_of(enter("organiser"), world.contest)
    for said in ("Nguyễn Văn An", "Trần Thị Bình", "20/20", "5 phút 0,123 giây", "15:35:00,123 21/10/2025"):
        assert said in page
    assert page.count("Bằng nhau") == 2
    assert "Ban tổ chức quyết định" in page


def test_a_single_winner_is_no_tie(world, enter):
    sat(world.contest, "Nguyễn Văn An")
    page = page_of(enter("organiser"), world.contest)
    assert "Nguyễn Văn An" in page
    assert "Bằng nhau" not in page


def test_units_stand_with_finishers_population_and_ratio(world, enter):
    Prize.objects.create(contest=world.contest, rule="unit_ratio", position=2, name="Cộng đồng", count=1, amount=1_000)
    sat(world.contest, "Nguyễn Văn An")
    page = page_of(enter("organiser"), world.contest)
    assert "40.000" in page
    assert "0,0025 %" in page


def test_looking_decides_nothing(world, enter):
    before = AuditEntry.objects.count()
    page_of(enter("organiser"), world.contest)
    assert AuditEntry.objects.count() == before


def test_a_contest_that_does_not_exist_is_not_found(world, enter):
    assert enter("organiser").get(reverse("admin:provisional_winners", args=[9_999])).status_code == 404


def test_the_pages_of_the_console_ask_the_database_little(world, enter, django_assert_max_num_queries):
    browser = enter("organiser")
    most = {
        "/quan-tri/": 8,
        reverse("admin:provisional_winners", args=[world.contest.pk]): 14,
        reverse("admin:lantoa_share_changelist"): 10,
        reverse("admin:lantoa_contestant_changelist"): 10,
        reverse("admin:lantoa_unit_changelist"): 12,
        reverse("admin:lantoa_contest_change", args=[world.contest.pk]): 10,
    }
    for address, number in most.items():
        with django_assert_max_num_queries(number):
            browser.get(address)
