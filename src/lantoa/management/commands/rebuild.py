"""`lantoa rebuild CONTEST [--check]`: make everything derived again from the facts, or only say what differs."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantoa.contests.models import Contest
from lantoa.standings.rebuild import difference, rebuild


class Command(BaseCommand):
    """Totals by minute, rank buckets, totals of visits; then the facts and the journal are compared too."""

    help = "Rebuild what is derived from the facts; exit 1 if anything differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which contest, and whether to change anything."""
        parser.add_argument("contest", help="the contest's address (slug)")
        parser.add_argument("--check", action="store_true", help="change nothing, only compare")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Print each difference; silence and 0 when there is none."""
        try:
            contest = Contest.objects.get(slug=options["contest"])
        except Contest.DoesNotExist as missing:
            raise CommandError(f"no contest named {options['contest']}") from missing
        if not options["check"]:
            rebuild(contest)
        differences = difference(contest)
        for line in differences:
            print(line)
        if differences:
            sys.exit(1)
        print(f"{contest.slug}: no difference")
