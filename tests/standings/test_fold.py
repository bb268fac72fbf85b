"""Folding in pieces, late, twice at once; rebuilding; and finding what differs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from threading import Barrier, Event

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Sum

from lantoa.contests.models import Contestant, Movement
from lantoa.exams.actions import close_overdue, start_attempt, submit_attempt
from lantoa.exams.models import Attempt, Best, Change
from lantoa.lib import clock
from lantoa.standings import fold
from lantoa.standings.figures import INSTANT, figures
from lantoa.standings.fold import fold_all, fold_past, fold_ranks, fold_totals, fold_visits, settled
from lantoa.standings.models import Bucket, BucketRun, Totals, TotalsEdge
from lantoa.standings.past import past_rank, past_top
from lantoa.standings.past_runs import RUN
from lantoa.standings.rebuild import difference, rebuild
from tests.factories.contest import DURING, OPENS, a_bank, a_contest, a_contestant
from tests.factories.crowd import crowd
from tests.standings.recount import by_sql
from tests.standings.test_figures import shown

MINUTE = timedelta(minutes=1)


def derived():
    units = TotalsEdge.objects.get().units
    totals = [
        (units, *map(str, row)) for row in Totals.objects.order_by("until").values_list("until", "reg", "fin", "att")
    ]
    buckets = {
        (*bucket, place, n)
        for *bucket, counts in Bucket.objects.values_list("unit_id", "level", "missed", "slot", "counts")
        for place, n in enumerate(counts)
        if n
    }
    return totals, buckets


def runs():
    return set(
        map(str, BucketRun.objects.values_list("level", "missed", "slot", "since", "nth", "counts", "at", "parts"))
    )


def test_folding_in_pieces_gives_what_a_rebuild_gives(contest):
    for piece in range(5):
        crowd(contest, people=60, seed=piece + 1, until=DURING)
        fold_ranks(contest)
    for hours in (5, 5.01, 30, 31, 100, 300):
        fold_totals(contest, OPENS + timedelta(hours=hours))
    fold_totals(contest, clock.now())
    pieces = derived()
    assert difference(contest) == []
    rebuild(contest)
    assert derived() == pieces
    assert difference(contest) == []
    assert Change.objects.count() == 0


def test_folding_again_changes_nothing(crowded):
    for _ in range(3):
        fold_all(DURING)
    once = derived()
    fold_all(DURING)
    fold_totals(crowded, DURING - timedelta(days=1))
    assert derived() == once
    assert TotalsEdge.objects.get().until == DURING - MINUTE


def test_the_steps_of_a_bucket_are_kept_in_runs_the_same_whenever_they_are_folded(contest):
    crowd(contest, people=6000, seed=1, until=DURING)
    for hours in (1, 30, 30.7, 100, 100.4, 400):
        fold_totals(contest, OPENS + timedelta(hours=hours))
        fold_past(contest)
    fold_past(contest)
    pieces = runs()
    assert difference(contest) == []
    BucketRun.objects.all().delete()
    fold_past(contest)
    assert runs() == pieces
    root = BucketRun.objects.filter(level=0).order_by("since")
    assert max(len(run.at) - run.at.count(run.at[-1]) for run in BucketRun.objects.all()) < RUN < root.count() * 10
    inside = root[5].at[RUN // 2]
    best = Best.objects.filter(submitted_at__lt=inside - MINUTE).order_by("pk").select_related("contestant")
    for at in (root[5].since - INSTANT, root[5].since, inside - MINUTE / 7, inside, inside + 7 * MINUTE):
        with connection.cursor() as cursor:
            ranks = by_sql.ranks(cursor, contest.pk, at, at)
        assert [(row.contestant, row.rank, row.missed, row.ms) for row in past_top(contest, 70, at)] == ranks[:70]
        places = {who: rank for who, rank, _, _ in ranks}
        for me in [each.contestant for each in best[::50]]:
            place = past_rank(me, at)
            assert (place and (place.rank, place.total)) == ((places[me.pk], len(ranks)) if me.pk in places else None)


def test_a_busy_minute_is_kept_in_pieces_the_same_whenever_it_is_folded(contest):
    crowd(contest, people=4000, seed=1, until=OPENS + 6 * MINUTE)
    for minutes in (1, 2.5, 4, 5):
        fold_totals(contest, OPENS + minutes * MINUTE)
    fold_totals(contest, clock.now())
    once = derived()
    assert difference(contest) == []
    rebuild(contest)
    assert derived()[0] == once[0]
    kept = list(Totals.objects.order_by("until").values_list("until", flat=True))
    inside = [until for until in kept if until.second or until.microsecond]
    assert len(inside) > 4
    assert max(b - a for a, b in pairwise(kept) if a >= OPENS + MINUTE and b in inside) < MINUTE
    for until in inside[:3]:
        for at in (until - MINUTE / 600, until - INSTANT, until, until + MINUTE / 7):
            steps = (
                Movement.objects.filter(at__lte=at).values_list("unit_id").annotate(Sum("reg"), Sum("fin"), Sum("att"))
            )
            assert {unit: row for unit, row in shown(figures(contest, at)).items() if any(row)} == {
                unit: sums for unit, *sums in steps
            }


def test_the_last_minute_stays_unfolded(contest):
    fold_totals(contest, clock.now())
    assert TotalsEdge.objects.get().until <= clock.now() - MINUTE


def test_nothing_after_the_deadline_of_an_overdue_attempt_is_folded_until_it_is_closed(contest):
    a_bank(contest)
    slow, quick = a_contestant(contest), a_contestant(contest, name="Trần Thị Bình")
    started = start_attempt(contestant=slow, at=DURING)
    at = started.deadline + timedelta(hours=1)
    submit_attempt(contestant=quick, number=start_attempt(contestant=quick, at=DURING).number, at=DURING + MINUTE)
    fold_totals(contest, at)
    assert TotalsEdge.objects.get().until == started.deadline.replace(second=0, microsecond=0)
    close_overdue(limit=10, at=at)
    fold_totals(contest, at)
    assert TotalsEdge.objects.get().until == at - MINUTE
    assert difference(contest) == []


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda c: Attempt.objects.filter(number=2).update(number=9, submitted_at=None, closed_by="", correct=None, duration_ms=None), "F1"),
        (lambda c: Best.objects.filter(contest=c).update(missed=19), "F3"),
        (lambda c: Bucket.objects.filter(level=2)[:1].get().delete(), "F4"),
        (lambda c: Bucket.objects.filter(level=0, unit_id=-1).update(counts=[1]), "F4"),
        (lambda c: Totals.objects.order_by("until").last().delete(), "F5"),
        (lambda c: BucketRun.objects.filter(level=2)[:1].get().delete(), "F5"),
        (lambda c: BucketRun.objects.filter(level=0).update(counts=[1]), "F5"),
        (lambda c: Totals.objects.filter(pk=Totals.objects.first().pk).update(att=[10**6]), "F5"),
        (lambda c: Movement.objects.create(contest=c, at=OPENS, known_at=OPENS, unit=c.root.children.first(), contestant=Contestant.objects.filter(contest=c)[0], reg=1), "F2"),
        (lambda c: Movement.objects.create(contest=c, at=OPENS, known_at=OPENS, unit=c.root, contestant=Contestant.objects.filter(contest=c)[0], att=1), "F1"),
    ],
)  # fmt: skip
def test_whatever_is_spoiled_is_found(crowded, spoil, rule):
    rebuild(crowded)
    assert difference(crowded) == []
    spoil(crowded)
    assert any(line.startswith(rule) for line in difference(crowded))


def test_rebuilding_keeps_the_changes_of_another_contest(contest):
    other = a_contest(slug="cuoc-thi-khac")
    crowd(other, people=30, seed=2)
    crowd(contest, people=30, seed=2)
    rebuild(contest)
    assert Change.objects.filter(contest=other).count() > 0
    assert Change.objects.filter(contest=contest).count() == 0
    assert difference(other) == []


@pytest.mark.django_db(transaction=True)
def test_two_fold_workers_beside_busy_writers_are_exact():
    contest = a_contest()
    a_bank(contest)
    people = [a_contestant(contest, name=f"Nguyễn Văn {n}") for n in range(24)]
    done, gate = Event(), Barrier(6)

    def write(mine):
        gate.wait()
        try:
            for n, person in enumerate(mine):
                for sitting in range(2):
                    attempt = start_attempt(contestant=person, at=DURING + sitting * MINUTE)
                    at = DURING + sitting * MINUTE + timedelta(seconds=1 + n % 3)
                    submit_attempt(contestant=person, number=attempt.number, at=at)
        finally:
            connections.close_all()

    def work(_):
        gate.wait()
        try:
            while not done.is_set():
                fold_ranks(contest)
                fold_visits(contest, clock.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        workers = [pool.submit(work, n) for n in range(2)]
        writers = [pool.submit(write, people[n::4]) for n in range(4)]
        try:
            for writer in writers:
                writer.result()
        finally:
            done.set()
        for worker in workers:
            worker.result()
    fold_all(clock.now())
    assert Change.objects.count() == 0
    assert Best.objects.count() == len(people)
    assert difference(contest) == []


def two_at_once(contest):
    """One worker folds and stands still before its commit; the other begins. What the second one met."""
    folded, go_on = Event(), Event()

    def first():
        try:
            with transaction.atomic():
                fold_totals(contest, DURING)
                folded.set()
                go_on.wait(20)
        finally:
            connections.close_all()

    def second():
        folded.wait(20)
        try:
            fold_totals(contest, DURING)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(first), pool.submit(second)]
        with psycopg.connect(**_dsn(), autocommit=True) as watcher:
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            while not watcher.execute(waiting).fetchone()[0] and not running[1].done():
                pass
        go_on.set()
        running[0].result()
        return running[1].exception()


def _dsn():
    settings = connection.settings_dict
    return {"dbname": settings["NAME"], "user": settings["USER"], "host": settings["HOST"], "port": settings["PORT"]}


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_waits_for_the_first_and_finds_nothing_left():
    contest = a_contest()
    crowd(contest, people=50, until=DURING)
    assert two_at_once(contest) is None
    assert Totals.objects.exists()
    assert difference(contest) == []


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_a_second_worker_counts_the_same_facts_again(monkeypatch):
    contest = a_contest()
    crowd(contest, people=50, until=DURING)
    monkeypatch.setattr(fold, "lock", lambda contest: None)
    monkeypatch.setattr(fold, "settled", lambda at: at - MINUTE)
    assert isinstance(two_at_once(contest), IntegrityError)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_folded_beyond_the_start_of_a_transaction_that_still_runs():
    with psycopg.connect(**_dsn()) as other:
        (began,) = other.execute("SELECT now()").fetchone()
        later = clock.now() + timedelta(hours=1)
        with transaction.atomic():
            assert settled(later) <= began
    with transaction.atomic():
        assert settled(clock.now()) <= clock.now() - MINUTE
