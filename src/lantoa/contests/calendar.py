"""When a contest is open. The only place that knows (M16: the last day counts whole, nothing after)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from lantoa.lib.clock import VIETNAM


class Phase(StrEnum):
    """Where an instant lies in a contest's window."""

    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


def phase(opens_at: datetime, closes_at: datetime, at: datetime) -> Phase:
    """Open from ``opens_at`` up to, but without, ``closes_at``."""
    if at < opens_at:
        return Phase.BEFORE
    return Phase.OPEN if at < closes_at else Phase.CLOSED


def start_of(day: date) -> datetime:
    """0:00 of a day in Vietnam."""
    return datetime.combine(day, time(), tzinfo=VIETNAM)


def end_of(day: date) -> datetime:
    """24:00 of a day in Vietnam: the first instant that no longer belongs to it."""
    return start_of(day + timedelta(days=1))


def last_day(closes_at: datetime) -> date:
    """The last day that counts whole, as the rules name it ("đến hết ngày 11/11/2025")."""
    return (closes_at - timedelta(microseconds=1)).astimezone(VIETNAM).date()
