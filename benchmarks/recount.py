"""The independent recount at full size (R16): `python benchmarks/recount.py --people 1250000 --corrections 1000`.

Unit tables, figures and ranks of random moments by the product, by plain SQL and by plain Python replay, from facts and
corrections alone (`tests/standings/recount`): equal, or this ends with 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from benchmarks.corrected import CLOSES, DECIDED, OPENS, a_contest_of_its_own, correct, merge_units  # noqa: E402

if TYPE_CHECKING:
    from lantoa.contests.models import Contest

SAMPLE = 100  # people whose rank is asked at each moment


def main() -> None:
    """Fill, correct, merge, then compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_250_000)
    parser.add_argument("--corrections", type=int, default=1000)
    parser.add_argument("--moments", type=int, default=12)
    parser.add_argument("--replays", type=int, default=4)
    options = parser.parse_args()
    contest = a_contest_of_its_own("recount")
    from lantoa.exams.models import Attempt
    from lantoa.standings.rebuild import difference, rebuild
    from tests.factories.crowd import crowd

    crowd(contest, people=options.people)
    refused = correct(contest, options.corrections, seed=1)
    merge_units(contest)
    rebuild(contest)
    print(f"{options.people} people, {Attempt.objects.count()} attempts, {refused} corrections refused", flush=True)
    differing = _compare(contest, options.moments, options.replays)
    differing += [] if options.people > 300_000 else difference(contest)  # the operator's own check, where it is quick
    print("\n".join(differing) or "all equal")
    sys.exit(bool(differing))


def _compare(contest: Contest, moments: int, replays: int) -> list[str]:
    from django.db import connection

    from tests.standings.recount import by_sql
    from tests.standings.recount.by_replay import Replay

    differing, rng = [], random.Random(3)
    with connection.cursor() as cursor:
        replay = Replay(cursor, contest.pk)
        for number in range(moments):
            at = _moment(rng, replay.sat)
            known = rng.choice([at, DECIDED + timedelta(days=9), at + timedelta(days=20 * rng.random())])
            began = time.perf_counter()
            counted = by_sql.everything(cursor, contest.pk, at, known)
            units, ranks, _ = counted
            took = time.perf_counter() - began
            found = faults(contest, at, known, counted, rng.sample(ranks, min(SAMPLE, len(ranks))))
            if number < replays and replay.at(at, known) != (units, ranks):
                found.append("replay and SQL")
            differing += [f"{at} as known {known}: {fault}" for fault in found]
            print(f"{at:%d/%m %H:%M:%S}: {len(ranks)} ranked, SQL {took:.1f} s, {found or 'equal'}", flush=True)
    return differing


def _moment(rng: random.Random, sat: list[Any]) -> Any:
    """Anywhere, or exactly at a submission."""
    if rng.random() < 0.5:
        return rng.choice(sat)[2]
    return OPENS + timedelta(seconds=rng.randrange(int((CLOSES - OPENS).total_seconds())))


def faults(contest: Contest, at: Any, known: Any, counted: Any, asked: list[Any]) -> list[str]:
    """Where the product differs from the recount ``counted``: the whole table, the top, ranks of those ``asked``."""
    from lantoa.contests.models import Contestant
    from lantoa.standings.figures import figures
    from lantoa.standings.past import past_rank, past_top, past_unit_rank
    from tests.standings.recount import by_sql

    units, ranks, homes = counted
    inside = by_sql.unit_ranks(homes, ranks)
    wrong = []
    found = figures(contest, at, known)
    if {unit.id: (unit.registered, unit.finished, unit.attempts) for unit in found.units} != units:
        wrong.append("unit table")
    if found.total.registered != sum(row[0] for row in units.values()):
        wrong.append("total")
    if [(row.contestant, row.rank, row.missed, row.ms) for row in past_top(contest, 100, at, known)] != ranks[:100]:
        wrong.append("top 100")
    for who, rank, missed, ms in asked:
        me = Contestant.objects.get(pk=who)
        mine, beside = past_rank(me, at, known), past_unit_rank(me, at, known)
        if mine is None or (mine.rank, mine.missed, mine.ms, mine.total) != (rank, missed, ms, len(ranks)):
            wrong.append(f"rank of {who}")
        if beside is None or (beside.rank, beside.total) != inside[who]:
            wrong.append(f"rank of {who} in the unit")
    return wrong


if __name__ == "__main__":
    main()
