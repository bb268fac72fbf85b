"""Units merge: who may, what is refused, what changes and what stays; the log says it and the verifier follows it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from lantoa.contests import ledger
from lantoa.contests.export import folder_of
from lantoa.contests.log import Entry
from lantoa.contests.mergers import Refused, merge_units
from lantoa.contests.publications import publish, publish_rules, publish_units
from lantoa.contests.rounds import sequence
from lantoa.exams import actions
from lantoa.exams.publish import plan_text
from lantoa.lib import clock
from lantoa.people.models import Account, AuditEntry, Role
from lantoa.standings.bulletins import as_known_today, faults, publish_bulletin
from lantoa.standings.figures import figures
from lantoa.standings.past import past_unit_rank
from lantoa.units.models import Succession, Unit
from lantoa_verify import entries as forms
from lantoa_verify.audit import audit
from lantoa_verify.export import Folder
from lantoa_verify.policy import parse_policy
from tests.factories.contest import CLOSES, DURING, OPENS, a_bank, a_contest, a_contestant
from tests.factories.crowd import crowd
from tests.standings.recount import by_sql
from tests.standings.recount.by_replay import Replay

pytestmark = pytest.mark.django_db
LATER = CLOSES + timedelta(days=3)
SINCE = date(2025, 10, 20)
WHY = "Nghị quyết số 1 về sắp xếp đơn vị."


@pytest.fixture
def contest():
    return a_contest()


@pytest.fixture
def units(contest):
    return list(contest.root.children.order_by("code"))


@pytest.fixture
def by():
    account = Account.objects.create(username="van-hanh", created_at=OPENS)
    Role.objects.create(account=account, kind="operator")
    return account


def merged(one, other, by, **fields):
    return merge_units(
        **{"unit": one, "successor": other, "since": SINCE, "reason": WHY, "by": by, "at": LATER, **fields}
    )


def refused(code, *args, **fields):
    with pytest.raises(Refused, match=code):
        merged(*args, **fields)


def test_a_merger_has_a_reason_an_author_a_day_and_is_written_down(units, by):
    one, other, _ = units
    made = merged(one, other, by)
    assert (made.effective.astimezone(clock.VIETNAM).date(), made.reason) == (SINCE, WHY)
    entry = AuditEntry.objects.get(action="merge_units")
    assert (entry.actor, entry.subject, entry.detail["reason"]) == (by, f"unit:{one.pk}", WHY)
    assert one not in Unit.objects.communes_of(one.parent)


def test_what_cannot_be_is_refused(contest, units, by):
    one, other, third = units
    judge = Account.objects.create(username="giam-khao", created_at=OPENS)
    refused("forbidden", one, other, judge)
    refused("reason", one, other, by, reason=" ")
    refused("same", one, one, by)
    refused("elsewhere", one, contest.root, by)
    refused("ahead", one, other, by, since=LATER.date() + timedelta(days=1))
    merged(one, other, by)
    refused("gone", one, third, by)
    refused("gone", third, one, by)


def test_units_never_merge_in_a_circle_also_when_one_comes_back(units, by):
    one, other, third = units
    merged(one, other, by)
    merged(other, third, by, at=LATER + timedelta(days=1))
    Unit.objects.update(valid_to=None)
    refused("circle", third, one, by, at=LATER + timedelta(days=2))
    with pytest.raises(DatabaseError, match="never becomes part of itself"), transaction.atomic():
        Succession.objects.create(unit=third, successor=one, effective=LATER, known_at=LATER)


def test_a_merger_that_was_written_down_never_changes(units, by):
    made = merged(*units[:2], by)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Succession.objects.filter(pk=made.pk).update(effective=DURING)


def test_while_a_contest_is_open_a_unit_with_people_in_it_merges_only_when_that_is_said(contest, units, by):
    one, other, _ = units
    a_contestant(contest, unit=one)
    refused("running", one, other, by, at=DURING)
    assert merged(other, one, by, at=DURING).successor == one
    Unit.objects.update(valid_to=None)
    refused("circle", one, other, by, at=DURING, while_open=True)
    assert merged(one, units[2], by, at=DURING, while_open=True).unit == one


def test_past_figures_stay_as_published_and_follow_as_known_today_as_both_recounts_say(contest, units, by):
    crowd(contest, people=150, until=DURING)
    one, other, third = units
    before = figures(contest, DURING, DURING).units
    merged(one, other, by)
    merged(other, third, by, since=SINCE + timedelta(days=1), at=LATER + timedelta(days=1))
    assert figures(contest, DURING, DURING).units == before
    today = LATER + timedelta(days=2)
    with connection.cursor() as cursor:
        replay = Replay(cursor, contest.pk)
        for at in (
            OPENS + timedelta(days=3),
            DURING - timedelta(days=1, hours=1),
            DURING - timedelta(hours=10),
            DURING,
        ):
            for known in (at, LATER, today):
                table, ranks = replay.at(at, known)
                homes = by_sql.homes(cursor, contest.pk, at, known)
                assert by_sql.units(cursor, contest.pk, at, known) == table
                counted = {u.id: (u.registered, u.finished, u.attempts) for u in figures(contest, at, known).units}
                assert counted == {unit: row for unit, row in table.items() if unit in counted}
                assert sum(row[0] for row in counted.values()) == sum(row[0] for row in table.values())
                inside = by_sql.unit_ranks(homes, ranks)
                for person in contest.contestants.all()[:40]:
                    beside = past_unit_rank(person, at, known)
                    assert ((beside.rank, beside.total) if beside else None) == inside.get(person.pk)


def test_the_log_of_every_contest_of_the_city_says_it_with_the_units_that_compete_from_then_on(contest, units, by):
    publish_units(contest, DURING)
    merged(*units[:2], by)
    lines = [forms.parse_line(entry.line.encode()) for entry in Entry.objects.order_by("pk")]
    assert [line.kind for line in lines] == ["units", "succession", "units"]
    effective = ledger.milliseconds(Succession.objects.get().effective)
    assert lines[1].fields == forms.Succession(units[0].code, units[1].code, effective)
    assert units[0].code not in Entry.objects.newest(contest, "units").body


def test_a_bulletin_after_a_merger_follows_from_the_log_and_a_later_merger_changes_only_today():
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=9), closes_at=now + timedelta(days=9))
    bank = a_bank(contest)
    publish(contest=contest, kind="bank", text=plan_text(bank), at=now - timedelta(days=9))
    publish_rules(contest, now - timedelta(days=9))
    publish_units(contest, now - timedelta(days=9))
    one, other, third = contest.root.children.order_by("code")
    sat = clock.whole(now - timedelta(days=2))
    for n, unit in enumerate([one] * 5 + [other] * 6 + [third] * 5):
        person = a_contestant(contest, name=f"Người {n}", unit=unit)
        actions.start_attempt(contestant=person, at=sat)
        actions.submit_attempt(contestant=person, number=1, answers=[n % 4] * 20, at=sat + timedelta(minutes=n + 2))
    ledger.enter_missing_joinings(contest)
    operator = Account.objects.create(username="van-hanh", created_at=now)
    Role.objects.create(account=operator, kind="operator")
    known = {"since": now.date() - timedelta(days=1), "while_open": True, "by": operator}
    merged(one, other, **known, at=now - timedelta(hours=1))
    sequence(contest, now)
    bulletin = publish_bulletin(contest=contest, as_of=now - timedelta(minutes=2), by=None)
    assert {unit["code"]: unit["finished"] for unit in bulletin.data["units"]} == {other.code: 11, third.code: 5}
    merged(other, third, **known, at=clock.now())
    assert {unit["code"]: unit["finished"] for unit in as_known_today(bulletin).content["units"]} == {third.code: 16}
    assert faults(contest) == []
    sequence(contest, now + timedelta(days=2))
    files = Folder(folder_of(contest))
    policy = parse_policy((files.read("policy") or b"").decode())
    head = policy.open((files.read("checkpoint") or b"").decode(), contest.log.origin)
    report = audit(files, head, policy.verifiers)
    assert (report.findings, report.bulletins, report.closed["join"]) == ([], 1, 0)
