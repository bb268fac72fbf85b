from datetime import timedelta

import pytest

from lantoa.contests.actions import Refused, join, move
from lantoa.contests.models import Contestant, Correction, Movement
from lantoa.people import actions
from lantoa.people.models import AuditEntry
from lantoa.units.models import Kind, Unit
from tests.factories.contest import CLOSES, DURING, OPENS, a_contest
from tests.people.conftest import FACTS

pytestmark = pytest.mark.django_db
LATER = DURING + timedelta(hours=1)


@pytest.fixture
def contest():
    return a_contest()


@pytest.fixture
def unit(contest):
    return contest.root.children.get(code="11414")


@pytest.fixture
def account(unit):
    return actions.register(**{**FACTS, "unit": unit})


def code(call):
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_joining_writes_the_entry_and_one_step_of_the_figures(contest, unit, account):
    me = join(contest=contest, person=account.person, at=DURING)
    assert (me.unit, me.joined_unit, me.joined_at, me.valid_at) == (unit, unit, DURING, DURING)
    step = Movement.objects.get()
    assert (step.reg, step.fin, step.att, step.unit, step.at, step.known_at) == (1, 0, 0, unit, DURING, DURING)
    assert len(bytes(me.who)) == 16


def test_a_fact_lies_on_a_whole_millisecond_as_the_log_counts(contest, account):
    me = join(contest=contest, person=account.person, at=DURING + timedelta(microseconds=1999))
    assert me.joined_at == Movement.objects.get().at == DURING + timedelta(milliseconds=1)


def test_joining_again_gives_the_same_entry(contest, account):
    first = join(contest=contest, person=account.person, at=DURING)
    assert join(contest=contest, person=account.person, at=LATER).pk == first.pk
    assert Movement.objects.count() == 1


def test_nobody_joins_before_the_opening_or_after_the_last_day(contest, account):
    instant = timedelta(microseconds=1)
    assert code(lambda: join(contest=contest, person=account.person, at=OPENS - instant)) == "before"
    assert code(lambda: join(contest=contest, person=account.person, at=CLOSES)) == "closed"
    assert join(contest=contest, person=account.person, at=CLOSES - instant)


def test_a_unit_of_another_city_is_refused(contest, account):
    city = Unit.objects.create(code="22", name="Quảng Ninh", kind=Kind.CITY)
    account.person.unit = Unit.objects.create(code="x", name="Ba Chẽ", kind=Kind.COMMUNE, parent=city)
    assert code(lambda: join(contest=contest, person=account.person, at=DURING)) == "unit_elsewhere"


def test_before_the_first_exam_somebody_may_move_to_another_unit(contest, unit, account):
    me = join(contest=contest, person=account.person, at=DURING)
    other = contest.root.children.get(code="11413")
    move(contestant=me, unit=other, sub_unit=None, by=account, at=LATER)
    me = Contestant.objects.get()
    assert (me.unit, me.joined_unit) == (other, unit)
    steps = Movement.objects.filter(correction=Correction.objects.get()).values_list("unit__code", "reg", "at")
    assert set(steps) == {("11414", -1, LATER), ("11413", 1, LATER)}
    assert AuditEntry.objects.filter(action="move").count() == 1


def test_moving_nowhere_writes_nothing(contest, unit, account):
    me = join(contest=contest, person=account.person, at=DURING)
    move(contestant=me, unit=unit, sub_unit=None, by=account, at=LATER)
    assert not Correction.objects.exists()


def test_after_the_first_exam_the_unit_stays(contest, unit, account):
    me = join(contest=contest, person=account.person, at=DURING)
    Movement.objects.create(contest=contest, at=LATER, known_at=LATER, unit=unit, contestant=me, fin=1, att=1)
    other = contest.root.children.get(code="11413")
    assert code(lambda: move(contestant=me, unit=other, sub_unit=None, by=account, at=LATER)) == "after_exam"
