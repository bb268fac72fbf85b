from datetime import date

import pytest

from lantoa.units.models import Population
from tests.factories.contest import DURING, OPENS, a_contest
from tests.factories.crowd import crowd


@pytest.fixture
def contest(db):
    return a_contest()


@pytest.fixture
def crowded(contest):
    """A contest with four hundred people, nothing folded yet."""
    crowd(contest, people=400, until=DURING)
    return contest


@pytest.fixture
def populated(contest):
    """Each commune with an approved population."""
    for value, unit in enumerate(contest.root.children.order_by("code"), 1):
        a_population(unit, 10_000 * value)
    return contest


def a_population(unit, value, valid_from=date(2025, 7, 1), known_at=OPENS):
    return Population.objects.create(
        unit=unit, value=value, valid_from=valid_from, known_at=known_at, source="Cục Thống kê", approved_by="Sở"
    )
