"""Bulletins: sealed, chained, published once, the same again after any later correction."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from lantoa.contests import actions
from lantoa.contests.models import Contestant, Correction, Movement
from lantoa.lib import clock
from lantoa.lib.clock import VIETNAM
from lantoa.lib.signing import NoKey, signed_by, signing_key
from lantoa.people.models import Account
from lantoa.standings.bulletins import Refused, again, as_known_today, faults, latest_moment, publish_bulletin
from lantoa.standings.content import canonical
from lantoa.standings.figures import figures
from lantoa.standings.models import Bulletin
from lantoa.standings.schedule import due, publish_due
from lantoa.units.models import Cluster, ClusterMember, Succession, Unit
from tests.factories.at_once import at_once
from tests.factories.contest import CLOSES, DURING, OPENS, a_contest, a_contestant
from tests.factories.crowd import crowd
from tests.standings.conftest import a_population


@pytest.fixture
def by(db):
    return Account.objects.create(username="ban-to-chuc", created_at=OPENS)


def _dsn():
    settings = connection.settings_dict
    return {"dbname": settings["NAME"], "user": settings["USER"], "host": settings["HOST"], "port": settings["PORT"]}


def publish(contest, as_of=DURING, by=None):
    return publish_bulletin(contest=contest, as_of=as_of, by=by)


def corrected(contest, by, number):
    """Later decisions that take back or move what counted: every second one moves an entry, the others void an exam."""
    rng, later = Random(number), clock.now()
    units = list(contest.root.children.all())
    people = Contestant.objects.filter(contest=contest, best__isnull=False).order_by("pk")[:number]
    for n, one in enumerate(people):
        fact = one.movements.get(**{("reg", "fin")[n % 2]: 1})
        elsewhere = rng.choice([unit for unit in units if unit.pk != one.unit_id]) if fact.reg else None
        decision = Correction.objects.create(
            contest=contest, kind=("move", "void")[n % 2], contestant=one, effective=fact.at, known_at=later, by=by,
            reason="kiểm tra", unit=elsewhere,
        )  # fmt: skip
        step = {"contest": contest, "at": fact.at, "known_at": later, "contestant": one, "correction": decision}
        Movement.objects.create(**step, unit=one.unit, reg=-fact.reg, fin=-fact.fin, att=-fact.att)
        if elsewhere:
            Movement.objects.create(**step, unit=elsewhere, reg=1)
    return len(people)


# --- what it says ---------------------------------------------------------------------------------------------------


def test_a_bulletin_holds_the_figures_of_its_moment_and_says_how_they_are_counted(crowded, by):
    said = publish(crowded, by=by).data
    counted = figures(crowded, DURING)
    assert (said["registered"], said["finished"], said["attempts"]) == (
        counted.total.registered, counted.total.finished, counted.total.attempts,
    )  # fmt: skip
    assert {unit["code"]: unit["registered"] for unit in said["units"]} == {
        unit.code: unit.registered for unit in counted.units
    }
    assert said["moment"] == "2025-10-21T15:30:00+07:00"
    assert (said["number"], said["previous"], said["known_size"]) == (1, "", None)
    assert said["method"]["vi"] and len(said["method"]["vi"]) == len(said["method"]["en"])
    assert said["organiser"] == crowded.organiser


def test_it_holds_no_decimal_fraction_and_one_spelling(populated):
    crowd(populated, people=40, until=DURING)
    bulletin = publish(populated)
    assert b"." not in b"".join(part for part in bulletin.sealed.split(b'"')[::2])
    assert canonical(bulletin.data) == bulletin.sealed
    first = bulletin.data["units"][0]
    assert first["ratio"] == f"{first['finished']}/{first['population']}"


def test_all_that_share_a_rank_among_the_first_ten_stand_in_the_top_and_nobody_with_nothing(contest):
    for n, unit in enumerate(contest.root.children.order_by("code")[:2]):
        a_contestant(contest, name=f"Nguyễn Văn {n}", unit=unit)
    said = publish(contest).data
    assert sorted(said["top"]["registered"]) == ["11413", "11414"]
    assert said["top"]["finished"] == said["top"]["ratio"] == []


# --- two times ------------------------------------------------------------------------------------------------------


def test_after_a_thousand_corrections_it_is_made_again_to_the_last_byte_and_differs_today_exactly_by_them(by):
    contest = a_contest()
    crowd(contest, people=2600, until=DURING)
    moments = [OPENS + timedelta(days=n, hours=11) for n in range(4, 11)] + [DURING]
    bulletins = [publish(contest, moment, by) for moment in moments]
    assert corrected(contest, by, 1000) == 1000
    for bulletin in bulletins:
        assert again(bulletin) == bulletin.sealed
        steps = Movement.objects.filter(contest=contest, correction__isnull=False, at__lte=bulletin.as_of)
        expected = {}
        for step in steps.select_related("unit"):
            for what, name in (("reg", "registered"), ("fin", "finished"), ("att", "attempts")):
                for unit in (step.unit.code, ""):
                    expected[unit, name] = expected.get((unit, name), 0) + getattr(step, what)
        changes = as_known_today(bulletin).changes
        assert {(c.unit, c.what): c.today - c.published for c in changes} == {k: n for k, n in expected.items() if n}
    assert faults(contest) == []


def test_moving_before_the_exam_changes_what_is_known_today_of_moments_after_it_only(contest, by):
    one = a_contestant(contest)
    other = contest.root.children.order_by("code").last()
    before, after = publish(contest, DURING), publish(contest, DURING + timedelta(days=3))
    actions.move(contestant=one, unit=other, sub_unit=None, by=by, at=clock.now())
    assert as_known_today(before).changes == as_known_today(after).changes == ()
    last = Bulletin.objects.last(contest)
    assert last == after and again(last) == last.sealed


def test_names_clusters_units_and_mergers_of_later_leave_it_as_it_was(populated, by):
    crowd(populated, people=60, until=DURING)
    old, new, third = populated.root.children.order_by("code")
    cluster = Cluster.objects.create(code="C1", name="Cụm một")
    ClusterMember.objects.create(cluster=cluster, unit=old)
    bulletin = publish(populated)
    Unit.objects.filter(pk=third.pk).update(name="Tên khác", search="tên khác")
    ClusterMember.objects.create(cluster=cluster, unit=third)
    Cluster.objects.filter(pk=cluster.pk).update(name="Cụm khác")
    Unit.objects.create(code="99999", name="Mới", kind=new.kind, parent=populated.root)
    Succession.objects.create(unit=old, successor=new, effective=OPENS, known_at=clock.now())
    a_population(third, 5, valid_from=OPENS.date(), known_at=clock.now())
    populated.name, populated.organiser = "Tên mới", "Đơn vị mới"
    populated.save()
    assert again(bulletin) == bulletin.sealed
    today = {(c.unit, c.what) for c in as_known_today(bulletin).changes}
    assert {(old.code, "registered"), (new.code, "registered"), (third.code, "population")} <= today


def test_a_bulletin_takes_only_moments_whose_facts_are_all_there(contest):
    now = clock.now()
    assert now - timedelta(seconds=62) < latest_moment(contest, now) <= now - timedelta(seconds=60)
    with pytest.raises(Refused, match="too_early"):
        publish(contest, now - timedelta(seconds=30))
    with pytest.raises(Refused, match="before"):
        publish(contest, OPENS - timedelta(seconds=1))
    publish(contest, now - timedelta(seconds=90))


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_still_runs_holds_later_moments_back():
    contest = a_contest()
    with psycopg.connect(**_dsn()) as other:
        began = other.execute("SELECT now()").fetchone()[0]
        assert latest_moment(contest, began + timedelta(hours=1)) <= began


# --- seal -----------------------------------------------------------------------------------------------------------


def test_bulletins_are_numbered_chained_and_signed_with_the_installations_key(contest):
    bulletins = [publish(contest, DURING + timedelta(days=n)) for n in range(3)]
    key = signing_key("bulletin").public_key().public_bytes_raw()
    assert [b.number for b in bulletins] == [1, 2, 3]
    assert [b.previous for b in bulletins] == ["", bulletins[0].digest, bulletins[1].digest]
    assert all(signed_by(key, b.signature, b.sealed) and b.key == key for b in bulletins)
    assert faults(contest) == []


def test_the_database_lets_no_bulletin_be_changed_or_taken_away(contest):
    bulletin = publish(contest)
    for deed in (lambda: Bulletin.objects.update(method=2), lambda: Bulletin.objects.filter(pk=bulletin.pk).delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            deed()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ("content = replace(content, '\"visits\":0', '\"visits\":1')", "figures"),
        ("content = replace(content, ',', ', ')", "spelling"),
        ("signature = overlay(signature placing '\\x00'::bytea from 9)", "signature"),
        ("previous = repeat('0', 64)", "chain"),
    ],
)
def test_whoever_rewrites_one_behind_the_triggers_back_is_found(crowded, spoil, says):
    for n in range(2):
        publish(crowded, DURING + timedelta(days=n))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE lantoa_bulletin SET {spoil} WHERE number = 2")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert f"2: {says}" in faults(crowded)


def test_without_the_key_nothing_is_published(contest, settings):
    settings.KEYS = replace(settings.KEYS, bulletin=None)
    with pytest.raises(NoKey):
        publish(contest)
    assert not Bulletin.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_chain():
    contest = a_contest()
    made = at_once([lambda n=n: publish(contest, DURING + timedelta(hours=n)) for n in range(10)])
    assert sorted(bulletin.number for bulletin in made) == list(range(1, 11))
    assert faults(contest) == []


# --- schedule -------------------------------------------------------------------------------------------------------

CLOCK = st.times().map(lambda t: t.replace(microsecond=0))


@given(st.lists(CLOCK, max_size=4, unique=True), st.integers(-10 * 86400, 45 * 86400))
def test_what_is_due_is_the_latest_scheduled_moment_of_the_last_day(times, seconds):
    at = OPENS + timedelta(seconds=seconds)
    moment = due(times, opens_at=OPENS, closes_at=CLOSES, at=at)
    if moment is not None:
        assert moment.astimezone(VIETNAM).time() in times
        assert at - timedelta(days=1) < moment <= at and OPENS < moment < CLOSES + timedelta(days=1)
        later = due(times, opens_at=OPENS, closes_at=CLOSES, at=at + timedelta(days=1))
        assert later is None or later > moment
    elif times:
        assert at <= OPENS + timedelta(days=1) or at >= CLOSES


def test_the_first_bulletin_after_the_closing_is_the_last():
    noon = [time(11)]
    last = datetime(2025, 11, 12, 11, tzinfo=VIETNAM)
    assert due(noon, opens_at=OPENS, closes_at=CLOSES, at=last + timedelta(hours=5)) == last
    assert due(noon, opens_at=OPENS, closes_at=CLOSES, at=last + timedelta(days=1, hours=5)) is None


def scheduled(**fields):
    """A contest that runs now and is due since five minutes."""
    now = clock.now().astimezone(VIETNAM)
    when = (now - timedelta(minutes=5)).replace(second=0, microsecond=0)
    dates = {"opens_at": now - timedelta(days=3), "closes_at": now + timedelta(days=3)}
    return a_contest(bulletin_times=[when.time()], **dates, **fields), when


def test_the_worker_publishes_what_is_due_once(db):
    contest, when = scheduled()
    assert [publish_due(clock.now()) for _ in range(3)] == [1, 0, 0]
    bulletin = Bulletin.objects.get(contest=contest)
    assert (bulletin.as_of, bulletin.by, bulletin.scheduled) == (when, None, True)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_publish_it_once():
    contest, _ = scheduled()
    now = clock.now()
    assert sorted(at_once([lambda: publish_due(now)] * 6)) == [0, 0, 0, 0, 0, 1]
    assert Bulletin.objects.of(contest).count() == 1 and faults(contest) == []


@pytest.mark.django_db(transaction=True)
def test_control_without_the_constraint_they_publish_it_more_than_once():
    contest, when = scheduled()
    made = at_once([lambda: publish_bulletin(contest=contest, as_of=when, by=None)] * 6)
    assert len({bulletin.pk for bulletin in made}) == 6


def test_an_unpublished_contest_or_a_worker_without_the_key_publishes_nothing(db, settings, caplog):
    contest, _ = scheduled(published=False)
    assert publish_due(clock.now()) == 0
    contest.published = True
    contest.save()
    settings.KEYS = replace(settings.KEYS, bulletin=None)
    assert [publish_due(clock.now()) for _ in range(3)] == [0, 0, 0]
    assert len([record for record in caplog.records if "LANTOA_BULLETIN_KEY" in record.message]) == 1
