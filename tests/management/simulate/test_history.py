"""The reference contest's figures from any seed; the same bytes from the same one (figures.md §7)."""

from __future__ import annotations

import csv

import pytest

from lantoa.management.commands.demo import PACKAGE
from lantoa.management.simulate.history import Totals, make
from lantoa.management.simulate.published import END, HOUR, MINUTE, REFERENCE, smaller
from lantoa.management.simulate.sittings import Exam

PART = 60
FEW = smaller(REFERENCE, PART)


@pytest.fixture(scope="module")
def populations():
    with (PACKAGE / "units" / "haiphong.csv").open(encoding="utf-8") as sheet:
        return [int(row["population"]) for row in csv.DictReader(sheet)]


def told(row, units):
    return Totals(row.registered, row.finished, units, row.attempts, row.visits)


def test_both_published_rows_are_exact(populations):
    history = make(2025, populations)
    for row in REFERENCE:
        assert history.totals(row.cut) == told(row, 114)
    quarter = 15 * MINUTE
    for row in REFERENCE:  # and nothing happens at the moment itself
        before = sum(row.cut - quarter < at <= row.cut for at, _ in history.registrations)
        after = sum(row.cut < at <= row.cut + quarter for at, _ in history.registrations)
        assert 0.5 < after / before < 2


@pytest.mark.parametrize("seed", range(1, 21))
def test_twenty_other_seeds_give_the_same_figures_and_another_history(populations, seed):
    history = make(seed, populations, rows=FEW)
    for row in FEW:
        found = history.totals(row.cut)
        assert found == told(row, found.units)
    assert history.digest() != make(2025, populations, rows=FEW).digest()


def test_the_same_seed_gives_the_same_bytes(populations):
    assert make(5, populations, rows=FEW).digest() == make(5, populations, rows=FEW).digest()


def test_everybody_learns_first_and_nobody_sits_twice_at_once(populations):
    history = make(3, populations, rows=FEW)
    free = {who: at + 12 * MINUTE for who, (at, _) in enumerate(history.registrations)}
    for sitting in history.sittings:
        assert 0 < sitting.took < Exam().limit
        assert 0 <= sitting.correct <= Exam().asked
        assert free[sitting.who] <= sitting.at - sitting.took
        assert sitting.at < END
        free[sitting.who] = sitting.at


def test_people_sleep_practise_and_get_better(populations):
    history = make(3, populations, rows=FEW)
    night = sum(1 for at, _ in history.registrations if at % (24 * HOUR) < 5 * HOUR)
    assert night / len(history.registrations) < 0.05
    times = {}
    first, later = [], []
    for sitting in history.sittings:
        (later if sitting.who in times else first).append(sitting.correct)
        times[sitting.who] = times.get(sitting.who, 0) + 1
    assert sum(later) / len(later) > sum(first) / len(first) + 0.5
    assert len(history.sittings) / len(times) == pytest.approx(1.42, abs=0.06)


def test_a_history_cut_short_says_the_same_until_then(populations):
    history = make(3, populations, rows=FEW)
    cut = FEW[0].cut
    assert history.until(cut).totals(END) == history.totals(cut)
