"""The public number: named while nobody can know it, entered once, and part of every paper from then on."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from lantoa.contests.log import Entry
from lantoa.contests.models import Contest
from lantoa.contests.publications import enter_seed, publish, spelled
from lantoa.exams import actions
from lantoa.exams.bank import key_of
from lantoa.exams.models import Attempt
from lantoa.exams.public_number import Refused, enter_number, name_number
from lantoa.exams.publish import plan_text
from lantoa.lib.clock import VIETNAM
from lantoa.people.models import Account, AuditEntry, Role
from lantoa_verify.streams import beacon_digest
from tests.factories.contest import DURING, OPENS, a_bank, a_contest, a_contestant

pytestmark = pytest.mark.django_db
EARLY = OPENS - timedelta(days=5)
EVE = (OPENS - timedelta(days=1)).date()
EVENING = datetime(2025, 10, 10, 18, 30, tzinfo=VIETNAM)
LOTTERY = "Xổ số kiến thiết miền Bắc, giải đặc biệt"


@pytest.fixture
def contest():
    made = a_contest()
    bank = a_bank(made)
    publish(contest=made, kind="bank", text=plan_text(bank), version=1, at=EARLY - timedelta(days=1))
    enter_seed(made, EARLY - timedelta(days=1))
    return made


def named(contest, **changed):
    return name_number(**{"contest": contest, "source": LOTTERY, "day": EVE, "by": None, "at": EARLY, **changed})


def entered(contest, **changed):
    told = {"contest": contest, "number": "87210", "where": "xsmb.example.vn", "by": None, "at": EVENING, **changed}
    return enter_number(**told)


def refused(act, *args, **changed):
    with pytest.raises(Refused) as found:
        act(*args, **changed)
    return found.value.code


def lines(contest, kind):
    found = Entry.objects.filter(contest=contest, line__startswith=f"{kind} ").order_by("pk")
    return [entry.line.split(" ") for entry in found]


def test_the_name_stands_in_the_log_beside_the_same_seed_as_before(contest):
    named(contest)
    alone, together = lines(contest, "seed")
    assert alone[2] == together[2]
    assert (alone[3], together[3]) == ("none", "xo-so-kien-thiet-mien-bac-giai-dac-biet:2025-10-10")


def test_until_the_number_is_entered_no_exam_starts_and_then_papers_are_drawn_with_it(contest):
    me = a_contestant(contest)
    before = key_of(contest, bytes(me.who), 1)
    me.contest = named(contest)
    with pytest.raises(actions.Refused) as found:
        actions.start_attempt(contestant=me, at=DURING)
    assert found.value.code == "no-number"
    me.contest = entered(contest)
    assert key_of(me.contest, bytes(me.who), 1) != before
    assert actions.start_attempt(contestant=me, at=DURING).number == 1
    assert lines(contest, "beacon")[0][2] == beacon_digest(b"87210").hex()


def test_a_number_is_named_only_while_nobody_can_know_it(contest):
    assert refused(named, contest, day=EARLY.date()) == "day"  # today's evening may have come
    assert refused(named, contest, day=OPENS.date()) == "day"  # known only after exams began
    assert refused(named, contest, at=OPENS) == "late"
    assert refused(named, contest, source="xổ số") == "source"
    assert refused(named, contest, source="x" * 121) == "source"
    assert refused(named, a_contest(slug="khac")) == "no-bank"


def test_nothing_is_named_once_somebody_has_drawn_a_paper(contest):
    actions.start_attempt(contestant=a_contestant(contest), at=DURING)
    Contest.objects.filter(pk=contest.pk).update(opens_at=DURING + timedelta(days=2))
    assert refused(named, contest, at=DURING, day=date(2025, 10, 22)) == "late"
    assert Attempt.objects.begun(contest)


def test_a_number_is_entered_once_by_its_digits_and_not_before_its_day(contest):
    assert refused(entered, contest) == "unnamed"
    named(contest)
    assert refused(entered, contest, at=EARLY) == "early"
    assert refused(entered, contest, number="tám bảy") == "number"
    assert refused(entered, contest, number="87") == "number"
    assert refused(entered, contest, where=" ") == "where"
    assert entered(contest, number=" 1.287,21 ").number_value == "128721"
    assert refused(entered, contest) == "known"
    assert refused(named, contest) == "known"
    assert len(lines(contest, "beacon")) == 1


def test_another_number_may_be_named_when_the_first_never_came_and_both_stand_in_the_log(contest):
    named(contest, day=date(2025, 10, 9))
    named(contest)
    assert [line[3].partition(":")[2] for line in lines(contest, "seed")] == ["", "2025-10-09", "2025-10-10"]


def test_only_who_runs_the_contest_names_and_enters_and_the_journal_says_who(contest):
    editor, organiser = (Account.objects.create(username=name, created_at=EARLY) for name in ("editor", "organiser"))
    for one in (editor, organiser):
        Role.objects.create(account=one, kind=one.username)
    assert refused(named, contest, by=editor) == "forbidden"
    named(contest, by=organiser)
    assert refused(entered, contest, by=editor) == "forbidden"
    entered(contest, by=organiser)
    done = AuditEntry.objects.filter(actor=organiser).order_by("pk")
    assert [one.action for one in done] == ["name_number", "enter_number"]


def test_the_database_keeps_an_entered_number_and_takes_none_without_a_source(contest):
    with transaction.atomic(), pytest.raises(IntegrityError, match="contest_number_has_a_source"):
        Contest.objects.filter(pk=contest.pk).update(number_value="1")
    named(contest)
    entered(contest)
    with pytest.raises(IntegrityError, match="stays"):
        Contest.objects.filter(pk=contest.pk).update(number_value="87211")


def test_a_name_is_plain_letters_and_its_day():
    assert spelled("VN-Index, giá đóng cửa", date(2025, 10, 10)) == "vn-index-gia-dong-cua:2025-10-10"
    assert spelled("số " * 60, date(2025, 10, 10)).startswith("so-so-")
    assert len(spelled("số " * 60, date(2025, 10, 10))) <= 120
