"""Who may correct what, what is refused, and an exam that is submitted beside a correction."""

from contextlib import nullcontext
from datetime import UTC, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from lantoa.contests.actions import move as own_move
from lantoa.contests.models import Contestant, Correction, Movement
from lantoa.exams import actions, settling
from lantoa.exams.actions import Refused as NotNow
from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.exams.corrections import Deed, Refused, merge, move, restore, sheet, void
from lantoa.exams.models import Attempt, Best
from lantoa.exams.settling import counts, family_of, unsettled
from lantoa.people.models import AuditEntry
from lantoa.standings.rebuild import difference
from tests.factories.at_once import at_once
from tests.factories.contest import DURING, a_bank, a_contest, a_contestant, an_account

LATER = DURING + timedelta(hours=1)
WHY = "Thi hộ, Ban tổ chức kết luận."


def a_deed(by, at=LATER, **fields):
    return Deed(by=by, reason=fields.pop("reason", WHY), at=at, **fields)


def sat(contestant, at=DURING, right=20):
    attempt = start_attempt(contestant=contestant, at=at)
    answers = [attempt_key(attempt, n) if n < right else -1 for n in range(20)]
    return submit_attempt(contestant=contestant, number=attempt.number, answers=answers, at=at + timedelta(minutes=5))


def attempt_key(attempt, n):
    from lantoa.exams.marking import ORDERS

    return ORDERS[attempt.orders[n]].index(1)


@pytest.fixture
def contest(db):
    contest = a_contest()
    a_bank(contest)
    return contest


@pytest.fixture
def organiser(db):
    return an_account("organiser")


@pytest.mark.parametrize("kind", ["editor", "operator", "judge"])
def test_only_who_has_the_power_corrects_results(contest, kind):
    someone = a_contestant(contest)
    with pytest.raises(Refused, match="forbidden"):
        void(contestant=someone, deed=a_deed(an_account(kind)))
    assert not Correction.objects.exists()


def test_a_decision_has_a_reason_and_is_not_ahead_of_its_time(contest, organiser):
    someone = a_contestant(contest)
    with pytest.raises(Refused, match="reason"):
        void(contestant=someone, deed=a_deed(organiser, reason="  "))
    with pytest.raises(Refused, match="ahead"):
        void(contestant=someone, deed=a_deed(organiser, effective=LATER + timedelta(seconds=1)))


def test_the_decision_and_who_made_it_are_written_down(contest, organiser):
    someone = a_contestant(contest)
    void(contestant=someone, deed=a_deed(organiser))
    entry = AuditEntry.objects.get(action="void")
    assert (entry.actor, entry.subject, entry.detail["reason"]) == (organiser, f"person:{someone.person_id}", WHY)
    assert sheet(someone).history == [Correction.objects.get()]


def test_a_void_attempt_leaves_the_next_best_one_and_comes_back_when_restored(contest, organiser):
    someone = a_contestant(contest)
    sat(someone, right=19)
    second = sat(someone, at=DURING + timedelta(minutes=10), right=20)
    void(contestant=someone, attempt=2, deed=a_deed(organiser))
    assert Best.objects.get(contestant=someone).missed == 1
    assert [counts for _, counts in sheet(someone).attempts] == [True, False]
    restore(contestant=someone, attempt=2, deed=a_deed(organiser, at=LATER + timedelta(hours=1)))
    assert Best.objects.get(contestant=someone).attempt_id == second.pk
    assert difference(contest) == []
    assert Attempt.objects.get(pk=second.pk).correct == 20


def test_nothing_is_decided_twice_and_nothing_restored_that_was_not_void(contest, organiser):
    someone = a_contestant(contest)
    sat(someone)
    with pytest.raises(Refused, match="unchanged"):
        restore(contestant=someone, deed=a_deed(organiser))
    with pytest.raises(Refused, match="unknown"):
        void(contestant=someone, attempt=2, deed=a_deed(organiser))
    void(contestant=someone, attempt=1, deed=a_deed(organiser))
    with pytest.raises(Refused, match="unchanged"):
        void(contestant=someone, attempt=1, deed=a_deed(organiser))
    with pytest.raises(Refused, match="unchanged"):
        move(contestant=someone, unit=someone.unit, deed=a_deed(organiser))


