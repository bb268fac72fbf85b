"""A stream thinned to exact totals, whatever the stream (figures.md §7)."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lantoa.management.simulate.published import END
from lantoa.management.simulate.thinning import TooFew, thin

INSTANT = st.integers(0, END - 1)


@st.composite
def streams(draw):
    """Any candidates in time order, two cuts, and totals that these candidates can give."""
    times = sorted(draw(st.lists(INSTANT, max_size=300)))
    first, second = sorted([draw(INSTANT), draw(INSTANT)])
    assume(first < second)
    early = sum(time <= first for time in times)
    late = sum(first < time <= second for time in times)
    a = draw(st.integers(0, early))
    return times, [first, second], [a, a + draw(st.integers(0, late))]


@given(streams(), st.integers())
def test_exactly_the_totals_stay_whatever_the_stream(stream, seed):
    times, cuts, totals = stream
    kept = thin(Random(seed), times, cuts, totals)
    assert kept == sorted(set(kept))
    assert [sum(times[place] <= cut for place in kept) for cut in cuts] == totals


@given(streams())
def test_more_than_there_are_is_refused(stream):
    times, cuts, _ = stream
    there = [sum(time <= cut for time in times) for cut in cuts]
    with pytest.raises(TooFew):
        thin(Random(1), times, cuts, [there[0] + 1, there[1] + 1])


def test_a_candidate_at_the_very_moment_counts_and_one_a_millisecond_later_does_not():
    times = [100, 200, 201, 300]
    assert [times[place] for place in thin(Random(1), times, [200, 300], [2, 4])] == times
    assert 201 not in [times[place] for place in thin(Random(1), times, [200, 300], [2, 3])][:2]


def test_nothing_happens_at_the_moment_of_publication():
    """Of an even stream, four times denser in the second window: just after the cut as many stay as just before."""
    cut, end = END // 3, END * 2 // 3
    times = range(0, END, 2000)
    kept = thin(Random(7), times, [cut, end], [30_000, 150_000])
    near = END // 50
    before = sum(cut - near < times[place] <= cut for place in kept)
    after = sum(cut < times[place] <= cut + near for place in kept)
    assert after / before == pytest.approx(1, abs=0.12)  # the trend alone makes 1.08
    control = 120_000 / 30_000  # keeping the same share of each window would make such a step
    assert after / before < control / 3


def test_after_the_last_moment_as_many_of_ten_stay_as_at_it():
    cut, end = END // 3, END * 2 // 3
    times = range(0, END, 5000)
    kept = thin(Random(7), times, [cut, end], [30_000, 60_000])
    assert sum(times[place] > end for place in kept) == pytest.approx(30_000, rel=0.01)
