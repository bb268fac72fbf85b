"""What the house itself publishes holds before the verifier: the whole way from an exam to the report."""

from datetime import timedelta

import pytest

from lantoa.contests import ledger
from lantoa.contests.export import folder_of
from lantoa.contests.log import Entry
from lantoa.contests.models import Contestant
from lantoa.contests.publications import enter_seed, publish, publish_rules, publish_units
from lantoa.contests.rounds import sequence
from lantoa.exams import actions, corrections
from lantoa.exams.bank import key_of
from lantoa.exams.corrections import Deed
from lantoa.exams.models import Attempt
from lantoa.exams.publish import plan_text
from lantoa.lib import clock
from lantoa.people.models import Account, Role
from lantoa.standings.figures import figures
from lantoa_verify.audit import audit
from lantoa_verify.entries import parse_body
from lantoa_verify.export import Folder
from lantoa_verify.papers import hash_of
from lantoa_verify.policy import parse_policy
from lantoa_verify.redraw import read_bank
from tests.factories.contest import a_bank, a_contest, a_contestant

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    """A contest of now in which seven people took part, some twice."""
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))
    bank = a_bank(contest)
    publish_rules(contest)
    publish_units(contest)
    publish(contest=contest, kind="bank", text=plan_text(bank), version=bank.version)
    enter_seed(contest, clock.now())
    people = [a_contestant(contest, name=f"Người {n}") for n in range(7)]
    ledger.enter_missing_joinings(contest)
    for number, attempts in enumerate((1, 2, 1, 3, 1, 1, 0)):
        for attempt in range(1, attempts + 1):
            actions.start_attempt(contestant=people[number])
            actions.submit_attempt(contestant=people[number], number=attempt, answers=[number % 4] * 20)
    return contest


@pytest.fixture
def deed():
    organiser = Account.objects.create(username="organiser", created_at=clock.now())
    Role.objects.create(account=organiser, kind="organiser")
    return Deed(by=organiser, reason="Thi hộ, Ban tổ chức kết luận.")


def report_on(contest):
    files = Folder(folder_of(contest))
    policy = parse_policy((files.read("policy") or b"").decode())
    head = policy.open((files.read("checkpoint") or b"").decode(), contest.log.origin)
    return audit(files, head, policy.verifiers)


def test_an_export_of_the_house_holds_while_bodies_are_closed_and_when_they_are_open(held):
    for wait in (timedelta(0), timedelta(days=2)):
        sequence(held, clock.now() + wait)
        report = report_on(held)
        assert report.findings == []
        assert report.counts == (7, 6, 9)
    assert not report.closed


def test_the_published_bank_gives_the_papers_that_were_sat(held):
    bank = read_bank(plan_text(held.banks.get()).encode())
    attempt = Attempt.objects.filter(contestant__contest=held).select_related("contestant").last()
    paper = bank.draw(key_of(held, bytes(attempt.contestant.who), attempt.number))
    entry = Entry.objects.of_attempt(attempt.contestant_id, attempt.number)
    assert parse_body("first", entry.body.encode()).paper == hash_of(1, paper.questions, paper.options)


def test_after_corrections_the_log_gives_the_figures_of_the_house(held, deed):
    people = list(Contestant.objects.filter(contest=held).order_by("pk"))
    corrections.void(contestant=people[0], deed=deed)
    corrections.void(contestant=people[1], attempt=1, deed=deed)
    corrections.void(contestant=people[2], deed=deed)
    corrections.restore(contestant=people[2], deed=deed)
    corrections.merge(contestant=people[3], target=people[4], deed=deed)
    corrections.move(contestant=people[5], unit=held.root.children.get(code="11419"), deed=deed)
    sequence(held, clock.now() + timedelta(days=2))
    report, counted = report_on(held), figures(held, clock.now()).total
    assert report.findings == []
    assert report.counts == (counted.registered, counted.finished, counted.attempts) == (5, 4, 7)