def test_somebody_void_starts_no_exam_and_one_already_open_does_not_rank(contest, organiser):
    someone = a_contestant(contest)
    open_one = start_attempt(contestant=someone, at=LATER)
    void(contestant=someone, deed=a_deed(organiser))
    submit_attempt(contestant=someone, number=open_one.number, at=LATER + timedelta(minutes=3))
    someone.refresh_from_db()
    with pytest.raises(NotNow, match="void"):
        start_attempt(contestant=someone, at=LATER + timedelta(minutes=5))
    assert not Best.objects.exists()
    assert difference(contest) == []


def test_whether_somebody_counts_is_known_from_decisions_alone(contest, organiser):
    one, other, third = (a_contestant(contest) for _ in range(3))
    for number in range(3):
        sat(one, at=DURING + timedelta(minutes=30 * number))
    decisions = [
        lambda at: void(contestant=one, attempt=2, deed=a_deed(organiser, at=at)),
        lambda at: merge(contestant=one, target=other, deed=a_deed(organiser, at=at)),
        lambda at: void(contestant=other, deed=a_deed(organiser, at=at)),
        lambda at: restore(contestant=other, deed=a_deed(organiser, at=at)),
        lambda at: merge(contestant=other, target=third, deed=a_deed(organiser, at=at)),
    ]
    for hour, decide in enumerate(decisions):
        decide(LATER + timedelta(hours=hour))
        for someone in (one, other, third):
            with CaptureQueriesContext(connection) as asked:
                counted = counts(someone)
            assert counted == (someone.pk in family_of(someone).now())
            assert not [sent for sent in asked if "lantoa_attempt" in sent["sql"] or "lantoa_movement" in sent["sql"]]


def test_after_the_exam_the_organiser_moves_somebody_with_all_attempts(contest, organiser):
    someone = a_contestant(contest)
    other = contest.root.children.order_by("code").last()
    sat(someone)
    move(contestant=someone, unit=other, deed=a_deed(organiser))
    someone.refresh_from_db()
    assert someone.unit == other
    assert someone.joined_unit != other
    assert Best.objects.get().unit == other
    with pytest.raises(Refused, match="unit_elsewhere"):
        move(contestant=someone, unit=contest.root, deed=a_deed(organiser))
    assert difference(contest) == []


def test_two_entries_of_one_person_count_once_and_the_better_result_ranks(contest, organiser):
    one, two = a_contestant(contest), a_contestant(contest, name="Nguyễn Văn An (2)")
    good = sat(one, right=20)
    sat(two, right=15)
    merge(contestant=one, target=two, deed=a_deed(organiser))
    assert Best.objects.get().attempt_id == good.pk
    assert Best.objects.get().contestant == two
    assert sheet(one).merged_into == two
    for contestant, target, code in ((one, two, "merged"), (two, one, "merged"), (two, two, "same")):
        with pytest.raises(Refused, match=code):
            merge(contestant=contestant, target=target, deed=a_deed(organiser))
    elsewhere = a_contestant(a_contest(slug="noi-khac"))
    with pytest.raises(Refused, match="elsewhere"):
        merge(contestant=two, target=elsewhere, deed=a_deed(organiser))
    assert difference(contest) == []


def test_a_move_of_ones_own_before_the_exam_is_such_a_decision_too(contest):
    someone = a_contestant(contest)
    other = contest.root.children.order_by("code").last()
    own_move(contestant=someone, unit=other, sub_unit=None, by=someone.person.account, at=DURING)
    sat(Contestant.objects.get(pk=someone.pk), at=LATER)
    assert Best.objects.get().unit == other
    assert difference(contest) == []


def rush():
    """Exams submitted and voided at the same instant; what `rebuild --check` says of it."""
    contest = a_contest()
    a_bank(contest)
    by = an_account("organiser")
    people = [a_contestant(contest, name=f"Nguyễn Văn {n}") for n in range(8)]
    started = {person.pk: start_attempt(contestant=person, at=DURING) for person in people}

    def submitting(person):
        at = started[person.pk].started_at + timedelta(minutes=4)
        return lambda: submit_attempt(contestant=person, number=1, at=at)

    def voiding(person):
        return lambda: void(contestant=person, deed=Deed(by=by, reason=WHY))

    results = at_once([deed(person) for person in people for deed in (submitting, voiding)])
    assert [one for one in results if isinstance(one, Exception)] == []
    return contest, difference(contest)


