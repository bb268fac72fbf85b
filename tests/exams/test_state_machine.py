"""The rules of the exam cannot be skipped (S05): any order of starts, saves, submissions and waiting, model against system."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from lantoa.contests.models import Movement
from lantoa.exams import actions
from lantoa.exams.bank import open_bank
from lantoa.exams.marking import NOTHING, hits
from lantoa.exams.models import Attempt, Best
from lantoa.exams.ranking import key
from lantoa.exams.results import Result
from tests.factories.contest import CLOSES, a_bank, a_contest, a_contestant

LIMIT = timedelta(minutes=20)
sheets = st.lists(st.integers(-1, 3), min_size=20, max_size=20)


class Exam(RuleBasedStateMachine):
    """One contestant in the contest's last hours; the model remembers what the rules promise."""

    contest = None

    @initialize()
    def enter(self):
        self.me = a_contestant(Exam.contest)
        self.now = CLOSES - timedelta(hours=3)
        self.open = None  # [number, started, deadline, answers, revision]
        self.done = {}  # number -> (answers, submitted_at)

    def run_out(self):
        if self.open and self.now >= self.open[2]:
            self.done[self.open[0]] = (self.open[3], self.open[2])
            self.open = None

    @rule(minutes=st.sampled_from([0, 1, 7, 25, 90]))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def start(self):
        self.run_out()
        try:
            attempt = actions.start_attempt(contestant=self.me, at=self.now)
        except actions.Refused as refused:
            assert refused.code == "closed"
            assert self.now >= CLOSES
            # The refusal rolls back the closing of what ran out; the worker does it.
            actions.close_overdue(at=self.now)
            return
        if self.open is None:
            assert self.now < CLOSES
            blank = [NOTHING] * 20
            self.open = [len(self.done) + 1, self.now, min(self.now + LIMIT, CLOSES), blank, 0]
        assert attempt.number == self.open[0]

    @rule(answers=sheets, ahead=st.integers(-1, 3), number=st.integers(1, 4))
    def save(self, answers, ahead, number):
        mine = self.open is not None and number == self.open[0]
        revision = (self.open[4] if mine else 0) + ahead
        allowed = mine and self.now < self.open[2] and ahead > 0
        try:
            actions.save_sheet(contestant=self.me, number=number, answers=answers, revision=revision, at=self.now)
        except actions.Refused:
            assert not allowed
        else:
            assert allowed
            self.open[3:] = [answers, revision]

    @rule(answers=st.none() | sheets, number=st.integers(1, 4))
    def submit(self, answers, number):
        self.run_out_of(number)
        try:
            attempt = actions.submit_attempt(contestant=self.me, number=number, answers=answers, at=self.now)
        except actions.Refused as refused:
            assert refused.code == "unknown"
            assert number not in self.done
            return
        if self.open and number == self.open[0]:
            self.done[number] = (self.open[3] if answers is None else answers, self.now)
            self.open = None
        assert attempt.submitted_at == self.done[number][1]

    def run_out_of(self, number):
        if self.open and number == self.open[0]:
            self.run_out()

    @rule()
    def worker(self):
        actions.close_overdue(at=self.now)
        self.run_out()

    @invariant()
    def what_was_submitted_stands_as_the_rules_say(self):
        for attempt in Attempt.objects.filter(contestant=self.me, submitted_at__isnull=False):
            answers, at = self.done[attempt.number]
            assert (attempt.answers, attempt.submitted_at) == (answers, at)
            assert timedelta(0) <= attempt.submitted_at - attempt.started_at <= LIMIT
            keys = open_bank(attempt.bank_id).keys(attempt.questions)
            assert attempt.correct == sum(hits(answers, attempt.orders, keys))

    @invariant()
    def at_most_one_attempt_is_open_and_numbers_have_no_gap(self):
        attempts = list(Attempt.objects.filter(contestant=self.me).order_by("number"))
        assert [attempt.number for attempt in attempts] == list(range(1, len(attempts) + 1))
        assert sum(attempt.submitted_at is None for attempt in attempts) <= 1

    @invariant()
    def the_best_is_the_least_and_every_fact_has_its_movement(self):
        submitted = Attempt.objects.filter(contestant=self.me, submitted_at__isnull=False)
        keys = [key(Result(20 - a.correct, a.duration_ms, a.submitted_at)) for a in submitted]
        best = Best.objects.filter(contestant=self.me).first()
        assert (key(best) if best else None) == (min(keys) if keys else None)
        moved = Movement.objects.filter(contestant=self.me, att=1)
        assert moved.count() == len(keys)
        assert sum(m.fin for m in moved) == min(1, len(keys))


def test_no_order_of_steps_breaks_a_rule_of_the_exam(db):
    Exam.contest = a_contest()
    a_bank(Exam.contest)
    run_state_machine_as_test(
        Exam,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
