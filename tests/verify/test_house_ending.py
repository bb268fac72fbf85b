"""A contest of the house from its opening to its end, and what an outsider makes of it."""

from datetime import timedelta

import pytest

from lantoa.lib import clock
from lantoa.standings.bulletins import publish_bulletin
from tests.verify.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    made = House()
    made.run()
    return made


def test_an_export_with_a_bulletin_and_corrections_holds(house):
    now = clock.now()
    house.round(now)
    publish_bulletin(contest=house.contest, as_of=house.opens + timedelta(hours=4), by=house.organiser)
    house.correct()
    house.round(now + timedelta(seconds=60))
    publish_bulletin(contest=house.contest, as_of=house.opens + timedelta(hours=9), by=house.organiser)
    house.round(now + timedelta(days=2))
    report = house.report()
    assert report.findings == []
    assert report.bulletins == 2


def test_a_bulletin_published_while_no_sequencer_runs_holds_too(house):
    publish_bulletin(contest=house.contest, as_of=house.opens + timedelta(hours=4), by=house.organiser)
    house.round(clock.now())
    report = house.report()
    assert (report.findings, report.bulletins) == ([], 1)
