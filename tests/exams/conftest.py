import pytest

from tests.factories.contest import a_bank, a_contest, a_contestant


@pytest.fixture
def contest(db):
    contest = a_contest()
    a_bank(contest)
    return contest


@pytest.fixture
def me(contest):
    return a_contestant(contest)
