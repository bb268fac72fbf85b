"""The only clock of the house: the database server's (law 9). A browser's time is evidence at most."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import connection

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This instant by the database's clock, in UTC; one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment.astimezone(UTC)


def written() -> str:
    """How far the database is written: as long as this stays, nothing was changed anywhere; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END"
        )
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])


def whole(at: datetime) -> datetime:
    """The millisecond that ``at`` lies in: facts are as exact as the log by which anyone checks them."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
