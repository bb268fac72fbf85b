"""`lantoa bulletin CONTEST --format json`: the figures of now. Outsiders may rely on the keys (docs/interfaces.md)."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantoa.contests.models import Contest
from lantoa.lib import clock
from lantoa.lib.clock import VIETNAM
from lantoa.standings.figures import Counts, Figures, Measure, figures


class Command(BaseCommand):
    """Print the figures of the whole contest, of each unit and of each cluster."""

    help = "Print the figures of a contest as of now."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which contest, which format."""
        parser.add_argument("contest", help="the contest's address (slug)")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """One query for the contest, one for its figures."""
        try:
            contest = Contest.objects.get(slug=options["contest"])
        except Contest.DoesNotExist as missing:
            raise CommandError(f"no contest named {options['contest']}") from missing
        print(json.dumps(bulletin(contest, figures(contest, clock.now())), ensure_ascii=False, indent=2))


def bulletin(contest: Contest, counted: Figures) -> dict[str, Any]:
    """The figures as plain data; times in Vietnam's offset, a ratio in parts of one, null where there is none."""
    places: dict[str, dict[str, int | None]] = {}
    for measure in Measure:
        for rank, unit in counted.by(measure):
            places.setdefault(unit.code, {})[measure.value] = rank
    return {
        "contest": contest.slug,
        "name": contest.name,
        "moment": counted.at.astimezone(VIETNAM).isoformat(timespec="seconds"),
        **_counts(counted.total),
        "finished_units": counted.finished_units,
        "visits": counted.visits,
        "units": [
            {
                "code": unit.code,
                "name": unit.name,
                "cluster": unit.cluster[0] if unit.cluster else None,
                **_counts(unit),
                "rank": places[unit.code],
            }
            for unit in counted.units
        ],
        "clusters": [{"code": c.code, "name": c.name, "units": c.units, **_counts(c)} for c in counted.clusters],
    }


def _counts(of: Counts) -> dict[str, Any]:
    return {
        "registered": of.registered,
        "finished": of.finished,
        "attempts": of.attempts,
        "population": of.population,
        "ratio": None if of.ratio is None else round(float(of.ratio), 8),
    }
