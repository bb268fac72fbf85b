"""Reading sheets and marking them."""

from hypothesis import given
from hypothesis import strategies as st

from lantoa.exams.marking import NOTHING, ORDERS, hits, read_sheet, unanswered

orders = st.lists(st.integers(0, 23), min_size=20, max_size=20)
keys = st.lists(st.integers(0, 3), min_size=20, max_size=20)


@given(orders, keys)
def test_choosing_the_place_where_the_key_is_shown_is_right_whatever_the_order(shuffled, right):
    chosen = [ORDERS[order].index(key) for order, key in zip(shuffled, right, strict=True)]
    assert all(hits(chosen, shuffled, right))


@given(orders, keys, st.integers(1, 3))
def test_choosing_any_other_place_is_wrong(shuffled, right, away):
    chosen = [(ORDERS[order].index(key) + away) % 4 for order, key in zip(shuffled, right, strict=True)]
    assert not any(hits(chosen, shuffled, right))


@given(st.dictionaries(st.text(max_size=4), st.text(max_size=4)))
def test_any_form_reads_as_twenty_answers(form):
    sheet = read_sheet(form, 20)
    assert len(sheet) == 20
    assert set(sheet) <= {NOTHING, 0, 1, 2, 3}


def test_a_forged_value_is_no_answer():
    assert read_sheet({"c1": "4", "c2": "-1", "c3": "1", "c4": "１"}, 4) == [NOTHING, NOTHING, 1, NOTHING]


def test_unanswered_questions_are_named_by_their_numbers():
    assert unanswered([0, NOTHING, 3, NOTHING]) == [2, 4]
