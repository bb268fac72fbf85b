"""The reads that could know how many take part, called alone: CPU and pages of the database a read."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.installation import cpu_of
from django.db import connection

if TYPE_CHECKING:
    from lantoa.contests.models import Contest

ROUNDS, ASKED = 5, 60
LEAST = 0.1  # seconds of CPU a round at least: the rounds of less lie too far apart to say anything
DEEP = 5_000  # a page of the board; in a small contest its last one
Call = Callable[[], object]


def reads(contest: Contest, beside: Callable[[str], None] = lambda _name: None) -> dict[str, dict[str, float]]:
    """All of them, in several rounds; medians. ``beside`` is called before each."""
    calls = _calls(contest)
    spent: dict[str, list[float]] = {name: [] for name in calls}
    touched: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, each in calls.items():
            beside(name)
            each[0]()
            before, pages, turns = _used(), _pages(), 0
            while turns == 0 or _used() - before < LEAST:
                for call in each:
                    call()
                turns += 1
            spent[name].append(1000 * (_used() - before) / len(each) / turns)
            touched[name] = (_pages() - pages) / len(each) / turns
    return {name: _row(values, touched[name]) for name, values in spent.items()}


def _row(spent: list[float], pages: float) -> dict[str, float]:
    """Medians; how far the rounds lie apart, but for the furthest on each side, says whether the CPU means anything."""
    middle, ordered = median(spent), sorted(spent)
    spread = (ordered[-2] - ordered[1]) / max(middle, 0.001)
    return {"cpu_ms": round(middle, 3), "pages": round(pages, 1), "spread": round(spread, 2)}


def _calls(contest: Contest) -> dict[str, list[Call]]:
    from lantoa.contests.models import Contestant
    from lantoa.lib import clock
    from lantoa.standings import ranks
    from lantoa.standings.figures import figures
    from lantoa.standings.past import past_rank
    from lantoa.units.models import Unit

    rng, now = random.Random(5), clock.now()
    moments = [contest.opens_at + (now - contest.opens_at) * rng.random() for _ in range(ASKED)]
    minutes = [at.replace(second=0, microsecond=0) for at in moments]
    some = _sample(contest)
    last = ranks.page(contest, 1).pages
    deep = min(DEEP, last)
    unit = Unit.objects.communes_of(contest.root)[0].code
    inside = ranks.page(contest, 1, unit).pages

    def found(name: str) -> Call:
        return lambda: list(Contestant.objects.detailed().called(name).order_by("-pk")[:51])

    return {
        "my rank": [lambda row=row: ranks.my_ranks(row) for row in some],
        "rank of a past moment": [
            lambda row=row, at=at: past_rank(row.contestant, at) for row, at in zip(some, moments, strict=False)
        ],
        "top 100": [lambda: ranks.top(contest, 100)] * ASKED,
        f"board, page {DEEP:,} or the last": [lambda n=n: ranks.page(contest, max(1, deep - n)) for n in range(ASKED)],
        "board, last page": [lambda: ranks.page(contest, last)] * ASKED,
        "board of a unit, last page": [lambda: ranks.page(contest, inside, unit)] * ASKED,
        "unit table": [lambda: figures(contest, now - timedelta(minutes=2))] * ASKED,
        "figures of a past minute": [lambda at=at: figures(contest, at) for at in minutes],  # what is asked for
        "figures of a moment": [lambda at=at: figures(contest, at) for at in moments],
        "people search, two words": [found("nguyen van")] * ASKED,
        "people search, one word": [found("nguyễn")] * ASKED,
        "people search, one of a kind": [found("lưu thế rạng")] * ASKED,
    }


def _sample(contest: Contest) -> list:
    """Best results all over the contest, each with its contestant."""
    from lantoa.exams.models import Best

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(contestant_id), max(contestant_id) FROM lantoa_best WHERE contest_id = %s", [contest.pk]
        )
        low, high = cursor.fetchone()
    rows = Best.objects.filter(contest=contest).select_related("contestant").order_by("contestant_id")
    return [rows.filter(contestant_id__gte=low + (high - low) * n // ASKED)[0] for n in range(ASKED)]


def _used() -> float:
    """Seconds of CPU that the connection's backend has spent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cpu_of(cursor.fetchone()[0])


def _pages() -> int:
    """Pages that statements have touched so far, whoever ran them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
