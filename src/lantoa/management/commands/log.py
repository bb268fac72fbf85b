"""`lantoa log`: keep the logs apart from the worker, check one, show its head, write its files, fill it, end it."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, close_old_connections, transaction

from lantoa.contests.export import export, folder_of
from lantoa.contests.log import Head
from lantoa.contests.models import Contest
from lantoa.contests.rounds import sequence_all
from lantoa.contests.witnesses import note_of
from lantoa.exams import public_number
from lantoa.exams.answers import export_all_answers, export_answers
from lantoa.exams.sittings import enter_missing
from lantoa.lib import clock
from lantoa.standings import ending
from lantoa.standings.log_checks import difference

log = logging.getLogger("lantoa.log")
BEAT = 1.0  # seconds


class Command(BaseCommand):
    """The operator's view of a contest's log."""

    help = (
        "Number and sign (run), check (verify), show the newest head, write the public files (export), enter old facts "
        "(fill), name the public number of the papers (name) and enter it (number), reveal seed and answer key (end)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verb and the contest."""
        parser.add_argument("verb", choices=["run", *VERBS])
        parser.add_argument("contest", nargs="?", help="the contest's address (slug); run needs none")
        parser.add_argument("--source", default="", help="name: what number it will be, in words")
        parser.add_argument(
            "--day", type=date.fromisoformat, help="name: the day on which it comes to exist, YYYY-MM-DD"
        )
        parser.add_argument("--number", default="", help="number: its digits as published")
        parser.add_argument("--where", default="", help="number: where everybody can read it")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Do what was asked."""
        if options["verb"] == "run":
            return run()
        try:
            contest = Contest.objects.get(slug=options["contest"])
        except Contest.DoesNotExist as missing:
            raise CommandError(f"no contest named {options['contest']}") from missing
        try:
            VERBS[options["verb"]](contest, options)
        except (public_number.Refused, ending.Refused) as refused:
            raise CommandError(WHY.get(refused.code, refused.code)) from refused
        return None


def run() -> None:
    """Number, sign and publish once a second until told to stop, as the worker does."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(BEAT):
        try:
            sequence_all(clock.now())
            export_all_answers()
        except Error:
            log.exception("the log's round failed")
            close_old_connections()


def verify(contest: Contest, _options: Mapping[str, Any]) -> None:
    """Print each difference between facts, entries, tree and heads; 1 when there is one."""
    differences = difference(contest)
    for line in differences:
        print(line)
    if differences:
        sys.exit(1)
    print(f"{contest.slug}: no difference")


def head(contest: Contest, _options: Mapping[str, Any]) -> None:
    """Print the newest head with its cosignatures, as witnesses and printers want it."""
    newest = Head.objects.newest(contest)
    if newest is None:
        raise CommandError("no head is signed yet")
    print(note_of(newest), end="")


def write(contest: Contest, _options: Mapping[str, Any]) -> None:
    """Write the public files, as the worker does after each head."""
    export(contest, clock.now())
    export_answers(contest)
    print(folder_of(contest))


def fill(contest: Contest, _options: Mapping[str, Any]) -> None:
    """Enter facts from before there was a log; the worker must rest meanwhile."""
    with transaction.atomic():
        print(f"{contest.slug}: {enter_missing(contest)} entries")


def name(contest: Contest, options: Mapping[str, Any]) -> None:
    """Name the public number that will join the seed, before the opening."""
    if options["day"] is None:
        raise CommandError("--day: the day on which the number comes to exist")
    named = public_number.name_number(contest=contest, source=options["source"], day=options["day"], by=None)
    print(f"{contest.slug}: {named.number_source}, {named.number_day}")


def number(contest: Contest, options: Mapping[str, Any]) -> None:
    """Enter the number that was named."""
    entered = public_number.enter_number(contest=contest, number=options["number"], where=options["where"], by=None)
    print(f"{contest.slug}: {entered.number_value}")


def end(contest: Contest, _options: Mapping[str, Any]) -> None:
    """Reveal the seed, the answer key and the last standing, once; the worker publishes the files."""
    ending.end_contest(contest=contest, by=None)
    print(f"{contest.slug}: seed, keys and standing are in the log")


VERBS: Mapping[str, Callable[[Contest, Mapping[str, Any]], None]] = {
    "verify": verify,
    "head": head,
    "export": write,
    "fill": fill,
    "name": name,
    "number": number,
    "end": end,
}
WHY = {
    "no-bank": "no question bank is published yet",
    "late": "the contest has opened already, or somebody has drawn a paper",
    "source": "--source: say in some words what number it will be, at most 120 characters",
    "day": "--day: a day after today that begins before the opening",
    "known": "a number was entered already",
    "unnamed": "no number was named: lantoa log name",
    "early": "the day of the number has not come yet",
    "number": "--number: 3 to 60 digits",
    "where": "--where: say where everybody can read it, at most 200 characters",
    "ended": "seed and answer key are published already",
    "open": "the contest is not over",
    "running": "somebody's exam is still running",
}
