"""A sequencer to be killed: for each line on stdin one is forked that numbers and signs until it is ended."""

import os
import sys
from datetime import timedelta
from random import Random

import django

STEP = timedelta(seconds=31)  # a head is due in each round


def keep(slug: str, seed: int) -> None:
    from lantoa.contests.models import Contest
    from lantoa.contests.sequencer import number_waiting, sign_head
    from lantoa.lib import clock

    contest, rng = Contest.objects.get(slug=slug), Random(seed)
    while True:
        number_waiting(contest, limit=rng.randint(1, 20))
        last = contest.heads.order_by("-size").first()
        sign_head(contest, (last.at if last else clock.now()) + STEP)


def main() -> None:
    django.setup()
    for seed, line in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            keep(line.strip(), seed)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
