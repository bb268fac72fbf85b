"""Start, save, submit, run out: the life of an attempt."""

from datetime import timedelta

import pytest

from lantoa.contests.models import Movement
from lantoa.exams import actions
from lantoa.exams.bank import open_bank
from lantoa.exams.marking import NOTHING, ORDERS
from lantoa.exams.models import Attempt, Best, Change
from tests.factories.contest import CLOSES, DURING, OPENS, a_bank, a_contest, a_contestant

LIMIT = timedelta(minutes=20)


def right_answers(attempt: Attempt, right: int = 20) -> list[int]:
    """A sheet with that many right answers, for tests only: it reads the key."""
    keys = open_bank(attempt.bank_id).keys(attempt.questions)
    places = [ORDERS[order].index(key) for order, key in zip(attempt.orders, keys, strict=True)]
    return [place if n < right else (place + 1) % 4 for n, place in enumerate(places)]


def start(me, at=DURING):
    return actions.start_attempt(contestant=me, at=at)


def test_a_paper_has_twenty_different_questions_of_the_bank(me):
    attempt = start(me)
    assert len(set(attempt.questions)) == 20
    assert set(attempt.questions) <= set(attempt.bank.questions)
    assert attempt.answers == [NOTHING] * 20


def test_pressing_start_twice_gives_the_same_paper(me):
    first, second = start(me), start(me, DURING + timedelta(minutes=3))
    assert first.pk == second.pk
    assert Attempt.objects.count() == 1


def test_the_next_attempt_is_another_paper(me):
    first = start(me)
    actions.submit_attempt(contestant=me, number=1, at=DURING + timedelta(minutes=1))
    second = start(me, DURING + timedelta(minutes=2))
    assert second.number == 2
    assert (second.questions, second.orders) != (first.questions, first.orders)


def test_a_paper_can_be_drawn_again_from_the_seed(me):
    attempt = start(me)
    from lantoa.exams.bank import key_of

    opened = open_bank(attempt.bank_id)
    again = opened.draw.draw(key_of(me.contest, bytes(me.who), 1))
    assert [opened.by_code[code].pk for code in again.questions] == attempt.questions
    assert [ORDERS[order] for order in attempt.orders] == list(again.options)


@pytest.mark.parametrize(
    ("at", "code"), [(OPENS - timedelta(microseconds=1), "before"), (CLOSES, "closed"), (OPENS, None)]
)
def test_nothing_starts_before_the_opening_or_after_the_last_day(me, at, code):
    if code is None:
        assert start(me, at).number == 1
        return
    with pytest.raises(actions.Refused) as refused:
        start(me, at)
    assert refused.value.code == code


def test_an_incomplete_account_cannot_start(contest):
    somebody = a_contestant(contest, valid=False)
    with pytest.raises(actions.Refused) as refused:
        start(somebody)
    assert refused.value.code == "invalid"


def test_a_limit_of_attempts_is_kept(db):
    contest = a_contest(attempts_limit=1)
    a_bank(contest)
    me = a_contestant(contest)
    start(me)
    actions.submit_attempt(contestant=me, number=1, at=DURING + timedelta(minutes=1))
    with pytest.raises(actions.Refused) as refused:
        start(me, DURING + timedelta(minutes=2))
    assert refused.value.code == "limit"


def test_learning_comes_first_when_the_contest_says_so(db):
    contest = a_contest(learn_first=True)
    contest.topics.create(number=1, title="Một")
    contest.lessons.create(
        topic=contest.topics.get(),
        code="1.1",
        version=1,
        position=1,
        title="Bài",
        goal="",
        takeaway="",
        minutes=1,
        cards=[{"n": 1}],
        size=1,
        digest="",
        published_at=OPENS,
    )
    a_bank(contest)
    with pytest.raises(actions.Refused) as refused:
        start(a_contestant(contest))
    assert refused.value.code == "unlearned"


def test_saved_answers_are_kept_and_acknowledged_by_revision(me):
    attempt = start(me)
    sheet = [0] * 5 + [NOTHING] * 15
    assert actions.save_sheet(contestant=me, number=1, answers=sheet, revision=1, at=DURING + timedelta(minutes=1)) == 1
    attempt.refresh_from_db()
    assert attempt.answers == sheet


def test_a_delayed_older_sheet_never_overwrites_a_newer_one(me):
    attempt = start(me)
    newer, older = [1] * 20, [0] * 20
    actions.save_sheet(contestant=me, number=1, answers=newer, revision=2, at=DURING)
    with pytest.raises(actions.Refused) as refused:
        actions.save_sheet(contestant=me, number=1, answers=older, revision=2, at=DURING)
    assert refused.value.code == "stale"
    attempt.refresh_from_db()
    assert attempt.answers == newer


