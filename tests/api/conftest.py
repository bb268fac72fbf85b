from datetime import timedelta

import pytest
from django.test import Client

from lantoa.lib import clock
from lantoa.standings.bulletins import publish_bulletin
from lantoa.standings.rebuild import rebuild
from lantoa.units.models import Cluster, ClusterMember
from tests.factories.contest import a_contest
from tests.factories.crowd import crowd
from tests.standings.conftest import a_population

API = "/api/v1/"


@pytest.fixture
def contest(db):
    """Open since ten days, three units of which two are a cluster, 300 people; folded."""
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20))
    for n, unit in enumerate(contest.root.children.order_by("code"), 1):
        a_population(unit, 5_000 * n)
    cluster = Cluster.objects.create(code="bien", name="Cụm Biển đảo")
    for unit in contest.root.children.order_by("code")[:2]:
        ClusterMember.objects.create(cluster=cluster, unit=unit)
    crowd(contest, people=300, until=now - timedelta(minutes=5))
    rebuild(contest)
    publish_bulletin(contest=contest, as_of=now - timedelta(days=1), by=None)
    return contest


@pytest.fixture
def ask(contest):
    """`ask("statistics", as_of=…)`: the answer below that contest; a path that starts with / is below /api/v1."""

    def get(path="", /, headers=None, **query):
        where = f"{API}{path[1:]}" if path.startswith("/") else f"{API}contests/{contest.slug}/{path}"
        return Client().get(where, query, headers=headers or {})

    return get
