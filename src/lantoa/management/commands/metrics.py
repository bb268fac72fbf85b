"""`lantoa metrics`: the numbers of all processes of this machine, for Prometheus, until stopped."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lantoa.lib.watch import exposition
from lantoa.management.exporter import Exporter, listening


class Command(BaseCommand):
    """`lantoa serve` does the same beside the site; this is for processes that were started one by one."""

    help = "Serve the numbers of this machine's processes to Prometheus."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--listen, --once."""
        parser.add_argument("--listen", default=settings.METRICS, metavar="HOST:PORT")
        parser.add_argument("--once", action="store_true", help="print them and end")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Serve until SIGTERM."""
        if options["once"]:
            self.stdout.write(exposition.text(settings.METERS, settings.DATA), ending="")
            return
        try:
            where = listening(options["listen"])
            if where is None:
                raise CommandError("LANTOA_METRICS is off; name a place with --listen.")
            server = Exporter(where)
        except (OSError, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        server.serve_forever()
