"""The figures of any moment against a plain recount from the facts (F1–F6 of figures.md)."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lantoa.contests.models import Contestant, Correction, Movement
from lantoa.contests.visits import Visit
from lantoa.exams.models import Attempt
from lantoa.people.models import Account
from lantoa.standings.figures import Measure, curve, figures
from lantoa.standings.fold import fold_totals, fold_visits
from lantoa.units.models import Cluster, ClusterMember, Kind, Population, Succession, Unit
from tests.factories.contest import CLOSES, DURING, OPENS, a_contest, a_contestant
from tests.factories.crowd import crowd
from tests.standings.conftest import a_population

WINDOW = int((CLOSES - OPENS).total_seconds())


def recount(contest, at):
    """Registered, finished, attempts by unit, from entries and attempts alone."""
    people = list(Contestant.objects.filter(contest=contest, joined_at__lte=at).values_list("pk", "unit_id"))
    sat = Counter(
        Attempt.objects.filter(contestant__contest=contest, submitted_at__lte=at).values_list("contestant", flat=True)
    )
    units = {unit: [0, 0, 0] for unit in contest.root.children.values_list("pk", flat=True)}
    for person, unit in people:
        units[unit][0] += 1
        units[unit][1] += sat[person] > 0
        units[unit][2] += sat[person]
    return units


def shown(found):
    return {unit.id: [unit.registered, unit.finished, unit.attempts] for unit in found.units}


class TestHistories(TestCase):
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        seed=st.integers(1, 10**6),
        people=st.integers(1, 90),
        moments=st.lists(st.integers(0, WINDOW), min_size=2, max_size=5),
        folds=st.lists(st.integers(0, WINDOW), max_size=4),
    )
    def test_figures_of_any_moment_are_the_recount_whatever_was_folded_before(self, seed, people, moments, folds):
        contest = a_contest(slug=f"lich-su-{seed}")
        crowd(contest, people=people, seed=seed)
        exactly = Attempt.objects.filter(contestant__contest=contest).values_list("submitted_at", flat=True)[:2]
        for fold in [0, *sorted(folds)]:
            fold_totals(contest, OPENS + timedelta(seconds=fold))
            for at in [*(OPENS + timedelta(seconds=s) for s in moments), *exactly]:
                found = figures(contest, at)
                assert shown(found) == recount(contest, at)
                assert found.total.finished == sum(fin for _, fin, _ in recount(contest, at).values())
                assert found.finished_units == sum(fin > 0 for _, fin, _ in recount(contest, at).values())


def test_the_figures_take_one_query(crowded, django_assert_num_queries):
    with django_assert_num_queries(1):
        figures(crowded, DURING)
    with django_assert_num_queries(1):
        curve(crowded, DURING)


def test_before_anybody_came_every_unit_stands_at_zero(contest):
    found = figures(contest, OPENS)
    assert shown(found) == {unit: [0, 0, 0] for unit in contest.root.children.values_list("pk", flat=True)}
    assert found.visits == found.finished_units == 0
    assert curve(contest, OPENS - timedelta(days=1)) == ()


def test_the_curve_ends_each_day_at_midnight_and_now_at_the_moment_asked(crowded):
    for folded in (None, OPENS + timedelta(days=3, seconds=90), DURING):
        if folded:
            fold_totals(crowded, folded)
        days = curve(crowded, DURING)
        assert [day.day for day in days] == [date(2025, 10, 11 + n) for n in range(11)]
        for n, day in enumerate(days):
            at = min(OPENS + timedelta(days=n + 1, microseconds=-1), DURING)
            total = figures(crowded, at).total
            assert (day.registered, day.finished, day.attempts) == (total.registered, total.finished, total.attempts)


def test_units_are_ranked_by_finished_over_population_and_a_unit_without_population_is_left_out(populated):
    crowd(populated, people=60)
    found = figures(populated, CLOSES)
    ranks = [rank for rank, _ in found.by(Measure.RATIO)]
    ratios = [unit.ratio for _, unit in found.by(Measure.RATIO)]
    assert ranks == [1, 2, 3]
    assert ratios == sorted(ratios, reverse=True)
    Population.objects.filter(unit=found.units[0].id).delete()
    left = figures(populated, CLOSES)
    assert [rank for rank, _ in left.by(Measure.RATIO)] == [1, 2, None]
    assert left.by(Measure.RATIO)[2][1].id == found.units[0].id
    assert left.total.population is None
    assert left.by(Measure.REGISTERED) != []


def test_equal_values_have_an_equal_rank_and_the_next_one_is_skipped_to(contest):
    first, second, third = contest.root.children.order_by("code")
    for n, unit in enumerate((first, second, third, third)):
        a_contestant(contest, name=f"Nguyễn Văn {n}", unit=unit)
    places = figures(contest, DURING).by(Measure.REGISTERED)
    assert [(rank, unit.id) for rank, unit in places] == [(1, third.pk), (2, first.pk), (2, second.pk)]


def test_a_population_counts_from_its_day_and_from_when_it_was_known(populated):
    unit = populated.root.children.order_by("code").first()
    a_population(unit, 77_777, valid_from=DURING.date(), known_at=CLOSES)

    def number(at, known_at=None):
        return next(u.population for u in figures(populated, at, known_at).units if u.id == unit.pk)

    assert number(DURING - timedelta(days=1)) == 10_000
    assert number(DURING) == 77_777
    assert number(DURING, known_at=DURING) == 10_000


def test_a_merged_unit_counts_in_its_successor_from_that_moment_on_and_never_before(populated):
    crowd(populated, people=90, until=DURING)
    old, new, _ = populated.root.children.order_by("code")
    before = figures(populated, DURING)
    merger = DURING - timedelta(days=2)
    Succession.objects.create(unit=old, successor=new, effective=merger, known_at=merger)
    known = figures(populated, DURING)
    assert [unit.id for unit in known.units if unit.id == old.pk] == []
    parts = {unit.id: unit for unit in before.units}
    whole = next(unit for unit in known.units if unit.id == new.pk)
    assert whole.registered == parts[old.pk].registered + parts[new.pk].registered
    assert whole.population == 30_000
    assert set(whole.parts) == {old.pk, new.pk}
    assert known.total == before.total
    assert len(figures(populated, merger - timedelta(seconds=1)).units) == 3
    assert figures(populated, DURING, known_at=merger - timedelta(seconds=1)).units == before.units


def test_a_merged_unit_without_population_leaves_the_successor_unranked_until_it_has_a_number_of_its_own(populated):
    old, new, _ = populated.root.children.order_by("code")
    Population.objects.filter(unit=old).delete()
    Succession.objects.create(unit=old, successor=new, effective=OPENS, known_at=OPENS)

    def number():
        return next(u.population for u in figures(populated, DURING).units if u.id == new.pk)

    assert number() is None
    a_population(new, 31_000, valid_from=OPENS.date())
    assert number() == 31_000


def test_a_unit_founded_by_a_merger_has_the_people_of_those_that_merged(populated):
    one, two, _ = populated.root.children.order_by("code")
    born = Unit.objects.create(
        code="99999", name="Thành Mới", kind=Kind.WARD, parent=populated.root, valid_from=DURING.date()
    )
    for unit in (one, two):
        Succession.objects.create(unit=unit, successor=born, effective=DURING, known_at=DURING)
    assert born.pk not in {unit.id for unit in figures(populated, DURING - timedelta(days=1)).units}
    assert {unit.id: unit.population for unit in figures(populated, DURING).units}[born.pk] == 30_000


def test_clusters_are_the_sums_of_their_units(populated):
    crowd(populated, people=60)
    cluster = Cluster.objects.create(code="bien", name="Cụm Biển đảo")
    members = list(populated.root.children.order_by("code"))[:2]
    for unit in members:
        ClusterMember.objects.create(cluster=cluster, unit=unit)
    found = figures(populated, CLOSES)
    summed = [unit for unit in found.units if unit.id in {member.pk for member in members}]
    (only,) = found.clusters
    assert (only.code, only.units, only.population) == ("bien", 2, 30_000)
    assert only.registered == sum(unit.registered for unit in summed)
    assert only.ratio == pytest.approx(sum(unit.finished for unit in summed) / 30_000)


def test_a_correction_counts_only_as_known_and_leaves_the_past_as_it_was_published(crowded):
    someone = Contestant.objects.filter(contest=crowded).first()
    decided = CLOSES + timedelta(days=3)
    correction = Correction.objects.create(
        contest=crowded,
        kind="void",
        contestant=someone,
        known_at=decided,
        by=Account.objects.create(username="to-chuc", created_at=OPENS),
        reason="trùng",
    )
    published = figures(crowded, DURING, known_at=DURING)
    at = someone.joined_at
    Movement.objects.create(
        contest=crowded, at=at, known_at=decided, unit=someone.unit, contestant=someone, reg=-1, correction=correction
    )
    assert figures(crowded, DURING, known_at=DURING).units == published.units
    assert figures(crowded, DURING).total.registered == published.total.registered - 1
    assert curve(crowded, DURING)[-1].registered == published.total.registered - 1


def test_visits_are_those_before_the_minute_folded_or_not(contest):
    for minute, shard, n in ((0, 1, 5), (0, 2, 7), (1, 1, 11), (3, 9, 13)):
        Visit.objects.create(contest=contest, minute=OPENS + timedelta(minutes=minute), shard=shard, n=n)
    for folded in (False, True):
        if folded:
            fold_visits(contest, OPENS + timedelta(minutes=4))
        seen = [figures(contest, OPENS + timedelta(minutes=m, seconds=30)).visits for m in range(5)]
        assert seen == [0, 12, 23, 23, 36]


def test_the_figures_do_not_depend_on_the_time_zone_of_the_session(crowded):
    expected = figures(crowded, DURING).units
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Kathmandu'")
        fold_totals(crowded, DURING)
        assert figures(crowded, DURING).units == expected
