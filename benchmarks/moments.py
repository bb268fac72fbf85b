"""Server CPU of figures and ranks of any moment, as the contest grows: `python benchmarks/moments.py 200000 2000000`.

CPU is the database backend's own (utime + stime), so that other work on the machine does not count. Buffers are pages
of the database touched. The limits are those of figures.md §9 and of the contest's requirements: 10 ms, 1.5 times.
Every rank that is measured is somebody's who had one at that moment; at a few moments figures, ranks and tops are
compared with the plain recount from facts and corrections (`tests/standings/recount`): equal, or this ends with 1.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from bisect import bisect_right
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.corrected import CLOSES, OPENS, a_contest_of_its_own, correct, merge_units  # noqa: E402
from benchmarks.installation import TICKS  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantoa.contests.models import Contest

ROUNDS, ASKED, VISITS = 5, 200, 3_000_000
COMPARED, SAMPLE = 4, 50  # moments, and people at each, that are counted again


def main() -> None:
    """Fill, measure, fill more, measure again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int, nargs="+", help="contestants, growing")
    parser.add_argument("--corrections", type=int, default=1000)
    options = parser.parse_args()
    contest = a_contest_of_its_own("moments")
    rows = []
    differing: list[str] = []
    for turn, people in enumerate(options.people):
        rows.append(_at_size(contest, people, turn, options.corrections))
        print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
        differing += _compare(contest)
    for name in rows[0]["cpu_ms"]:
        ratio = rows[-1]["cpu_ms"][name] / max(rows[0]["cpu_ms"][name], 0.01)
        print(f"{name}: {ratio:.2f} times the CPU of the first size")
    print("\n".join(differing) or "equal to the recount")
    sys.exit(bool(differing))


def _at_size(contest: Contest, people: int, turn: int, corrections: int) -> dict[str, Any]:
    from benchmarks.crowd import tidy
    from django.db import connection

    from lantoa.contests.models import Contestant
    from lantoa.exams.models import Attempt
    from lantoa.standings.rebuild import rebuild
    from tests.factories.crowd import crowd

    crowd(contest, people=people - Contestant.objects.count(), seed=turn + 1)
    each: dict[str, float] = {}
    if turn == 0:
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO lantoa_visit (contest_id, minute, shard, n)
                   SELECT %s, minute, 0, %s FROM generate_series(%s::timestamptz, %s, interval '1 minute') minute""",
                [contest.pk, VISITS // int((CLOSES - OPENS).total_seconds() / 60), OPENS, CLOSES],
            )
        merge_units(contest)
        each = _corrections(contest, corrections)
    began = time.perf_counter()
    rebuild(contest)
    rebuilt = time.perf_counter() - began
    tidy()
    cpu, touched = _measure(contest)
    return {
        "contestants": people,
        "attempts": Attempt.objects.count(),
        "correction": each,
        "rebuild_s": round(rebuilt, 1),
        "cpu_ms": cpu,
        "buffers": touched,
    }


def _corrections(contest: Contest, count: int) -> dict[str, float]:
    """What one correction costs: wall time with the application's part, CPU and buffers of the database."""
    began, spent, touched = time.perf_counter(), _used(), _blocks()
    correct(contest, count, seed=0)
    wall = 1000 * (time.perf_counter() - began)
    found = {"wall_ms": wall, "db_cpu_ms": 1000 * (_used() - spent) / TICKS, "buffers": float(_blocks() - touched)}
    return {name: round(value / max(count, 1), 1) for name, value in found.items()}


def _compare(contest: Contest) -> list[str]:
    """Differences from the plain recount at a few moments, as known today."""
    from benchmarks.recount import faults
    from django.db import connection

    from lantoa.standings.figures import FOREVER
    from tests.standings.recount import by_sql

    rng, differing = random.Random(11), []
    window = int((CLOSES - OPENS).total_seconds())
    for _ in range(COMPARED):
        at = OPENS + timedelta(seconds=rng.randrange(window))
        with connection.cursor() as cursor:
            counted = by_sql.everything(cursor, contest.pk, at, FOREVER)
        asked = rng.sample(counted[1], min(SAMPLE, len(counted[1])))
        differing += [f"{at}: {fault}" for fault in faults(contest, at, FOREVER, counted, asked)]
    return differing


