"""Corrections in any order against two recounts that share no code with the product (F1–F6 of figures.md)."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lantoa.contests.models import Contestant, Correction, Movement
from lantoa.exams import corrections
from lantoa.exams.actions import Refused as NotNow
from lantoa.exams.actions import close_overdue, start_attempt, submit_attempt
from lantoa.exams.corrections import Deed, Refused
from lantoa.exams.marking import NOTHING
from lantoa.exams.models import Attempt, Best
from lantoa.people.models import Account, Role
from lantoa.standings.figures import figures
from lantoa.standings.fold import fold_past, fold_ranks, fold_totals
from lantoa.standings.past import past_rank, past_top, past_unit_rank
from lantoa.standings.ranks import my_ranks
from lantoa.standings.rebuild import difference, rebuild
from lantoa.units.models import Succession
from tests.factories.contest import DURING, OPENS, a_bank, a_contest
from tests.factories.crowd import crowd
from tests.standings.recount import by_sql
from tests.standings.recount.by_replay import Replay

PACE = timedelta(minutes=7)
MOST_KNOWN = 8  # as known at so many moments, of those at which something was decided
WAYS = ("void", "void", "void person", "restore", "restore person", "move", "merge", "sit", "leave", "close", "fold")


def an_organiser():
    account = Account.objects.create(username="to-chuc", created_at=OPENS)
    Role.objects.create(account=account, kind="organiser")
    return account


class Story:
    """A contest in which things are corrected, sat and folded, one after another."""

    def __init__(self, seed, people):
        self.contest = a_contest(slug=f"dieu-chinh-{seed}")
        a_bank(self.contest)
        crowd(self.contest, people=people, seed=seed, until=DURING)
        self.people = list(Contestant.objects.filter(contest=self.contest).order_by("pk"))
        self.units = list(self.contest.root.children.order_by("code"))
        self.by = an_organiser()
        self.moment = DURING
        self.published = {}

    def tell(self, way, who, other, since):
        """One more thing happens, if a rule lets it; what was published before stays."""
        self.moment += PACE
        me = self.people[who % len(self.people)]
        effective = None if since is None else OPENS + since * (self.moment - OPENS)
        deed = Deed(by=self.by, reason="Ban tổ chức kết luận.", effective=effective, at=self.moment)
        try:
            self._do(way, me, other, deed)
        except (Refused, NotNow):
            return
        if not Attempt.objects.filter(contestant__contest=self.contest, submitted_at__isnull=True).exists():
            self.published[self.moment] = figures(self.contest, self.moment, self.moment).units

    def _do(self, way, me, other, deed):
        numbers = list(
            Attempt.objects.filter(contestant=me, submitted_at__isnull=False).values_list("number", flat=True)
        )
        act, _, person = way.partition(" ")
        if act in ("void", "restore") and (person or numbers):
            attempt = None if person else numbers[other % len(numbers)]
            getattr(corrections, act)(contestant=me, attempt=attempt, deed=deed)
        elif act == "move":
            corrections.move(contestant=me, unit=self.units[other % 3], deed=deed)
        elif act == "merge":
            corrections.merge(contestant=me, target=self.people[other % len(self.people)], deed=deed)
        elif act in ("sit", "leave"):
            me.refresh_from_db()
            attempt = start_attempt(contestant=me, at=self.moment)
            if act == "sit":
                answers = [NOTHING] * (other % 20) + [0] * (20 - other % 20)
                at = self.moment + timedelta(seconds=90 + other)
                submit_attempt(contestant=me, number=attempt.number, answers=answers, at=at)
        elif act == "close":
            close_overdue(at=self.moment)
        elif act == "fold":
            fold_ranks(self.contest)
            fold_totals(self.contest, self.moment)
            fold_past(self.contest)

    def end(self):
        """Everybody hands in."""
        self.moment += timedelta(hours=2)
        close_overdue(at=self.moment)

    def moments(self, fractions):
        """Moments T with K ≥ T: anywhere, and exactly at facts and corrections."""
        facts = Attempt.objects.filter(contestant__contest=self.contest).order_by("pk")
        exact = list(facts.values_list("submitted_at", flat=True)[:3])
        exact += list(Movement.objects.filter(correction__isnull=False).values_list("at", flat=True)[:4])
        known = list(Correction.objects.values_list("known_at", flat=True))
        for at in [*exact, *(OPENS + part * (self.moment - OPENS) for part in fractions), self.moment]:
            yield at, self.moment
            later = [when for when in known if when >= at]
            for when in {at, *later[:: len(later) // MOST_KNOWN + 1]}:
                yield at, when


def counted(contest, at, known):
    return {unit.id: (unit.registered, unit.finished, unit.attempts) for unit in figures(contest, at, known).units}


def assert_all_agree(story, fractions):
    contest = story.contest
    with connection.cursor() as cursor:
        replay = Replay(cursor, contest.pk)
        for at, known in story.moments(fractions):
            units, ranks = replay.at(at, known)
            assert by_sql.units(cursor, contest.pk, at, known) == units
            assert by_sql.ranks(cursor, contest.pk, at, known) == ranks
            assert counted(contest, at, known) == units
            places = {who: (missed, ms, rank, len(ranks)) for who, rank, missed, ms in ranks}
            inside = by_sql.unit_ranks(by_sql.homes(cursor, contest.pk, at, known), ranks)
            for person in story.people:
                found = past_rank(person, at, known)
                mine = (found.missed, found.ms, found.rank, found.total) if found else None
                assert mine == places.get(person.pk)
                beside = past_unit_rank(person, at, known)
                assert ((beside.rank, beside.total) if beside else None) == inside.get(person.pk)
            top = past_top(contest, 5, at, known)
            assert [(row.contestant, row.rank, row.missed, row.ms) for row in top] == ranks[:5]


def assert_settled(story):
    contest = story.contest
    assert difference(contest) == []
    with connection.cursor() as cursor:
        today = by_sql.ranks(cursor, contest.pk, story.moment, story.moment)
    assert {(best.contestant_id, my_ranks(best).city) for best in Best.objects.filter(contest=contest)} == {
        (who, rank) for who, rank, _, _ in today
    }
    for at, units in story.published.items():
        assert figures(contest, at, at).units == units


class TestOrders(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        seed=st.integers(1, 10**6),
        people=st.integers(3, 12),
        deeds=st.lists(
            st.tuples(
                st.sampled_from(WAYS), st.integers(0, 11), st.integers(0, 30), st.none() | st.floats(0, 1, width=16)
            ),
            min_size=1,
            max_size=14,
        ),
        fractions=st.lists(st.floats(0, 1, width=16), max_size=3),
    )
    @example(seed=1, people=3, deeds=[("merge", 0, 1, None), ("merge", 1, 2, None)], fractions=[0.5])
    def test_in_any_order_of_corrections_figures_and_ranks_of_every_moment_are_those_of_two_recounts(
        self, seed, people, deeds, fractions
    ):
        story = Story(seed, people)
        for deed in deeds:
            story.tell(*deed)
        story.end()
        assert_all_agree(story, fractions)
        assert_settled(story)


@pytest.fixture
def many(db):
    """Scores of corrections among four hundred people, and three mergers of units, some known late."""
    story = Story(7, 400)
    draw = random.Random(7)
    for _ in range(200):
        since = None if draw.random() < 0.5 else draw.random()
        story.tell(draw.choice(WAYS), draw.randrange(60), draw.randrange(400), since)
    story.end()
    made = set(Correction.objects.values_list("kind", flat=True))
    assert made == set(Correction.Kind.values)
    assert Correction.objects.count() > 60
    return story


def test_scores_of_corrections_and_mergers_agree_with_both_recounts_and_leave_what_was_published(many):
    contest, (one, two, three) = many.contest, many.units
    before = figures(contest, DURING, many.moment).units
    for unit, into, since in ((one, two, DURING - timedelta(days=3)), (two, three, DURING + timedelta(hours=5))):
        Succession.objects.create(
            unit=unit, successor=into, effective=since, known_at=many.moment + timedelta(minutes=1)
        )
    assert figures(contest, DURING, many.moment).units == before
    many.moment += timedelta(minutes=2)
    fold_totals(contest, many.moment)
    fold_past(contest)
    many.people = many.people[:25]
    assert_all_agree(many, [0.2, 0.5, 0.9, 0.99])
    rebuild(contest)
    assert difference(contest) == []
    assert_all_agree(many, [0.4])
