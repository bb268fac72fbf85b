from datetime import datetime

import pytest

from lantoa.lib.clock import VIETNAM
from lantoa.people import actions
from tests.factories.contest import a_contest

PASSWORD = "nước lên thuyền lên"
AT = datetime(2025, 10, 21, 15, 30, tzinfo=VIETNAM)
FACTS = {
    "full_name": "Nguyễn Hoàng Phương Thảo Nguyên",
    "phone": "0912 345 678",
    "citizen_id": "031 175 004 821",
    "sub_unit": None,
    "group": "resident",
    "password": PASSWORD,
    "consent_version": "1",
    "at": AT,
}


@pytest.fixture
def contest(db):
    return a_contest()


@pytest.fixture
def unit(contest):
    return contest.root.children.get(code="11414")


@pytest.fixture
def register(unit):
    """Register with the usual facts, some of them changed."""
    return lambda **changed: actions.register(**{**FACTS, "unit": unit, **changed})
