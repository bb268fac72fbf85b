"""Ranks and pages against plain counting, with planted ties, at every state of folding."""

import dataclasses
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from lantoa.exams.models import Best
from lantoa.exams.ranking import RANKING, key
from lantoa.standings import tree
from lantoa.standings.fold import fold_ranks
from lantoa.standings.ranks import PAGE, Page, after, my_place, my_ranks, page, page_of, top
from lantoa.units.models import Succession, Unit
from tests.factories.contest import DURING, OPENS, a_contestant
from tests.factories.crowd import crowd, finishers

ORDER = (*RANKING, "contestant_id")


@pytest.fixture(params=["unfolded", "folded", "half folded"])
def ranked(request, contest):
    """A contest in each state in which the worker may have left it."""
    crowd(contest, people=300, seed=1, until=DURING)
    if request.param != "unfolded":
        fold_ranks(contest)
    if request.param == "half folded":
        crowd(contest, people=200, seed=2, until=DURING)
    return contest


def plain(contest, **fields):
    """Rank and total of a result by counting everybody."""
    others = [key(best) for best in Best.objects.filter(contest=contest, **fields)]
    return lambda mine: (1 + sum(other < key(mine) for other in others), len(others))


def test_my_ranks_are_the_plain_count_and_ties_share_a_rank(ranked):
    everybody = list(Best.objects.filter(contest=ranked))
    assert len({key(best) for best in everybody}) < len(everybody)
    city = plain(ranked)
    units = {unit.pk: plain(ranked, unit=unit) for unit in ranked.root.children.all()}
    for best in everybody:
        found = my_ranks(best)
        assert (found.city, found.city_total) == city(best)
        assert (found.unit, found.unit_total) == units[best.unit_id](best)


def test_a_rank_takes_one_query_and_nobody_ranks_before_finishing(ranked, django_assert_num_queries):
    someone = finishers(ranked)[0]
    with django_assert_num_queries(1):
        assert my_place(someone)
    newcomer = a_contestant(ranked, name="Lê Thị Mới")
    assert my_place(newcomer) is None


