import pytest

from lantoa.exams import actions as exams
from lantoa.people.models import Account, Role
from tests.factories.contest import DURING, OPENS, a_bank, a_contest, a_contestant


def finish(contestant, at=DURING):
    """Sit an exam through."""
    attempt = exams.start_attempt(contestant=contestant, at=at)
    return exams.submit_attempt(contestant=contestant, number=attempt.number, answers=[0] * 20, at=at)


def staff(kind):
    account = Account.objects.create(username=kind, created_at=OPENS)
    if kind != "coordinator":
        Role.objects.create(account=account, kind=kind)
    return account


@pytest.fixture
def contest(db):
    contest = a_contest()
    a_bank(contest)
    return contest


@pytest.fixture
def me(contest):
    contestant = a_contestant(contest, name="Nguyễn Hoàng Phương Thảo Nguyên")
    finish(contestant)
    return contestant


@pytest.fixture
def moderator(db):
    return staff("organiser")
