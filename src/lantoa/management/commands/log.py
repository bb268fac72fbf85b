"""`lantoa log`: keep the logs apart from the worker, check one, show its head, write its files, fill it."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, close_old_connections, transaction

from lantoa.contests.export import export, folder_of
from lantoa.contests.log import Head
from lantoa.contests.models import Contest
from lantoa.contests.rounds import sequence_all
from lantoa.contests.witnesses import note_of
from lantoa.exams.sittings import enter_missing
from lantoa.lib import clock
from lantoa.standings.log_checks import difference

log = logging.getLogger("lantoa.log")
BEAT = 1.0  # seconds


class Command(BaseCommand):
    """The operator's view of a contest's log."""

    help = "Number and sign (run), check (verify), show the newest head, write the public files, enter old facts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verb and the contest."""
        parser.add_argument("verb", choices=["run", "verify", "head", "export", "fill"])
        parser.add_argument("contest", nargs="?", help="the contest's address (slug); run needs none")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Do what was asked."""
        if options["verb"] == "run":
            return run()
        try:
            contest = Contest.objects.get(slug=options["contest"])
        except Contest.DoesNotExist as missing:
            raise CommandError(f"no contest named {options['contest']}") from missing
        {"verify": verify, "head": head, "export": write, "fill": fill}[options["verb"]](contest)
        return None


def run() -> None:
    """Number, sign and publish once a second until told to stop, as the worker does."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(BEAT):
        try:
            sequence_all(clock.now())
        except Error:
            log.exception("the log's round failed")
            close_old_connections()


def verify(contest: Contest) -> None:
    """Print each difference between facts, entries, tree and heads; 1 when there is one."""
    differences = difference(contest)
    for line in differences:
        print(line)
    if differences:
        sys.exit(1)
    print(f"{contest.slug}: no difference")


def head(contest: Contest) -> None:
    """Print the newest head with its cosignatures, as witnesses and printers want it."""
    newest = Head.objects.newest(contest)
    if newest is None:
        raise CommandError("no head is signed yet")
    print(note_of(newest), end="")


def write(contest: Contest) -> None:
    """Write the public files, as the worker does after each head."""
    export(contest, clock.now())
    print(folder_of(contest))


def fill(contest: Contest) -> None:
    """Enter facts from before there was a log; the worker must rest meanwhile."""
    with transaction.atomic():
        print(f"{contest.slug}: {enter_missing(contest)} entries")
