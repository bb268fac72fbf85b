"""Fills an empty folder with an installation to be tortured: `python -m torture.filling FOLDER PEOPLE`.

A process of its own, because the database is started and stopped with it. Writes `crowd.json`: session and id of each
contestant, in the order of their numbers.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.installation import prepare

SLUG = "thu-nghiem"
LASTS = timedelta(days=30)


def main() -> None:
    """Make the installation and keep its crowd beside it."""
    data, people = Path(sys.argv[1]), int(sys.argv[2])
    prepare(data, 0)
    (data / "crowd.json").write_text(json.dumps(fill(people)))


def fill(people: int) -> list[dict[str, Any]]:
    """An open contest with an invented bank, whose right options say so, and people who have not sat yet."""
    from benchmarks.crowd import walkers

    from lantoa.contests.models import Contestant
    from lantoa.exams.sittings import enter_missing
    from lantoa.lib import clock
    from tests.factories.contest import a_bank, a_contest

    now = clock.now()
    contest = a_contest(slug=SLUG, opens_at=now - timedelta(days=1), closes_at=now + LASTS)
    a_bank(contest)
    cookies = walkers(contest, people, first=0)
    enter_missing(contest)
    ids = Contestant.objects.filter(contest=contest).order_by("pk").values_list("pk", flat=True)
    return [{"session": cookie, "contestant": who} for cookie, who in zip(cookies, ids, strict=True)]


if __name__ == "__main__":
    main()
