"""Very many rows at once: what they refer to is checked all the same."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from lantoa.contests.visits import Visit
from lantoa.lib.bulk import copy, references_last
from lantoa.units.models import Cluster, ClusterMember, Unit

RULES = "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
MEMBER = ("unit_id", "cluster_id")


def rules():
    with connection.cursor() as cursor:
        cursor.execute(RULES)
        return cursor.fetchall()


@pytest.fixture
def cluster(db):
    return Cluster.objects.create(code="cum-1", name="Cụm 1")


def test_rows_that_refer_to_what_is_there_come_in_and_every_reference_is_kept(cluster):
    unit, before = Unit.objects.create(code="10507", name="Thành Đông", kind="ward"), rules()
    with transaction.atomic(), references_last(ClusterMember, Visit):
        assert len(rules()) < len(before)
        copy(ClusterMember, MEMBER, [(unit.pk, cluster.pk)])
    assert rules() == before
    assert ClusterMember.objects.get().unit == unit


def test_a_reference_to_nothing_fails_when_all_rows_are_there(cluster):
    before = rules()
    with pytest.raises(IntegrityError), transaction.atomic(), references_last(ClusterMember):
        copy(ClusterMember, MEMBER, [(987_654, cluster.pk)])
    assert rules() == before
    assert not ClusterMember.objects.exists()
