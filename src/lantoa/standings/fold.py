"""What the worker does each second: facts are folded into totals and rank buckets (figures.md §2).

Every fold is exact whenever it runs, in pieces of any size, stopped for an hour or twice at once: what is not folded
yet is counted from the facts by the readers, who are never wrong, only slower.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from lantoa.contests.models import Contest
from lantoa.exams.results import earliest_overdue
from lantoa.standings import past_runs, statements
from lantoa.standings.item_use import fold_questions
from lantoa.standings.models import TotalsEdge

LOCK_KEY = 0x1A70  # one advisory lock a contest: folds and rebuilds take turns


def lock(contest: Contest) -> None:
    """Wait for this contest's turn; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, {"key": LOCK_KEY, "contest": contest.pk})


def fold_ranks(contest: Contest) -> None:
    """Move the queue of changed best results into the buckets."""
    with transaction.atomic():
        lock(contest)
        with connection.cursor() as cursor:
            cursor.execute(statements.FOLD_RANKS, {"contest": contest.pk})


def fold_totals(contest: Contest, at: datetime) -> bool:
    """Running totals by minute and sums by question, as far as all facts are known; whether farther than before.

    That is up to a minute ago, never beyond the start of the oldest running transaction, and never beyond the deadline
    of an attempt that ran out and is not closed yet: its facts will carry that deadline. These are read first, so that
    the statement that folds sees every fact before them.
    """
    with transaction.atomic():
        lock(contest)
        until = settled(at)
        overdue = earliest_overdue(contest.pk, at)
        until = min(until, overdue) if overdue else until
        edge = _minute(until)
        if TotalsEdge.objects.filter(contest=contest, until__gte=edge).exists():
            return False
        with connection.cursor() as cursor:
            cursor.execute(statements.FOLD_TOTALS, {"contest": contest.pk, "until": edge})
        fold_questions(contest)
        return True


def fold_visits(contest: Contest, at: datetime) -> None:
    """All visits before the end of each minute that is over."""
    with transaction.atomic():
        lock(contest)
        with connection.cursor() as cursor:
            cursor.execute(statements.FOLD_VISITS, {"contest": contest.pk, "until": _minute(settled(at))})


def fold_past(contest: Contest) -> None:
    """The steps of results into the runs of their buckets, as far as the totals are folded: ranks of past moments."""
    with transaction.atomic():
        lock(contest)
        with connection.cursor() as cursor:
            cursor.execute(past_runs.FOLD, {"contest": contest.pk})


def fold_all(at: datetime) -> None:
    """Fold every contest; the worker calls it each second."""
    for contest in Contest.objects.only("pk"):
        fold_ranks(contest)
        if fold_totals(contest, at):
            fold_past(contest)
        fold_visits(contest, at)


def settled(at: datetime) -> datetime:
    """The instant before which no fact can come any more from a running transaction."""
    with connection.cursor() as cursor:
        cursor.execute(statements.SETTLED, {"at": at})
        row = cursor.fetchone()
    assert row is not None
    a_minute_ago, oldest_running = row
    settled_at: datetime = min(a_minute_ago, oldest_running) if oldest_running else a_minute_ago
    return settled_at


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
