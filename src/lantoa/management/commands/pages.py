"""`lantoa pages`: keeps the public pages as files, and counts the visits that a web server saw."""

from __future__ import annotations

import logging
import secrets
import signal
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from lantoa.contests.visit_log import count_logs
from lantoa.lib.watch import measures
from lantoa.lib.watch.hooks import last_words
from lantoa.management.commands.serve import collect_static
from lantoa.management.measuring import step
from lantoa.management.public_pages import Writer

log = logging.getLogger("lantoa.pages")
BEAT = 1.0  # seconds


class Command(BaseCommand):
    """A process of its own, so that no page made ever delays the worker. One on each machine with a web server."""

    help = "Keep the public pages as files."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Beat until told to stop; then the pages are made on demand again."""
        collect_static()  # the pages name them, and the web server of this machine sends them
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        writer, shard = Writer(), secrets.randbelow(2**31)
        measures.claim(settings.METERS, "pages")
        last_words()
        while not stop.wait(BEAT):
            try:
                with step("pages"):
                    writer.round()
                with step("visits"):
                    count_logs(settings.VISITS_LOG, shard=shard)
                measures.BEAT.set(time.time(), "pages")
            except (Error, OSError):
                # The database or the disk: say so, and try again with the next beat. Nobody vouches meanwhile.
                log.exception("the public pages wait")
                close_old_connections()
        writer.files.forget()
