"""The provisional winners: the next places of the ranking for each prize, ties shown and left to people."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.awards import winners
from lantoa.awards.actions import set_prizes
from lantoa.awards.models import Prize
from lantoa.awards.winners import provisional
from lantoa.exams import actions as exams
from lantoa.exams.bank import open_bank
from lantoa.exams.marking import ORDERS
from lantoa.units.models import Population
from tests.factories.contest import DURING, OPENS, a_contestant

PRIZES = [
    {"name": "Giải Nhất", "rule": "individual", "count": 1, "amount": 5_000_000},
    {"name": "Giải Nhì", "rule": "individual", "count": 2, "amount": 3_000_000},
    {"name": "Giải cộng đồng", "rule": "unit_ratio", "count": 1, "amount": 3_000_000},
]


def sits(contest, name, *, right, seconds, start=DURING, unit=None):
    """Somebody who answers that many right in that time."""
    contestant = a_contestant(contest, name=name, unit=unit)
    attempt = exams.start_attempt(contestant=contestant, at=start)
    keys = open_bank(attempt.bank_id).keys(attempt.questions)
    shown = [_shown(key, order) for key, order in zip(keys, attempt.orders, strict=True)]
    answers = [option if place < right else (option + 1) % 4 for place, option in enumerate(shown)]
    exams.submit_attempt(contestant=contestant, number=1, answers=answers, at=start + timedelta(seconds=seconds))
    return contestant


def _shown(key, order):
    return ORDERS[order].index(key)


def lines(contest):
    return {
        row.prize.name: [
            (place.rank, getattr(place.who, "name", None) or place.who.unit, place.tied) for place in row.places
        ]
        for row in provisional(contest, DURING + timedelta(days=1))
    }


@pytest.fixture
def table(contest):
    set_prizes(contest=contest, prizes=PRIZES)
    return contest


def test_each_prize_takes_the_next_places_of_the_ranking(table):
    sits(table, "Ba", right=18, seconds=300)
    sits(table, "Nhất", right=20, seconds=900)
    sits(table, "Nhì", right=18, seconds=200)
    sits(table, "Tư", right=10, seconds=60)
    found = lines(table)
    assert found["Giải Nhất"] == [(1, "Nhất", False)]
    assert found["Giải Nhì"] == [(2, "Nhì", False), (3, "Ba", False)]


def test_who_shares_a_rank_across_a_cut_stands_on_both_sides_as_a_tie(table):
    sits(table, "An", right=20, seconds=300)
    sits(table, "Bình", right=20, seconds=300)
    sits(table, "Chi", right=19, seconds=300)
    found = lines(table)
    assert found["Giải Nhất"] == [(1, "An", True), (1, "Bình", True)]
    assert found["Giải Nhì"] == [(1, "An", True), (1, "Bình", True), (3, "Chi", False)]


def test_a_tie_inside_one_prize_needs_no_decision(table):
    sits(table, "Nhất", right=20, seconds=300)
    sits(table, "An", right=19, seconds=300)
    sits(table, "Bình", right=19, seconds=300)
    assert lines(table)["Giải Nhì"] == [(2, "An", False), (2, "Bình", False)]


def test_all_who_equal_the_last_place_are_shown(table):
    for n in range(5):
        sits(table, f"Người {n}", right=12, seconds=300)
    assert [tied for *_, tied in lines(table)["Giải Nhì"]] == [True] * 5


def test_the_evidence_is_the_attempt_that_ranks(table):
    sits(table, "Nhất", right=17, seconds=425)
    (place,) = provisional(table)[0].places
    who = place.who
    assert (who.correct, who.asked, who.ms, who.attempt) == (17, 20, 425_000, 1)
    assert who.submitted_at == DURING + timedelta(seconds=425)
    assert who.unit == "Xã Cẩm Giang"


def test_the_community_prize_goes_by_finished_over_population(table):
    small, large, unknown = table.root.children.order_by("code")
    for unit, people in ((small, 100), (large, 1000)):
        Population.objects.create(
            unit=unit, value=people, valid_from=date(2025, 7, 1), known_at=OPENS, source="Nghị quyết", approved_by="Sở"
        )
    for n in range(3):
        sits(table, f"Lớn {n}", right=5, seconds=60, unit=large)
    sits(table, "Nhỏ", right=5, seconds=60, unit=small)
    sits(table, "Lạ", right=5, seconds=60, unit=unknown)
    (place,) = provisional(table, DURING + timedelta(days=1))[2].places
    assert (place.who.unit, place.who.finished, place.who.population) == ("Xã Cẩm Giang", 1, 100)


def test_without_anybody_the_prizes_still_stand_in_their_order(table):
    assert lines(table) == {"Giải Nhất": [], "Giải Nhì": [], "Giải cộng đồng": []}


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), max_size=12), st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_every_place_of_every_prize_is_reached_and_only_ties_stand_twice(scores, counts):
    ordered = sorted(scores)
    rows = [(1 + sum(other < score for other in ordered), n) for n, score in enumerate(ordered)]
    prizes = [Prize(pk=n, count=count) for n, count in enumerate(counts)]
    given_out = winners._given(prizes, rows)
    places = [place for prize in prizes for place in given_out[prize.pk]]
    for place in places:
        assert place.tied or sum(other.who == place.who for other in places) == 1
    reached = {place.who for place in places}
    assert len(reached) >= min(sum(counts), len(rows))
    for prize in prizes:
        firm = [place for place in given_out[prize.pk] if not place.tied]
        assert len(firm) <= prize.count
