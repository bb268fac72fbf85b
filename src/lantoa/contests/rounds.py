"""The keeper of the logs: one round numbers what waits, signs heads that are due, publishes files. Each second."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import cache

from lantoa.contests.export import export, exported
from lantoa.contests.models import Contest
from lantoa.contests.sequencer import Forked, number_all, sign_head
from lantoa.lib.signing import NoKey

log = logging.getLogger("lantoa.log")


def sequence(contest: Contest, at: datetime) -> None:
    """One round for one contest; raises Forked and NoKey. What waits is numbered in any case."""
    number_all(contest)
    sign_head(contest, at, exported=exported(contest))
    export(contest, at)


def sequence_all(at: datetime) -> None:
    """One round for every contest; a log that may not be signed is said once and keeps no other waiting."""
    for contest in Contest.objects.all():
        try:
            sequence(contest, at)
        except (Forked, NoKey, OSError) as trouble:
            _say(str(trouble))


@cache
def _say(trouble: str) -> None:
    log.error("no head is signed: %s", trouble)