@pytest.mark.django_db(transaction=True)
def test_an_exam_submitted_beside_a_correction_is_counted_exactly():
    contest, differing = rush()
    assert differing == []
    assert Movement.objects.filter(contest=contest, correction__isnull=True, att=1).count() == 8
    assert not Best.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_control_without_looking_at_the_mark_again_an_exam_outlives_the_correction(monkeypatch):
    contest = a_contest()
    a_bank(contest)
    by = an_account("organiser")
    someone = a_contestant(contest)
    attempt = start_attempt(contestant=someone, at=DURING)
    blind = actions.statements.SUBMIT_HELD.replace("AND c.corrected = %(corrected)s", "AND %(corrected)s IS NOT NULL")
    monkeypatch.setattr(actions.statements, "SUBMIT_HELD", blind)
    read_before = Attempt.objects.locked().filter(pk=attempt.pk)
    with transaction.atomic():
        stale = read_before.get()
    void(contestant=someone, deed=Deed(by=by, reason=WHY))
    actions._close(stale, at=DURING + timedelta(minutes=4), answers=attempt.answers)
    assert difference(contest) != []
    assert Best.objects.exists()
    connection.close()


def compared_while_somebody_corrected_hands_in():
    """What the comparison says when an exam ends between two of its reads."""
    contest = a_contest()
    a_bank(contest)
    someone = a_contestant(contest)
    sat(someone)
    void(contestant=someone, attempt=1, deed=Deed(by=an_account("organiser"), reason=WHY))
    someone.refresh_from_db()
    attempt = start_attempt(contestant=someone, at=LATER)
    hands_in = [lambda: submit_attempt(contestant=someone, number=attempt.number, at=LATER + timedelta(minutes=4))]

    def meanwhile(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if "lantoa_attempt" in sql and hands_in:
            [ended] = at_once([hands_in.pop()])
            assert not isinstance(ended, Exception), ended
        return answer

    with connection.execute_wrapper(meanwhile):
        found = unsettled(contest)
    assert not hands_in
    assert difference(contest) == []
    return found


@pytest.mark.django_db(transaction=True)
def test_an_exam_handed_in_during_the_comparison_is_no_difference():
    assert compared_while_somebody_corrected_hands_in() == []


@pytest.mark.django_db(transaction=True)
def test_control_reads_of_several_moments_tell_of_a_difference_that_is_none(monkeypatch):
    monkeypatch.setattr(settling, "one_moment", nullcontext)
    assert compared_while_somebody_corrected_hands_in() != []


def test_three_entries_of_one_person_become_one_though_nothing_was_decided_of_the_last(contest, organiser):
    first, second, third = (sat(a_contestant(contest)).contestant for _ in range(3))
    merge(contestant=first, target=second, deed=a_deed(organiser))
    merge(contestant=second, target=third, deed=a_deed(organiser, at=LATER + timedelta(hours=1)))
    assert unsettled(contest) == []
    steps = Movement.objects.filter(contestant=third).aggregate(fin=Sum("fin"), att=Sum("att"))
    assert steps == {"fin": 1, "att": 3}


def test_however_many_were_corrected_they_are_compared_with_as_many_reads(contest, organiser):
    def reads():
        with CaptureQueriesContext(connection) as asked:
            assert unsettled(contest) == []
        return len(asked)

    people = [sat(a_contestant(contest)).contestant for _ in range(6)]
    void(contestant=people[0], attempt=1, deed=a_deed(organiser))
    one = reads()
    for number, someone in enumerate(people[1:4], 1):
        void(contestant=someone, attempt=1, deed=a_deed(organiser, at=LATER + timedelta(minutes=number)))
    merge(contestant=people[4], target=people[5], deed=a_deed(organiser, at=LATER + timedelta(hours=1)))
    merge(contestant=people[5], target=people[0], deed=a_deed(organiser, at=LATER + timedelta(hours=2)))
    assert reads() == one
    Best.objects.filter(contestant=people[0]).delete()
    [said] = unsettled(contest)
    assert said.startswith(f"contestant {min(people[n].pk for n in (0, 4, 5))} of 3 tied: the best of entry ")


def test_a_step_too_many_is_named_with_its_moments(contest, organiser):
    someone = sat(a_contestant(contest)).contestant
    made = void(contestant=someone, attempt=1, deed=a_deed(organiser))
    unit, at = someone.unit_id, made.known_at.astimezone(UTC)
    Movement.objects.create(
        contest=contest, at=at, known_at=at, unit_id=unit, contestant=someone, reg=1, fin=0, att=0, correction=made
    )
    [said] = unsettled(contest)
    assert f"known at {at}, entry {someone.pk} in unit {unit} lacks [-1, 0, 0] at {at}" in said
