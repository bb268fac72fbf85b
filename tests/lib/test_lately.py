"""What a process remembers has an end, and what is asked for all the time is never forgotten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib.lately import Lately

MOST = 100


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, MOST)), max_size=200))
def test_it_gives_back_what_it_was_given_or_nothing_and_holds_twice_its_measure_at_most(asked):
    lately: Lately[str] = Lately(MOST)
    for number, size in asked:
        known = lately.get((number,))
        assert known in {None, f"thing {number}"}
        if known is None:
            lately.keep((number,), f"thing {number}", size)
        for half in (lately.young, lately.old):
            assert sum(held for _made, held in half.values()) <= MOST
        assert lately.size == sum(held for _made, held in lately.young.values())


def test_what_is_asked_for_all_the_time_stays_through_an_hour_of_ever_new_things():
    lately: Lately[str] = Lately(MOST)
    lately.keep(("asked for",), "stays", 10)
    lately.keep(("forgotten",), "goes", 10)
    for second in range(3600):
        lately.keep((second,), "new", 10)
        assert lately.get(("asked for",)) == "stays"
    assert lately.get(("forgotten",)) is None


def test_nothing_is_something_that_can_be_remembered():
    lately: Lately[str] = Lately(MOST)
    lately.keep(("empty",), "", 0)
    assert lately.get(("empty",)) == ""