def test_another_persons_attempt_cannot_be_saved_or_submitted(contest, me):
    other = a_contestant(contest, name="Trần Thị Bình")
    start(me)
    for call in (
        lambda: actions.save_sheet(contestant=other, number=1, answers=[0] * 20, revision=1, at=DURING),
        lambda: actions.submit_attempt(contestant=other, number=1, answers=[0] * 20, at=DURING),
    ):
        with pytest.raises(actions.Refused) as refused:
            call()
        assert refused.value.code == "unknown"


def test_submitting_marks_the_paper_and_appends_the_facts(me):
    attempt = start(me)
    done = actions.submit_attempt(
        contestant=me, number=1, answers=right_answers(attempt, 17), at=DURING + timedelta(minutes=7, seconds=5)
    )
    assert (done.correct, done.duration_ms, done.closed_by) == (17, 425_000, "submit")
    best = Best.objects.get(contestant=me)
    assert (best.missed, best.ms, best.attempt_id) == (3, 425_000, attempt.pk)
    moved = Movement.objects.get(att=1)
    assert (moved.fin, moved.new_missed, moved.at) == (1, 3, done.submitted_at)
    assert Change.objects.count() == 1


def test_a_repeated_submission_has_one_effect_and_the_same_answer(me):
    attempt = start(me)
    first = actions.submit_attempt(contestant=me, number=1, answers=right_answers(attempt, 12), at=DURING + LIMIT / 2)
    again = actions.submit_attempt(contestant=me, number=1, answers=right_answers(attempt, 20), at=DURING + LIMIT)
    assert (again.correct, again.submitted_at) == (first.correct, first.submitted_at) == (12, DURING + LIMIT / 2)
    assert Movement.objects.filter(att=1).count() == 1


def test_a_late_submission_counts_as_of_the_deadline_with_what_was_saved(me):
    attempt = start(me)
    actions.save_sheet(
        contestant=me, number=1, answers=right_answers(attempt, 9), revision=1, at=DURING + timedelta(minutes=5)
    )
    done = actions.submit_attempt(
        contestant=me, number=1, answers=right_answers(attempt, 20), at=DURING + LIMIT + timedelta(seconds=1)
    )
    assert (done.correct, done.submitted_at, done.closed_by) == (9, DURING + LIMIT, "time")


def test_an_attempt_that_runs_out_is_submitted_by_the_worker_as_of_its_deadline(me):
    start(me)
    assert actions.close_overdue(at=DURING + LIMIT - timedelta(seconds=1)) == 0
    assert actions.close_overdue(at=DURING + timedelta(hours=2)) == 1
    done = Attempt.objects.get()
    assert (done.submitted_at, done.duration_ms, done.closed_by) == (DURING + LIMIT, 1_200_000, "time")


def test_an_attempt_open_at_the_end_is_submitted_as_of_midnight(me):
    begun = CLOSES - timedelta(minutes=6)
    attempt = start(me, begun)
    assert attempt.deadline == CLOSES
    actions.close_overdue(at=CLOSES + timedelta(hours=1))
    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.closed_by, attempt.duration_ms) == (CLOSES, "contest", 360_000)


def test_starting_again_closes_the_attempt_that_ran_out(me):
    start(me)
    second = start(me, DURING + timedelta(hours=1))
    assert second.number == 2
    assert Attempt.objects.get(number=1).submitted_at == DURING + LIMIT


def test_a_worse_attempt_leaves_the_best_one_standing(me):
    first = start(me)
    actions.submit_attempt(contestant=me, number=1, answers=right_answers(first, 18), at=DURING + timedelta(minutes=5))
    second = start(me, DURING + timedelta(minutes=6))
    actions.submit_attempt(contestant=me, number=2, answers=right_answers(second, 10), at=DURING + timedelta(minutes=9))
    assert Best.objects.get(contestant=me).attempt_id == first.pk
    assert (Movement.objects.filter(att=1).count(), Movement.objects.filter(fin=1).count()) == (2, 1)
    assert Change.objects.count() == 1


def test_a_shorter_time_breaks_a_tie_in_right_answers(me):
    first = start(me)
    actions.submit_attempt(contestant=me, number=1, answers=right_answers(first, 15), at=DURING + timedelta(minutes=9))
    at = DURING + timedelta(minutes=10)
    second = start(me, at)
    actions.submit_attempt(contestant=me, number=2, answers=right_answers(second, 15), at=at + timedelta(minutes=4))
    assert Best.objects.get(contestant=me).attempt_id == second.pk
    change = Change.objects.order_by("pk").last()
    assert (change.old_missed, change.old_ms, change.new_ms) == (5, 540_000, 240_000)
