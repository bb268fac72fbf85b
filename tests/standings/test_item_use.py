"""What is said of questions after use is what a recount by other means says (items.md §8)."""

import random
from collections import Counter, defaultdict
from datetime import timedelta
from statistics import StatisticsError, correlation, fmean

import pytest

from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.exams.marking import ORDERS
from lantoa.exams.models import Attempt, Question
from lantoa.lib import clock
from lantoa.standings.fold import fold_all, fold_totals
from lantoa.standings.item_use import ENOUGH, discrimination, item_use, of_question
from lantoa.standings.models import QuestionTally
from lantoa.standings.rebuild import difference, rebuild
from tests.factories.contest import OPENS, a_bank, a_contestant


def recounted():
    """By question: answers, share right, correlation with the rest, choices; from the sheets of first attempts."""
    keys = dict(Question.objects.values_list("pk", "key"))
    marks, chosen = defaultdict(list), defaultdict(Counter)
    for attempt in Attempt.objects.filter(number=1, submitted_at__isnull=False):
        places = [
            None if shown == -1 else ORDERS[way][shown]
            for way, shown in zip(attempt.orders, attempt.answers, strict=True)
        ]
        right = [place == keys[one] for one, place in zip(attempt.questions, places, strict=True)]
        for one, place, hit in zip(attempt.questions, places, right, strict=True):
            marks[one].append((int(hit), sum(right) - hit))
            chosen[one][place] += 1
    return {one: (*_figures(pairs), chosen[one]) for one, pairs in marks.items()}


def _figures(pairs):
    hits, rest = zip(*pairs, strict=True)
    try:
        related = correlation(hits, rest)
    except StatisticsError:
        related = None
    return len(pairs), fmean(hits), related


@pytest.fixture
def sat(contest):
    """Sixty people of every ability, half of them twice; some leave questions out."""
    a_bank(contest)
    lot = random.Random(8)
    for hour in range(60):
        who, skill = a_contestant(contest), lot.random()
        for at in [OPENS + timedelta(hours=2 + hour, minutes=30 * n) for n in range(lot.choice((1, 2)))]:
            sit(who, at, skill, lot)
    return contest


def sit(who, at, skill, lot):
    attempt = start_attempt(contestant=who, at=at)
    keys = dict(Question.objects.values_list("pk", "key"))
    right = [ORDERS[way].index(keys[one]) for one, way in zip(attempt.questions, attempt.orders, strict=True)]
    answers = [lot.choices((key, lot.randrange(4), -1), (skill, 1 - skill, 0.05))[0] for key in right]
    submit_attempt(contestant=who, number=attempt.number, answers=answers, at=at + timedelta(minutes=9))


def test_every_figure_is_that_of_a_recount_from_the_sheets(sat):
    contest = sat
    for hours in (5, 30, 31):
        fold_totals(contest, OPENS + timedelta(hours=hours))
    fold_totals(contest, clock.now())
    use, expected = item_use(contest), recounted()
    assert {one.question.pk for one in use.questions} == set(expected)
    for one in use.questions:
        n, facility, related, chosen = expected[one.question.pk]
        assert one.n == n
        assert one.facility == pytest.approx(facility)
        assert one.discrimination == (None if related is None else pytest.approx(related))
        assert [round(share * n) for share in one.shares] == [chosen[place] for place in range(4)]
        assert round(one.nothing * n) == chosen[None]


def test_pieces_of_any_size_are_what_a_rebuild_gives_and_a_wrong_sum_is_found(sat):
    for at in (OPENS + timedelta(hours=20), OPENS + timedelta(hours=40), clock.now()):
        fold_all(at)
    pieces = set(QuestionTally.objects.values_list("question", "n", "hits", "rest", "rest_squares", "rest_of_hits"))
    rebuild(sat)
    assert pieces == set(
        QuestionTally.objects.values_list("question", "n", "hits", "rest", "rest_squares", "rest_of_hits")
    )
    assert difference(sat) == []
    spoilt = QuestionTally.objects.first()
    QuestionTally.objects.filter(pk=spoilt.pk).update(hits=spoilt.hits + 1)
    assert [found.partition(":")[0] for found in difference(sat)] == [
        "F5 the sums of questions are the recount of the first attempts before them"
    ]


def a_tally(key=0, chosen=(50, 30, 15, 5, 0), rest=1000, rest_squares=11_000, rest_of_hits=600):
    question = Question(code="T1-1.1-001", version=1, topic=1, lesson="1.1", level=1, key=key)
    return QuestionTally(
        question=question, n=sum(chosen), hits=chosen[key], chosen=list(chosen),
        rest=rest, rest_squares=rest_squares, rest_of_hits=rest_of_hits,
    )  # fmt: skip


def test_the_correlation_of_a_worked_example():
    """Ten people; right: rest 9, 8, 8, 7, 5; wrong: rest 6, 5, 4, 4, 2.

    By hand: the means are 7.4 and 4.2, the variance of all ten is 4.36; r = (7.4 − 4.2) / √4.36 · √(½ · ½).
    """
    rests = [9, 8, 8, 7, 5, 6, 5, 4, 4, 2]
    tally = a_tally(
        chosen=(5, 5, 0, 0, 0), rest=sum(rests), rest_squares=sum(x * x for x in rests), rest_of_hits=sum(rests[:5])
    )
    assert discrimination(tally) == pytest.approx(0.7663, abs=0.0001)
    assert discrimination(a_tally(chosen=(100, 0, 0, 0, 0))) is None


@pytest.mark.parametrize(
    ("tally", "look"),
    [
        (a_tally(), ()),
        (a_tally(chosen=(30, 40, 20, 10, 0), rest_of_hits=400), ("beaten", "hard")),
        (a_tally(chosen=(98, 1, 1, 0, 0), rest_of_hits=990), ("easy", "idle")),
        (a_tally(rest_of_hits=500), ("blunt",)),
        (a_tally(chosen=(ENOUGH - 1, 0, 0, 0, 0), rest=290, rest_squares=2_900, rest_of_hits=290), ()),
    ],
)
def test_a_question_is_named_by_the_rules_and_never_before_enough_people_met_it(tally, look):
    assert of_question(tally).look == look
