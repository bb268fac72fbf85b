"""`lantoa bulletin CONTEST`: figures of any moment, published bulletins, in every form. Keys: docs/interfaces.md."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantoa.contests.models import Contest
from lantoa.lib import clock
from lantoa.lib.clock import VIETNAM
from lantoa.lib.signing import NoKey
from lantoa.standings.bulletins import Refused, faults, latest_moment, publish_bulletin
from lantoa.standings.editions import Edition, as_published, known_today, unpublished
from lantoa.standings.models import Bulletin
from lantoa.standings.outputs.formats import RENDERERS

SAID = {
    "before": "the contest had not opened at that moment",
    "too_early": "facts of that moment may still come: try again a minute after it",
}


def instant(text: str) -> datetime:
    """An ISO moment; without a zone it is Vietnam's time."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=VIETNAM)


class Command(BaseCommand):
    """Print a bulletin, or what one would say; publish one."""

    help = "Figures of a contest at any moment, and its bulletins."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which contest, which moment or number, which form."""
        parser.add_argument("contest", help="the contest's address (slug)")
        parser.add_argument("--as-of", type=instant, metavar="ISO", help="the moment, to the second; without it: now")
        parser.add_argument("--known", type=instant, metavar="ISO", help="with the corrections known at that moment")
        parser.add_argument("--number", type=int, help="a published bulletin")
        parser.add_argument("--today", action="store_true", help="with --number: as known today")
        parser.add_argument("--publish", action="store_true", help="publish the figures as the next bulletin")
        parser.add_argument("--check", action="store_true", help="check all bulletins: chain, signatures, figures")
        parser.add_argument("--format", choices=RENDERERS, default="json")
        parser.add_argument("--language", choices=["vi", "en"], default="vi")
        parser.add_argument("--output", metavar="FILE", help="where to write it; without it: standard output")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Find or make it, then write it in the form asked for."""
        try:
            contest = Contest.objects.select_related("root").get(slug=options["contest"])
        except Contest.DoesNotExist as missing:
            raise CommandError(f"no contest named {options['contest']}") from missing
        if options["check"]:
            return self._check(contest)
        made = RENDERERS[options["format"]](self._edition(contest, options), options["language"])
        if options["output"]:
            Path(options["output"]).write_bytes(made)
        else:
            sys.stdout.buffer.write(made)
            sys.stdout.flush()
        return None

    def _edition(self, contest: Contest, options: Mapping[str, Any]) -> Edition:
        as_of = options["as_of"] or clock.now()
        if options["publish"]:
            as_of = options["as_of"] or latest_moment(contest, as_of)
            try:
                return as_published(publish_bulletin(contest=contest, as_of=as_of, by=None))
            except Refused as refused:
                raise CommandError(SAID[refused.code]) from refused
            except NoKey as missing:
                raise CommandError(str(missing)) from missing
        if options["number"] is None:
            return unpublished(contest, as_of, options["known"])
        bulletin = Bulletin.objects.numbered(contest, options["number"])
        if bulletin is None:
            raise CommandError(f"{contest.slug} has no bulletin {options['number']}")
        return known_today(bulletin) if options["today"] else as_published(bulletin)

    def _check(self, contest: Contest) -> None:
        found = faults(contest)
        for fault in found:
            self.stdout.write(fault)
        if found:
            sys.exit(1)
        self.stdout.write(f"{Bulletin.objects.of(contest).count()} bulletins: chain, signatures and figures are right")
