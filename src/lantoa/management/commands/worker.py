"""`lantoa worker`: what nobody waits for. Once a second: closes attempts, folds, publishes bulletins, keeps logs."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from lantoa.contests.rounds import sequence_all
from lantoa.exams.actions import close_overdue
from lantoa.exams.answers import export_all_answers
from lantoa.lib import clock
from lantoa.lib.watch import measures
from lantoa.lib.watch.hooks import last_words
from lantoa.management.measuring import Measuring, step
from lantoa.people.sessions import Session
from lantoa.people.sign_in import forget_old
from lantoa.standings.fold import fold_all
from lantoa.standings.schedule import publish_due

log = logging.getLogger("lantoa.worker")
BEAT = 1.0  # seconds
BATCH = 200  # attempts closed in one transaction


class Command(BaseCommand):
    """The worker's loop. Several may run: each step takes a lock of its own or skips what another holds."""

    help = "Close attempts that ran out, fold totals and ranks."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Beat until told to stop."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        measures.claim(settings.METERS, "worker")
        last_words()
        measuring = Measuring()
        while not stop.wait(BEAT):
            try:
                now = beat()
                if measuring.due(now):
                    with step("measure"):
                        measuring.measure(now)
                measures.BEAT.set(now.timestamp(), "worker")
            except Error:
                # The database went away: say so, and try again with the next beat.
                log.exception("the worker's beat failed")
                close_old_connections()


def beat() -> datetime:
    """One round: first what ran out (its facts are dated in the past), then folds, bulletins, logs, old counts.

    Its moment, by the database's clock.
    """
    with step("close"):
        while close_overdue(limit=BATCH) == BATCH:
            pass
    now = clock.now()
    with step("fold"):
        fold_all(at=now)
    with step("bulletins"):
        publish_due(at=now)
    with step("log"):
        sequence_all(at=now)
    with step("answers"):
        export_all_answers()
    with step("forget"):
        forget_old(at=now)
        Session.objects.forget_expired(now)
    return now