def _ranked(contest: Contest, moments: list[Any], rng: random.Random) -> list[tuple[Any, Any]]:
    """Moments with somebody who had a result then: anybody's best result of that moment, whatever came later."""
    from lantoa.contests.models import Contestant, Movement
    from lantoa.standings.past import past_rank

    came = Movement.objects.filter(contest=contest, correction__isnull=True, new_missed__isnull=False).order_by("at")
    when, who = zip(*came.values_list("at", "contestant"), strict=True)
    drawn = [(at, who[rng.randrange(until)]) for at in moments if (until := bisect_right(when, at))]
    pairs = [(at, Contestant.objects.get(pk=pk)) for at, pk in drawn]
    return [(at, me) for at, me in pairs if past_rank(me, at) is not None]


def _measure(contest: Contest) -> tuple[dict[str, float], dict[str, int]]:
    from lantoa.exams.models import Best
    from lantoa.standings.figures import figures
    from lantoa.standings.past import past_rank, past_top, past_unit_rank
    from lantoa.standings.ranks import my_ranks

    rng = random.Random(5)
    window = int((CLOSES - OPENS).total_seconds())
    moments = [OPENS + timedelta(seconds=rng.randrange(window)) for _ in range(ASKED)]
    first = Best.objects.order_by("contestant_id").values_list("contestant_id", flat=True)
    step = max(1, first.count() // ASKED)
    best = list(Best.objects.filter(contestant__in=list(first[::step][:ASKED])).select_related("contestant"))
    busiest = [_busiest(contest) + timedelta(seconds=rng.randrange(3600)) for _ in range(ASKED)]
    anywhere, rushed = _ranked(contest, moments, rng), _ranked(contest, busiest, rng)
    reads: dict[str, list[Callable[[], object]]] = {
        "any moment": [lambda at=at: figures(contest, at) for at in moments],
        "busiest hour": [lambda at=at: figures(contest, at) for at in busiest],
        "as of the end": [lambda: figures(contest, CLOSES)] * ASKED,
        "past rank": [lambda at=at, me=me: past_rank(me, at) for at, me in anywhere],
        "past rank, busiest hour": [lambda at=at, me=me: past_rank(me, at) for at, me in rushed],
        "past rank in the unit": [lambda at=at, me=me: past_unit_rank(me, at) for at, me in anywhere],
        "past top 10": [lambda at=at: past_top(contest, 10, at) for at in moments],
        "rank now": [lambda row=row: my_ranks(row) for row in best],
    }
    rounds: dict[str, list[float]] = {name: [] for name in reads}
    for _ in range(ROUNDS):
        for name, calls in reads.items():
            rounds[name].append(_cpu(calls))
    return (
        {name: round(statistics.median(found), 2) for name, found in rounds.items()},
        {name: _buffers(calls[len(calls) // 2]) for name, calls in reads.items()},
    )


def _busiest(contest: Contest) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT date_trunc('hour', at) FROM lantoa_movement WHERE contest_id = %s AND correction_id IS NULL
                  AND att = 1 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1""",
            [contest.pk],
        )
        return cursor.fetchone()[0]


def _cpu(calls: list[Callable[[], object]]) -> float:
    """Milliseconds of the backend's CPU a call."""
    for call in calls[:5]:
        call()
    before = _used()
    for call in calls:
        call()
    return 1000 * (_used() - before) / TICKS / len(calls)


def _used() -> int:
    """Ticks of CPU that the connection's backend has spent."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def _blocks() -> int:
    """Pages that statements have touched so far, whoever ran them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def _buffers(call: Callable[[], object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        call()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {queries[0]['sql'].replace('%', '%%')}")
        plan = cursor.fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


if __name__ == "__main__":
    main()
