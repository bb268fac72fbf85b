"""`lantoa bulletin CONTEST --format json`: the figures of now. Outsiders may rely on the keys (docs/interfaces.md)."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantoa.contests.models import Contest
from lantoa.lib import clock
from lantoa.standings.figures import Figures, figures
from lantoa.standings.plain import instant, plain


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
    """The figures as plain data, with whose they are and their moment."""
    return {"contest": contest.slug, "name": contest.name, "moment": instant(counted.at), **plain(counted)}