def test_every_page_is_what_a_plain_offset_gives(ranked):
    for unit in (None, *ranked.root.children.all()):
        only = {"unit": unit} if unit else {}
        results = Best.objects.filter(contest=ranked, **only).order_by(*ORDER)
        rank = plain(ranked, **only)
        total = results.count()
        for number in range(1, total // PAGE + 3):
            found = page(ranked, number, unit.code if unit else None)
            expected = list(results[(number - 1) * PAGE : number * PAGE])
            assert [row.contestant for row in found.rows] == [best.contestant_id for best in expected]
            assert [row.rank for row in found.rows] == [rank(best)[0] for best in expected]
            assert found.total == total


def key_of(row):
    return row.missed, row.ms, row.submitted_at, row.contestant


@pytest.mark.parametrize("size", [1, 7, 50])
def test_going_on_behind_the_last_key_gives_everybody_once_in_order_with_their_ranks(ranked, size):
    for unit in (None, *ranked.root.children.all()):
        only = {"unit": unit} if unit else {}
        rank = plain(ranked, **only)
        expected = list(Best.objects.filter(contest=ranked, **only).order_by(*ORDER)[: 60 * size])
        met, more, last = [], True, None
        while more and len(met) < len(expected):
            found = after(ranked, last, size, unit.code if unit else None)
            met += found.rows
            more, last = found.more, key_of(found.rows[-1])
            assert found.total == rank(expected[0])[1]
        assert [row.contestant for row in met] == [best.contestant_id for best in expected]
        assert [row.rank for row in met] == [rank(best)[0] for best in expected]
        assert more == (len(met) < found.total)


def test_behind_the_last_row_is_nothing_and_an_unknown_unit_is_said_so(ranked, django_assert_num_queries):
    last = Best.objects.filter(contest=ranked).order_by(*ORDER).last()
    with django_assert_num_queries(1):
        found = after(ranked, (*key(last), last.contestant_id), 9)
    assert (found.rows, found.more) == ((), False)
    assert found.total == Best.objects.filter(contest=ranked).count()
    with pytest.raises(Unit.DoesNotExist):
        after(ranked, None, 5, "00000")


def test_the_top_shows_the_first_with_masked_names(ranked):
    rows = top(ranked, 7)
    best = Best.objects.filter(contest=ranked).order_by(*ORDER).select_related("contestant__person", "unit")[:7]
    assert [row.contestant for row in rows] == [b.contestant_id for b in best]
    for row, result in zip(rows, best, strict=True):
        assert row.unit == result.unit.full_name
        assert row.name != result.contestant.person.full_name
        assert "." in row.name


def test_full_names_are_shown_where_the_contest_says_so(contest):
    crowd(contest, people=20)
    contest.public_names = "full"
    (first,) = top(contest, 1)
    assert first.name == Best.objects.get(contestant=first.contestant).contestant.person.full_name


def test_an_unknown_unit_has_no_page(contest):
    with pytest.raises(Unit.DoesNotExist):
        page(contest, 1, "00000")


def test_a_page_beyond_the_last_is_empty_and_says_how_many_there_are(contest):
    crowd(contest, people=30)
    found = page(contest, 9)
    assert found.rows == ()
    assert found.total == Best.objects.count()


def test_merged_units_rank_together(contest):
    crowd(contest, people=200, until=DURING)
    fold_ranks(contest)
    old, new, _ = contest.root.children.order_by("code")
    Succession.objects.create(unit=old, successor=new, effective=OPENS, known_at=OPENS)
    both = Best.objects.filter(contest=contest, unit__in=[old, new]).order_by(*ORDER)
    rank = plain(contest, unit__in=[old, new])
    for best in both:
        found = my_ranks(best)
        assert (found.unit, found.unit_total) == rank(best)
    shown = page(contest, 2, old.code)
    assert shown.unit is not None
    assert shown.unit.code == new.code
    assert [row.contestant for row in shown.rows] == [best.contestant_id for best in both[PAGE : 2 * PAGE]]


def test_reading_a_rank_or_a_page_touches_as_little_in_a_large_crowd_as_in_a_small_one(contest):
    """Cost by pages of the database touched: figures.md §9 asks for ≤ 2 × from 10⁴ to 10⁷."""

    def touched(people, seed):
        crowd(contest, people=people, seed=seed, until=DURING)
        fold_ranks(contest)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE lantoa_change")  # as if vacuumed: one transaction cannot do that for itself
            cursor.execute("ANALYZE lantoa_bucket, lantoa_best, lantoa_change")
        best = list(Best.objects.filter(contest=contest).order_by(*ORDER))
        middle = best[len(best) // 2]
        return [
            _buffers(lambda: my_ranks(middle)),
            _buffers(lambda: page(contest, len(best) // 100)),
            _buffers(lambda: after(contest, (*key(middle), middle.contestant_id), PAGE)),
            _buffers(lambda: after(contest, (*key(middle), middle.contestant_id), PAGE, middle.unit.code)),
        ]

    small = touched(1_500, 5)
    large = touched(13_500, 6)
    for few, many in zip(small, large, strict=True):
        assert many <= 2 * few + 60


def _buffers(read):
    with CaptureQueriesContext(connection) as queries:
        read()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {queries[0]['sql'].replace('%', '%%')}")
        plan = cursor.fetchone()[0][0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


@given(st.integers(1, 10**7))
def test_the_page_of_a_rank_holds_it(rank):
    number = page_of(rank)
    assert (number - 1) * PAGE < rank <= number * PAGE


def test_an_empty_list_has_one_page():
    assert Page(1, (), 0, None).pages == 1
    assert Page(1, (), PAGE, None).pages == 1
    assert Page(1, (), PAGE + 1, None).pages == 2


def test_the_tree_stands_on_the_first_two_criteria_of_the_ranking():
    assert RANKING == ("missed", "ms", "submitted_at")
    assert [tree.width(depth) for depth in (tree.UNIT_DEPTH, tree.CITY_DEPTH)] == [60_000, 50]
    for outer, inner in zip(tree.WIDTHS, tree.WIDTHS[1:], strict=False):
        assert outer % inner == 0


def test_results_equal_but_for_a_microsecond_are_not_tied(contest):
    crowd(contest, people=60)
    fold_ranks(contest)
    one, two = Best.objects.filter(contest=contest).order_by(*ORDER)[:2]
    later = one.submitted_at + timedelta(microseconds=1)
    Best.objects.filter(contestant=two.contestant_id).update(missed=one.missed, ms=one.ms, submitted_at=later)
    first, second = top(contest, 2)
    assert (first.rank, second.rank) == (1, 2)
    assert dataclasses.replace(first, rank=2) != second
