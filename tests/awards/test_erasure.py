"""Erasing a person by law: nothing tells who it was, while figures, ranks and proofs stay."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from lantoa.awards.erasure import Refused, erase_person
from lantoa.awards.models import Certificate
from lantoa.contests import ledger
from lantoa.contests.actions import join
from lantoa.contests.log import Entry
from lantoa.contests.rounds import sequence
from lantoa.exams import actions
from lantoa.exams.sittings import enter_missing
from lantoa.people import numbers
from lantoa.people.actions import register
from lantoa.people.models import Account, AuditEntry, Consent, Person, Role
from lantoa.shares.models import Share
from lantoa.standings.figures import figures
from lantoa.standings.log_checks import difference
from lantoa.standings.ranks import my_place, page
from tests.factories.contest import CLOSES, DURING, a_bank, a_contest, a_contestant

pytestmark = pytest.mark.django_db
NAME, PHONE, CITIZEN_ID = "Phạm Thị Hòa", "0912345678", "031090123456"
LATER = DURING + timedelta(hours=2)


@pytest.fixture
def contest():
    made = a_contest()
    a_bank(made)
    return made


@pytest.fixture
def me(contest):
    """Somebody with an account, two exams, a share and a certificate, beside two others."""
    unit = contest.root.children.get(code="11414")
    account = register(
        full_name=NAME, phone=PHONE, citizen_id=CITIZEN_ID, unit=unit, sub_unit=None, group="resident",
        password="nước lên thuyền lên", consent_version="1", at=DURING,
    )  # fmt: skip
    people = [a_contestant(contest, name=f"Người {n}") for n in range(2)]
    mine = join(contest=contest, person=account.person, at=DURING)
    ledger.enter_missing_joinings(contest)
    for who in (mine, *people):
        for number in (1, 2):
            at = DURING + timedelta(minutes=10 * number)
            actions.start_attempt(contestant=who, at=at)
            actions.submit_attempt(contestant=who, number=number, answers=[who.pk % 4] * 20, at=at)
    Share.objects.create(contest=contest, contestant=mine, unit=unit, kind="story", text="Tôi là Hòa.", sent_at=DURING)
    Certificate.objects.create(
        contestant=mine, number="LT-1", name=NAME, unit_name="Cẩm Giàng", contest_name=contest.name,
        organiser="Sở", correct=5, asked=20, issued_at=DURING,
    )  # fmt: skip
    return mine


def refused(**deed):
    with pytest.raises(Refused) as found:
        erase_person(**deed)
    return found.value.code


def test_nothing_tells_any_more_who_it_was(me):
    erase_person(person=me.person, by=None, at=LATER)
    person = Person.objects.get(pk=me.person_id)
    assert (person.full_name, person.sort_key, person.phone_index, person.citizen_id_sealed) == (
        "Đã xóa",
        "",
        None,
        None,
    )
    assert not Share.objects.exists()
    assert not Certificate.objects.exists()
    assert not Consent.objects.filter(person=person, withdrawn_at__isnull=True).exists()
    assert not person.account.is_active
    assert not person.account.has_usable_password()
    assert Account.objects.signing_in(index=numbers.index_phone("+84912345678"), username=None) is None
    assert AuditEntry.objects.get(action="erase_person").detail == {"entries": 3}


def test_figures_ranks_and_facts_stay_and_the_name_is_gone_from_the_standings(me):
    place, before = my_place(me), figures(me.contest, LATER).total
    erase_person(person=me.person, by=None, at=LATER)
    assert my_place(me) == place
    assert figures(me.contest, LATER).total == before
    row = next(row for row in page(me.contest, 1).rows if row.contestant == me.pk)
    assert row.name == ""


def test_what_the_log_could_tell_is_closed_for_ever_and_nothing_is_entered_again(me):
    sequence(me.contest, LATER)
    erase_person(person=me.person, by=None, at=LATER)
    assert not Entry.objects.filter(contestant=me, secret__isnull=False).exists()
    assert not Entry.objects.filter(contestant=me, body__isnull=False).exists()
    assert enter_missing(me.contest) == 0
    sequence(me.contest, LATER + timedelta(minutes=1))
    assert difference(me.contest) == []
    said = Entry.objects.newest(me.contest, "erase")
    assert said.line.split(" ")[2] == "3"
    assert len(said.body.splitlines()) == 3


def test_nobody_is_erased_twice_or_in_an_exam_or_without_power(me):
    editor = Account.objects.create(username="editor", created_at=DURING)
    Role.objects.create(account=editor, kind="editor")
    assert refused(person=me.person, by=editor, at=LATER) == "forbidden"
    actions.start_attempt(contestant=me, at=LATER)
    assert refused(person=me.person, by=None, at=LATER) == "running"
    actions.close_overdue(at=CLOSES)
    erase_person(person=me.person, by=None, at=CLOSES)
    assert refused(person=me.person, by=None, at=CLOSES) == "erased"


def test_a_certificate_goes_only_with_its_person(me):
    with transaction.atomic(), pytest.raises(IntegrityError, match="append-only"):
        Certificate.objects.all().delete()
    erase_person(person=me.person, by=None, at=LATER)
    assert not Certificate.objects.exists()


def test_the_database_keeps_nobody_half_erased(me):
    with pytest.raises(IntegrityError, match="person_erased_whole"):
        Person.objects.filter(pk=me.person_id).update(erased_at=LATER)
