"""No page costs more because more take part (law 7): the same statements for forty contestants and for four hundred."""

from __future__ import annotations

from datetime import timedelta

import pytest
from benchmarks import crowd
from benchmarks.hot import BUDGET, captured, hot_requests
from benchmarks.installation import PACKAGE
from django.conf import settings
from django.test import Client

from lantoa.contests.models import Contest
from lantoa.learning.models import Lesson
from lantoa.lib import clock
from lantoa.management.commands.package import import_package
from lantoa.units.models import Unit

FEW, MANY = 40, 400


def walked(contest: Contest, people: int, *, seed: int) -> dict[str, list[str]]:
    """Add a crowd; then the statements of each hot request, once everything that a process keeps is known to it."""
    crowd.fill(contest, people, seed=seed)
    first = seed * 1000
    lesson = Lesson.objects.current(contest)[0].code
    hot = hot_requests(contest, lesson=lesson, unit=Unit.objects.communes_of(contest.root)[0].code)
    found: dict[str, list[str]] = {}
    for serial, cookie in enumerate(crowd.walkers(contest, 2, first=first), first):
        for one in hot:
            client = Client()
            if one.signed:
                client.cookies[settings.SESSION_COOKIE_NAME] = cookie
            found[one.name] = captured(one, client, serial)
    return found


@pytest.fixture
def contest(db) -> Contest:
    today = clock.now().astimezone(clock.VIETNAM).date()
    import_package(folder=PACKAGE, publish=True, opens=today - timedelta(days=10), closes=today + timedelta(days=21))
    return Contest.objects.public()[0]


def test_the_hot_requests_keep_their_budget_whatever_the_size_of_the_crowd(contest):
    few = walked(contest, FEW, seed=1)
    many = walked(contest, MANY - FEW, seed=2)

    over = {name: few[name] for name, most in BUDGET.items() if len(few[name]) > most}
    assert not over, "\n".join(f"{name}: {statement}" for name, found in over.items() for statement in found)
    assert {name: len(found) for name, found in few.items()} == {name: len(found) for name, found in many.items()}
