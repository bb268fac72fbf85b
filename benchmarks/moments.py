"""Server CPU of figures and ranks of any moment, as the contest grows: `python benchmarks/moments.py 200000 2000000`.

CPU is the database backend's own (utime + stime), so that other work on the machine does not count. Buffers are pages
of the database touched. The limits are those of figures.md §9 and of the contest's requirements: 10 ms, 1.5 times.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
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


def main() -> None:
    """Fill, measure, fill more, measure again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int, nargs="+", help="contestants, growing")
    parser.add_argument("--corrections", type=int, default=1000)
    options = parser.parse_args()
    contest = a_contest_of_its_own("moments")
    rows = []
    for turn, people in enumerate(options.people):
        rows.append(_at_size(contest, people, turn, options.corrections))
        print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
    for name in rows[0]["cpu_ms"]:
        ratio = rows[-1]["cpu_ms"][name] / max(rows[0]["cpu_ms"][name], 0.01)
        print(f"{name}: {ratio:.2f} times the CPU of the first size")


def _at_size(contest: Contest, people: int, turn: int, corrections: int) -> dict[str, Any]:
    from benchmarks.crowd import tidy
    from django.db import connection

    from lantoa.contests.models import Contestant
    from lantoa.exams.models import Attempt
    from lantoa.standings.rebuild import rebuild
    from tests.factories.crowd import crowd

    crowd(contest, people=people - Contestant.objects.count(), seed=turn + 1)
    seconds = 0.0
    if turn == 0:
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO lantoa_visit (contest_id, minute, shard, n)
                   SELECT %s, minute, 0, %s FROM generate_series(%s::timestamptz, %s, interval '1 minute') minute""",
                [contest.pk, VISITS // int((CLOSES - OPENS).total_seconds() / 60), OPENS, CLOSES],
            )
        merge_units(contest)
        began = time.perf_counter()
        correct(contest, corrections, seed=turn)
        seconds = time.perf_counter() - began
    began = time.perf_counter()
    rebuild(contest)
    rebuilt = time.perf_counter() - began
    tidy()
    cpu, touched = _measure(contest)
    return {
        "contestants": people,
        "attempts": Attempt.objects.count(),
        "correction_ms": round(1000 * seconds / max(corrections, 1), 1),
        "rebuild_s": round(rebuilt, 1),
        "cpu_ms": cpu,
        "buffers": touched,
    }


def _measure(contest: Contest) -> tuple[dict[str, float], dict[str, int]]:
    from lantoa.exams.models import Best
    from lantoa.standings.figures import figures
    from lantoa.standings.past import past_rank, past_top
    from lantoa.standings.ranks import my_ranks

    rng = random.Random(5)
    window = int((CLOSES - OPENS).total_seconds())
    moments = [OPENS + timedelta(seconds=rng.randrange(window)) for _ in range(ASKED)]
    first = Best.objects.order_by("contestant_id").values_list("contestant_id", flat=True)
    step = max(1, first.count() // ASKED)
    best = list(Best.objects.filter(contestant__in=list(first[::step][:ASKED])).select_related("contestant"))
    people = [row.contestant for row in best]
    busiest = [_busiest(contest) + timedelta(seconds=rng.randrange(3600)) for _ in range(ASKED)]
    reads: dict[str, list[Callable[[], object]]] = {
        "any moment": [lambda at=at: figures(contest, at) for at in moments],
        "busiest hour": [lambda at=at: figures(contest, at) for at in busiest],
        "as of the end": [lambda: figures(contest, CLOSES)] * ASKED,
        "past rank": [lambda at=at, me=me: past_rank(me, at) for at, me in zip(moments, people, strict=False)],
        "past rank, busiest hour": [
            lambda at=at, me=me: past_rank(me, at) for at, me in zip(busiest, people, strict=False)
        ],
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
                GROUP BY 1 ORDER BY count(*) DESC LIMIT 1""",
            [contest.pk],
        )
        return cursor.fetchone()[0]


def _cpu(calls: list[Callable[[], object]]) -> float:
    """Milliseconds of the backend's CPU a call."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")

    def used() -> int:
        fields = stat.read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    for call in calls[:5]:
        call()
    before = used()
    for call in calls:
        call()
    return 1000 * (used() - before) / TICKS / len(calls)


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
