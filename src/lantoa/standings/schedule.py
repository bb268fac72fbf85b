"""Bulletins by the clock: at the times of day that the organiser set, in Vietnam's time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cache

from django.db import IntegrityError

from lantoa.contests.models import Contest
from lantoa.lib.clock import VIETNAM
from lantoa.lib.signing import NoKey
from lantoa.standings.bulletins import Refused, publish_bulletin
from lantoa.standings.models import Bulletin

log = logging.getLogger(__name__)
LATE = timedelta(days=1)  # a worker that was away publishes what it missed, of the last day only


def due(times: Sequence[time], *, opens_at: datetime, closes_at: datetime, at: datetime) -> datetime | None:
    """The latest scheduled moment up to ``at``; none before the opening, after the first that shows all, or too old."""
    today = at.astimezone(VIETNAM).date()
    days = (today - LATE, today)
    moments = sorted(datetime.combine(day, clock, tzinfo=VIETNAM) for day in days for clock in times)
    return max((m for m in moments if opens_at < m < closes_at + LATE and at - LATE < m <= at), default=None)


def publish_due(at: datetime) -> int:
    """Publish what is due and not published yet; how many. Two workers at once publish it once."""
    published = 0
    for contest in Contest.objects.with_schedule():
        moment = due(contest.bulletin_times, opens_at=contest.opens_at, closes_at=contest.closes_at, at=at)
        if moment and not Bulletin.objects.of(contest).filter(as_of=moment, scheduled=True).exists():
            published += _publish(contest, moment)
    return published


def _publish(contest: Contest, moment: datetime) -> bool:
    """Whether this worker was the one; not settled yet or already there: not now."""
    try:
        publish_bulletin(contest=contest, as_of=moment, by=None, scheduled=True)
    except (Refused, IntegrityError):
        return False
    except NoKey as missing:
        _say_once(str(missing))
        return False
    return True


@cache
def _say_once(what: str) -> None:
    """The worker asks each second: one line is enough."""
    log.error("scheduled bulletins wait: %s", what)
