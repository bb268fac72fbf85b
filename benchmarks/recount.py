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
            units = by_sql.units(cursor, contest.pk, at, known)
            ranks = by_sql.ranks(cursor, contest.pk, at, known)
            took = time.perf_counter() - began
            faults = _faults(contest, at, known, (units, ranks), rng)
            if number < replays and replay.at(at, known) != (units, ranks):
                faults.append("replay and SQL")
            differing += [f"{at} as known {known}: {fault}" for fault in faults]
            print(f"{at:%d/%m %H:%M:%S}: {len(ranks)} ranked, SQL {took:.1f} s, {faults or 'equal'}", flush=True)
    return differing


def _moment(rng: random.Random, sat: list[Any]) -> Any:
    """Anywhere, or exactly at a submission."""
    if rng.random() < 0.5:
        return rng.choice(sat)[2]
    return OPENS + timedelta(seconds=rng.randrange(int((CLOSES - OPENS).total_seconds())))


def _faults(contest: Contest, at: Any, known: Any, counted: tuple[Any, Any], rng: random.Random) -> list[str]:
    from lantoa.contests.models import Contestant
    from lantoa.standings.figures import figures
    from lantoa.standings.past import past_rank, past_top

    units, ranks = counted
    faults = []
    found = figures(contest, at, known)
    if {unit.id: (unit.registered, unit.finished, unit.attempts) for unit in found.units} != units:
        faults.append("unit table")
    if found.total.registered != sum(row[0] for row in units.values()):
        faults.append("total")
    if [(row.contestant, row.rank, row.missed, row.ms) for row in past_top(contest, 100, at, known)] != ranks[:100]:
        faults.append("top 100")
    for who, rank, missed, ms in rng.sample(ranks, min(SAMPLE, len(ranks))):
        mine = past_rank(Contestant.objects.get(pk=who), at, known)
        if mine is None or (mine.rank, mine.missed, mine.ms, mine.total) != (rank, missed, ms, len(ranks)):
            faults.append(f"rank of {who}")
    return faults


if __name__ == "__main__":
    main()
