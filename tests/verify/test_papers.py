"""Drawn papers: the published vectors, the blueprint in every paper, fairness among questions."""

import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa_verify.papers import Bank, Blueprint, Candidate, Cell, ThinBank, paper_hash
from lantoa_verify.streams import Stream, contest_key, paper_key

VECTORS = json.loads((Path(__file__).parent / "data" / "log_vectors.json").read_text(encoding="utf-8"))["papers"]
CELLS = tuple(Cell(topic, level, count) for topic in (1, 2, 3, 4) for level, count in ((1, 2), (2, 2), (3, 1)))
REFERENCE = Blueprint(cells=CELLS)
KEYS = st.binary(min_size=32, max_size=32)


def key(number):
    return paper_key(b"contest", number.to_bytes(16, "big"), 1)


def large_bank(*, uneven=False, enemies=0):
    """436 questions spread over 25 lessons like the full bank, or unevenly; every so many a pair of enemies."""
    random = Random(7)
    bank = []
    for topic, lessons, per_lesson in ((1, 6, (7, 6, 5)), (2, 7, (6, 6, 4)), (3, 6, (7, 6, 5)), (4, 6, (7, 6, 5))):
        for lesson in range(1, lessons + 1):
            for level, most in enumerate(per_lesson, 1):
                bank += [
                    Candidate(
                        f"T{topic}-{topic}.{lesson}-{level}{n:02}",
                        topic,
                        f"{topic}.{lesson}",
                        level,
                        random.randint(42, 78),
                    )
                    for n in range(most - random.randint(0, 2) * uneven)
                ]
    pairs = {bank[place].id: bank[-place].id for place in random.sample(range(1, len(bank) // 2), enemies)}
    return [
        Candidate(
            one.id, one.topic, one.lesson, one.level, one.words, frozenset({pairs[one.id]} if one.id in pairs else ())
        )
        for one in bank
    ]


def assert_satisfies(paper, bank, drawn):
    """Every rule of the reference blueprint, one by one."""
    by_id = {one.id: one for one in bank}
    questions = [by_id[one] for one in paper.questions]
    assert len({one.id for one in questions}) == 20
    assert Counter((one.topic, one.level) for one in questions) == {
        (cell.topic, cell.level): cell.count for cell in CELLS
    }
    assert len({one.lesson for one in questions}) == 20
    assert paper.words == sum(one.words for one in questions)
    assert drawn.lightest <= paper.words <= drawn.heaviest
    for order in paper.options:
        assert sorted(order) == [0, 1, 2, 3]


def test_papers_match_the_published_vectors():
    bank = [Candidate(f"q{i:04}", i % 4, "-", 1, 0, pinned=frozenset({3} if i % 10 == 0 else ())) for i in range(400)]
    cells = tuple(Cell(int(name[1:]), None, count) for name, count in VECTORS["blueprint"])
    drawn = Bank(Blueprint(cells=cells, different_lessons=False), bank)
    contest = contest_key(bytes.fromhex(VECTORS["seed"]), VECTORS["beacon"].encode())
    for vector in VECTORS["papers"]:
        paper = drawn.draw(paper_key(contest, bytes.fromhex(vector["who"]), vector["attempt"]))
        lines = [f"{q} {''.join(map(str, order))}" for q, order in zip(paper.questions, paper.options, strict=True)]
        assert lines == vector["paper"]
        assert paper_hash(VECTORS["bank_version"], paper).hex() == vector["hash"]


def test_twenty_thousand_papers_all_satisfy_the_blueprint_and_are_fair():
    bank = large_bank(uneven=True, enemies=40)
    pairs = {frozenset((one.id, enemy)) for one in bank for enemy in one.enemies}
    drawn, papers = Bank(REFERENCE, bank), 20_000
    met, places = Counter(), Counter()
    for number in range(papers):
        paper = drawn.draw(key(number))
        assert_satisfies(paper, bank, drawn)
        assert not any(frozenset(pair) in pairs for pair in combinations(sorted(paper.questions), 2) if pairs)
        met.update(paper.questions)
        places.update(order.index(0) for order in paper.options)
    for cell, pool in zip(CELLS, drawn.pools, strict=True):
        fair = papers * cell.count / len(pool)
        assert all(0.75 * fair <= met[one] <= 1.25 * fair for one in pool)
    chi_square = sum((places[place] - papers * 5) ** 2 / (papers * 5) for place in range(4))
    assert chi_square < 16.3  # 3 degrees of freedom, p > 0.001


@st.composite
def small_banks(draw):
    """One topic of three to six lessons, every lesson with up to three questions a level, some of them enemies."""
    lessons = draw(st.integers(3, 6))
    ids = [
        (f"T1-1.{lesson}-{level}{n}", f"1.{lesson}", level)
        for lesson in range(1, lessons + 1)
        for level in (1, 2)
        for n in range(draw(st.integers(1, 3)))
    ]
    words = st.integers(40, 80)
    foes = st.frozensets(st.sampled_from([one for one, _, _ in ids]), max_size=1)
    return [Candidate(one, 1, lesson, level, draw(words), draw(foes)) for one, lesson, level in ids]


@settings(max_examples=30, deadline=None)
@given(small_banks(), KEYS)
def test_a_paper_never_holds_two_enemies_nor_one_lesson_twice(bank, paper):
    blueprint = Blueprint(asked=3, cells=(Cell(1, 1, 2), Cell(1, 2, 1)))
    by_id = {one.id: one for one in bank}
    try:
        questions = [by_id[one] for one in Bank(blueprint, bank).draw(paper).questions]
    except ThinBank:
        return  # a bank full of enemies
    assert sorted(one.level for one in questions) == [1, 1, 2]
    assert len({one.lesson for one in questions}) == 3
    for one, other in combinations(questions, 2):
        assert one.id not in other.enemies
        assert other.id not in one.enemies


@settings(max_examples=60, deadline=None)
@given(small_banks(), KEYS)
def test_a_plain_paper_takes_from_the_whole_bank_and_never_two_enemies(bank, paper):
    drawn = Bank(Blueprint(asked=2), bank)
    by_id = {one.id: one for one in bank}
    one, other = (by_id[question] for question in drawn.draw(paper).questions)
    assert one.id != other.id
    assert one.id not in other.enemies
    assert other.id not in one.enemies


def test_the_same_key_gives_the_same_paper_whatever_the_order_of_the_bank():
    bank = large_bank(uneven=True, enemies=40)
    fitted, published = Bank(REFERENCE, bank), Bank(REFERENCE, bank[::-1], Bank(REFERENCE, bank[::-1]).weights)
    assert all(fitted.draw(key(number)) == published.draw(key(number)) for number in range(50))


def test_the_weights_are_whole_numbers_for_every_question():
    bank = large_bank(uneven=True)
    weights = Bank(REFERENCE, bank).weights
    assert all(isinstance(weight, int) and weight >= 1 for weight in weights.values())
    assert weights.keys() == {one.id for one in bank}


def test_questions_of_a_crowded_lesson_are_met_as_often_as_the_others():
    sizes = (2, 2, 2, 3, 3, 3)
    bank = [
        Candidate(f"{lesson}{level}{n}", 1, str(lesson), level, 60)
        for lesson, size in enumerate(sizes)
        for level in (1, 2, 3)
        for n in range(size)
    ]
    drawn = Bank(Blueprint(asked=5, cells=CELLS[:3]), bank)
    met = Counter(one for number in range(8_000) for one in drawn.select(key(number))[0])
    for cell, pool in zip(CELLS, drawn.pools, strict=False):
        fair = 8_000 * cell.count / len(pool)
        assert all(0.75 * fair <= met[one] <= 1.25 * fair for one in pool)


def test_options_that_are_fixed_or_pinned_stay_in_their_places():
    bank = [Candidate("a", 1, "1.1", 1, 50, fixed=True), Candidate("b", 1, "1.2", 1, 50, pinned=frozenset({3}))]
    drawn = Bank(Blueprint(asked=2), bank)
    orders = set()
    for number in range(60):
        paper = drawn.draw(key(number))
        shown = dict(zip(paper.questions, paper.options, strict=True))
        assert shown["a"] == (0, 1, 2, 3)
        assert shown["b"][3] == 3
        orders.add(shown["b"])
    assert len(orders) == 6


def test_a_paper_of_the_wrong_length_is_tried_again_under_a_numbered_label():
    bank = [Candidate("a", 1, "1.1", 1, 10), Candidate("b", 1, "1.1", 1, 100), Candidate("c", 1, "1.1", 1, 190)]
    drawn = Bank(Blueprint(asked=1), bank)
    for number in range(50):
        tries = 0
        while True:
            label = f"try/{tries}/cell/0" if tries else "cell/0"
            tries += 1
            if Stream(key(number), label).sample("abc", 1) == ["b"]:
                break
        paper = drawn.draw(key(number))
        assert (paper.questions, paper.tries) == (("b",), tries)


def test_the_nearest_try_is_taken_when_none_is_near_enough():
    bank = [Candidate("a", 1, "1.1", 1, 10), Candidate("b", 1, "1.1", 1, 12), Candidate("c", 1, "1.1", 1, 200)]
    papers = [Bank(Blueprint(asked=1), bank).draw(key(number)) for number in range(20)]
    assert {paper.questions for paper in papers} == {("b",)}  # 62 from the mean 74, "a" is 64 away
    assert {paper.tries for paper in papers} == {20}


@pytest.mark.parametrize(
    ("bank", "says"),
    [
        ([], "chuyên đề 1, mức 1: cần 2 câu, có 0"),
        ([Candidate(str(n), 1, "1.1", 1, 50) for n in range(9)], "không đủ cho 2 câu ở các bài khác nhau"),
        (
            [Candidate("a", 1, "1.1", 1, 50, frozenset({"b"})), Candidate("b", 1, "1.2", 1, 50)],
            "loại trừ nhau",
        ),
    ],
)
def test_a_thin_bank_says_what_it_lacks(bank, says):
    with pytest.raises(ThinBank, match=says):
        Bank(Blueprint(asked=2, cells=(Cell(1, 1, 2),)), bank).draw(key(1))


def test_a_blueprint_reads_as_it_stands_in_toml():
    cells = [{"topic": 1, "level": 1, "count": 2}, {"topic": 2, "count": 3}]
    found = Blueprint.from_data({"asked": 5, "load_tolerance": 0.1, "cells": cells})
    assert found == Blueprint(asked=5, load_tolerance=0.1, cells=(Cell(1, 1, 2), Cell(2, None, 3)))
    assert Blueprint.from_data({"asked": 7}).cells == (Cell(None, None, 7),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"asked": 20, "cells": [{"topic": 1, "level": 1, "count": 2}]},
        {"asked": 0, "cells": [{"topic": 1, "count": 0}]},
        {"tries": 0},
        {"load_tolerance": -1},
    ],
)
def test_a_blueprint_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(ValueError):
        Blueprint.from_data(wrong)


def test_cells_may_not_share_questions():
    with pytest.raises(ValueError, match="same question"):
        Bank(Blueprint(asked=2, cells=(Cell(1, None, 1), Cell(1, 1, 1))), [Candidate("a", 1, "1.1", 1, 50)])
