"""Queries that are put into words once find what Django finds, for whatever is bound to them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from lantoa.lib.compiled import Compiled, Slot
from lantoa.units.models import ClusterMember, Unit

pytestmark = pytest.mark.django_db
INSIDE = Compiled(lambda: Unit.objects.filter(parent=Slot("parent")).select_related("parent").order_by("code"))
CODED = Compiled(lambda: Unit.objects.filter(code=Slot("code")).values_list("name", "kind"))
MEMBER = Exists(ClusterMember.objects.filter(unit=OuterRef("pk")))
TOLD = Compiled(lambda: Unit.objects.annotate(moment=Now(), member=MEMBER).filter(code=Slot("code")))


@pytest.fixture
def city() -> Unit:
    city = Unit.objects.create(code="31", name="Hải Phòng", kind="city")
    for code, name in (("a", "Kiến An"), ("b", "Đồ Sơn")):
        Unit.objects.create(code=code, name=name, kind="ward", parent=city)
    return city


def test_it_finds_the_same_instances_as_the_queryset(city):
    found = INSIDE.all(parent=city.pk)
    asked = list(Unit.objects.filter(parent=city).select_related("parent").order_by("code"))

    assert [vars(one) | {"_state": None} for one in found] == [vars(one) | {"_state": None} for one in asked]
    with CaptureQueriesContext(connection) as queries:
        assert [one.parent.name for one in found] == ["Hải Phòng"] * 2
    assert not queries.captured_queries


def test_each_asking_is_answered_for_its_own_values(city):
    other = Unit.objects.create(code="1", name="Hà Nội", kind="city")

    assert [len(INSIDE.all(parent=one.pk)) for one in (city, other, city)] == [2, 0, 2]
    assert CODED.rows(code="a") == [("Kiến An", "ward")]
    assert CODED.rows(code="không có") == []


def test_what_is_not_there_is_none_or_the_models_own_error(city):
    assert INSIDE.first(parent=0) is None
    with pytest.raises(Unit.DoesNotExist):
        INSIDE.get(parent=0)
    assert INSIDE.get(parent=city.pk).code == "a"


def test_annotations_come_along(city):
    found = TOLD.get(code="a")

    assert found.member is False
    assert found.moment.tzinfo is not None


def test_a_row_that_was_read_can_be_changed_and_saved(city):
    found = INSIDE.get(parent=city.pk)
    found.name = "Kiến An mới"
    found.save()

    assert INSIDE.get(parent=city.pk).name == "Kiến An mới"


@pytest.mark.parametrize("code", ["'; DROP TABLE lantoa_unit; --", "%s", "%(code)s", "\\", '"'])
def test_what_is_bound_is_never_read_as_sql(city, code):
    Unit.objects.create(code=code, name="Lạ", kind="ward", parent=city)

    assert CODED.rows(code=code) == [("Lạ", "ward")]


def test_a_value_that_is_not_given_is_missed_at_once(city):
    with pytest.raises(KeyError):
        INSIDE.all()


def test_one_statement_is_asked_and_the_words_are_found_once(city):
    INSIDE.all(parent=city.pk)
    with CaptureQueriesContext(connection) as queries:
        INSIDE.all(parent=city.pk)
        INSIDE.all(parent=city.pk)

    assert len(queries.captured_queries) == 2
    assert INSIDE._words is INSIDE._words
