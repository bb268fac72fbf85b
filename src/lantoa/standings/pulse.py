"""How the work behind the pages goes: whether a worker lives, what waits for it, how far it came. One cheap query.

Nothing here counts people: what waits is counted no further than ``MOST``, the rest is the end of an index.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from lantoa.standings.models import Pulse

MOST = 10_000
EVERY = timedelta(seconds=30)  # between two beats that are written down: while nothing happens, little is written
SILENT = timedelta(seconds=90)
FORGOTTEN = timedelta(days=1)  # a machine that no longer exists

STATE = """
SELECT clock_timestamp(),
       (SELECT max(at) FROM lantoa_pulse),
       (SELECT count(*) FROM lantoa_attempt WHERE submitted_at IS NULL),
       (SELECT min(deadline) FROM lantoa_attempt WHERE submitted_at IS NULL),
       (SELECT count(*) FROM (SELECT FROM lantoa_change LIMIT %(most)s) few),
       (SELECT count(*) FROM (SELECT FROM lantoa_waiting LIMIT %(most)s) few),
       (SELECT to_timestamp(at_ms / 1000.0) FROM lantoa_entry
         WHERE id = (SELECT min(entry_id) FROM lantoa_waiting)),
       (SELECT min(t.until) FROM lantoa_totalsedge t JOIN lantoa_contest c ON c.id = t.contest_id
         WHERE clock_timestamp() BETWEEN c.opens_at AND c.closes_at),
       log.signed, log.unsigned
  FROM (SELECT max(h.at) AS signed,
               min(coalesce(h.at, 'epoch')) FILTER (WHERE l.size > coalesce(h.size, 0) + 1) AS unsigned
          FROM lantoa_log l LEFT JOIN LATERAL (
              SELECT at, size FROM lantoa_head WHERE contest_id = l.contest_id ORDER BY size DESC LIMIT 1) h ON true
       ) log
"""


@dataclass(frozen=True)
class State:
    """As the database sees it at ``now``."""

    now: datetime
    beat: datetime | None  # when a worker last finished a round
    open_attempts: int
    earliest_deadline: datetime | None  # of the attempts that run
    changes: int  # changed best results that are not in the ranks yet, up to MOST
    entries: int  # entries without a number yet, up to MOST
    oldest_entry: datetime | None  # of these
    folded_until: datetime | None  # of the open contest that is least far
    signed: datetime | None  # the newest head
    unsigned: datetime | None  # the last head of the log that holds more than its head says; None: all is signed

    @property
    def worker_lives(self) -> bool:
        """Whether a round was finished lately."""
        return self.beat is not None and self.now - self.beat < SILENT

    @property
    def overdue(self) -> timedelta:
        """How long ago the oldest attempt ran out that is not closed; nothing, if none."""
        return max(self.now - self.earliest_deadline, timedelta()) if self.earliest_deadline else timedelta()


def state() -> State:
    """How it goes now."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, {"most": MOST})
        row = cursor.fetchone()
    assert row is not None
    return State(*row)


def beat(worker: str, *, at: datetime) -> None:
    """Write down that this worker (a machine's name) finished a round."""
    Pulse.objects.bulk_create(
        [Pulse(worker=worker, at=at)], update_conflicts=True, unique_fields=["worker"], update_fields=["at"]
    )
    Pulse.objects.filter(at__lt=at - FORGOTTEN).delete()
