"""No page costs more because more take part (law 7): the same statements for forty contestants and for four hundred."""

from __future__ import annotations

import pytest
from benchmarks import crowd
from benchmarks.counting import Sent, statements
from benchmarks.site import Site, place_in, the_contest
from benchmarks.walking import PASSWORD
from django.contrib.auth.hashers import make_password

FEW, MANY = 40, 400
# SQL statements that a whole request may send, session and person in it.
BUDGET = {"start": 1, "save": 1, "submit": 1, "standings, signed in": 5, "statistics, signed in": 5}


def walked(site: Site, people: int, *, seed: int) -> dict[str, list[Sent]]:
    """Add a crowd; then the statements of each request, once everything that a process keeps is known to it."""
    crowd.fill(site.contest, people, seed=seed)
    return statements(site, make_password(PASSWORD))


@pytest.fixture
def site(db, tmp_path) -> Site:
    contest = the_contest()
    return Site(contest, place_in(contest, "http://127.0.0.1"), tmp_path, workers=1)


def test_the_hot_requests_keep_their_budget_whatever_the_size_of_the_crowd(site):
    few = walked(site, FEW, seed=1)
    many = walked(site, MANY - FEW, seed=2)

    over = {name: few[name] for name, most in BUDGET.items() if len(few[name]) > most}
    assert not over, "\n".join(f"{name}: {one.text}" for name, sent in over.items() for one in sent)
    assert {name: len(sent) for name, sent in few.items()} == {name: len(sent) for name, sent in many.items()}
