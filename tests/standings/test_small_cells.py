"""S27: how often fewer than five people tried stays open, whatever is subtracted from whatever."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from lantoa.standings.figures import Counts, Figures, UnitFigures
from lantoa.standings.plain import plain
from lantoa.standings.small_cells import ENOUGH, Withheld, withheld

NOW = datetime(2025, 10, 21, 8, 30, tzinfo=UTC)
CLUSTERS = st.sampled_from([None, ("bien", "Biển"), ("dong", "Đồng"), ("nui", "Núi")])


@st.composite
def a_contest_of_units(draw):
    units = []
    for number, cluster in enumerate(draw(st.lists(CLUSTERS, max_size=9))):
        finished = draw(st.integers(0, 12))
        attempts = finished + draw(st.integers(0, 9)) if finished else 0
        unit = UnitFigures(
            id=number, code=str(number), name="", search="", cluster=cluster, parts=(number,), registered=finished,
            finished=finished, attempts=attempts, population=None,
        )  # fmt: skip
        units.append(unit)
    total = Counts(
        registered=0, finished=sum(u.finished for u in units), attempts=sum(u.attempts for u in units), population=None
    )
    return Figures(NOW, NOW, total, 0, tuple(units))


def unions_left_open(counted: Figures, closed: Withheld):
    """Every set of units whose sum of attempts follows from what is given: by cluster, and in the whole contest."""
    kept = [unit for unit in counted.units if unit.code in closed.units]
    key = lambda unit: unit.cluster[0] if unit.cluster else ""  # noqa: E731
    by_cluster = {code: list(units) for code, units in groupby(sorted(kept, key=key), key)}
    loose = list(by_cluster.pop("", []))
    for code, units in by_cluster.items():
        if code in closed.clusters:
            loose += units
        else:
            yield units
    if not closed.total:
        yield loose


@given(a_contest_of_units())
def test_whatever_is_subtracted_is_about_five_people_or_nobody(counted):
    closed = withheld(counted)
    small = {unit.code for unit in counted.units if 0 < unit.finished < ENOUGH}
    assert small <= closed.units
    assert not {c.code for c in counted.clusters if 0 < c.finished < ENOUGH} - closed.clusters
    for units in unions_left_open(counted, closed):
        assert sum(unit.finished for unit in units) not in range(1, ENOUGH)


def test_where_everybody_is_in_a_small_unit_one_person_is_not_found_by_subtracting_a_cluster():
    finished = [(1, None), (4, ("bien", "Biển")), (4, ("bien", "Biển"))]
    units = tuple(
        UnitFigures(
            id=n, code=str(n), name="", search="", cluster=cluster, parts=(n,), registered=done, finished=done,
            attempts=done, population=None,
        )
        for n, (done, cluster) in enumerate(finished)
    )  # fmt: skip
    total = Counts(registered=9, finished=9, attempts=9, population=None)
    closed = withheld(Figures(NOW, NOW, total, 0, units))
    assert closed.clusters == {"bien"}
    assert not closed.total


@given(a_contest_of_units())
def test_no_more_is_withheld_than_one_unit_beyond_the_small_ones(counted):
    closed = withheld(counted)
    small = {unit.code for unit in counted.units if 0 < unit.finished < ENOUGH}
    assert len(closed.units - small) <= 1
    assert bool(closed.units) == bool(small)


@given(a_contest_of_units())
def test_what_is_withheld_does_not_depend_on_what_it_hides(counted):
    tried = tuple(replace(unit, attempts=unit.attempts * 3) for unit in counted.units)
    assert withheld(counted) == withheld(replace(counted, units=tried))


@given(a_contest_of_units())
def test_plain_figures_hold_nothing_that_is_withheld(counted):
    said, closed = plain(counted), withheld(counted)
    assert {unit["code"] for unit in said["units"] if unit["attempts"] is None} == closed.units
    assert {cluster["code"] for cluster in said["clusters"] if cluster["attempts"] is None} == closed.clusters
    assert (said["attempts"] is None) == closed.total
