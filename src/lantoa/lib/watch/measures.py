"""What is measured. Names, labels and meanings are a promise (docs/interfaces.md, "Watching").

Labels are words of our own code: never an address, a number or a name of somebody.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lantoa.lib.watch.meters import MINE

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds, and one beyond
log = logging.getLogger(__name__)
_NUMBERS = len(BUCKETS) + 2  # with the one beyond, and the sum


@dataclass(frozen=True)
class Counter:
    """Only grows."""

    name: str
    about: str
    labels: tuple[str, ...] = ()

    def add(self, *values: str, by: float = 1.0) -> None:
        """Count one more, or ``by`` more."""
        MINE.add((self.name, *values), by)


@dataclass(frozen=True)
class Gauge:
    """Goes up and down. Of several processes the sum is told, or the largest."""

    name: str
    about: str
    labels: tuple[str, ...] = ()
    of_all: Literal["sum", "largest"] = "largest"

    def set(self, value: float, *values: str) -> None:
        """As it is now."""
        MINE.set((self.name, *values), value)


@dataclass(frozen=True)
class Histogram:
    """How often something took how many seconds."""

    name: str
    about: str
    labels: tuple[str, ...] = ()

    def observe(self, seconds: float, *values: str) -> None:
        """It took so long once more."""
        MINE.add_two((self.name, *values), bisect_left(BUCKETS, seconds), seconds, size=_NUMBERS)


Measure = Counter | Gauge | Histogram

REQUESTS = Counter("lantoa_requests_total", "Requests answered.", ("route", "method", "status"))
DURATION = Histogram("lantoa_request_duration_seconds", "Time to answer, in the process.", ("route", "method"))
WAIT = Histogram("lantoa_request_wait_seconds", "Time between the proxy (X-Request-Start) and the process.")
IN_FLIGHT = Gauge("lantoa_requests_in_flight", "Processes that are answering now.", of_all="sum")
FAILURES = Counter("lantoa_request_failures_total", "Requests that broke, by what broke: database or other.", ("kind",))
EVENTS = Counter("lantoa_events_total", "Lines of the log that are not requests.", ("event", "level"))
OPENED = Counter("lantoa_database_connections_opened_total", "Connections that were opened to the database.")
VISITS = Gauge("lantoa_visits_unrecorded", "Pages seen that are not yet in the database.", of_all="sum")

BEAT = Gauge(
    "lantoa_beat_timestamp_seconds",
    "When the worker, or the writer of pages, last finished a round, Unix time.",
    ("role",),
)
STEP = Histogram("lantoa_step_seconds", "Time of each step of their rounds.", ("step",))

OPEN = Gauge("lantoa_attempts_open", "Attempts that run.")
OVERDUE = Gauge("lantoa_attempts_overdue_seconds", "How long ago the oldest attempt ran out that is not closed.")
CHANGES = Gauge("lantoa_changes_waiting", "Changed best results that are not in the ranks yet; at most 10000.")
ENTRIES = Gauge("lantoa_entries_waiting", "Entries of the logs without a number yet; at most 10000.")
ENTRIES_AGE = Gauge("lantoa_entries_waiting_seconds", "How long the oldest of them waits.")
FIGURES = Gauge("lantoa_figures_age_seconds", "How old the moment is up to which figures are folded.")
HEAD = Gauge("lantoa_head_timestamp_seconds", "When the newest head of a log was signed, Unix time.")
UNSIGNED = Gauge("lantoa_head_overdue_seconds", "Age of the last head of a log that holds more than it; 0: none.")

CONNECTIONS = Gauge("lantoa_postgres_connections", "Connections of PostgreSQL by state.", ("state",))
LIMIT = Gauge("lantoa_postgres_connections_limit", "How many there may be (max_connections).")
LOCKED = Gauge("lantoa_postgres_waiting_for_locks", "Connections that wait for a lock.")
OLDEST = Gauge("lantoa_postgres_oldest_transaction_seconds", "Age of the oldest transaction that runs.")
STANDBYS = Gauge("lantoa_postgres_standbys", "Standbys that stream, by mode.", ("mode",))
WANTED = Gauge("lantoa_postgres_synchronous_wanted", "1 when commits wait for a standby (synchronous_standby_names).")
LAG = Gauge("lantoa_postgres_replication_lag_seconds", "How far the slowest standby is behind in applying.")
ARCHIVED = Gauge("lantoa_postgres_archived_timestamp_seconds", "When the last WAL file was archived, Unix time.")
CACHE = Gauge("lantoa_cache_up", "1 when the cache answers; only where one is set.")

# Found by the reader itself (exposition.py).
PROCESSES = Gauge("lantoa_processes", "Living processes.", ("role",))
DISK_FREE = Gauge("lantoa_disk_free_bytes", "Free on the disk of LANTOA_DATA.")
DISK_SIZE = Gauge("lantoa_disk_size_bytes", "Size of that disk.")
CERTIFICATE = Gauge(
    "lantoa_certificate_expiry_timestamp_seconds", "When the certificate of LANTOA_URL ends, Unix time."
)
BACKUP = Gauge("lantoa_backup_timestamp_seconds", "When the file of LANTOA_BACKUP_STAMP was last written, Unix time.")

ALL: tuple[Measure, ...] = tuple(
    each for each in list(globals().values()) if isinstance(each, Counter | Gauge | Histogram)
)
ROLES = ("site", "worker", "pages")


def claim(folder: Path, role: str) -> None:
    """Count into a file of that folder from now on; where none can be made, for nobody: nothing waits for numbers."""
    gauges = {each.name for each in ALL if isinstance(each, Gauge)}
    try:
        MINE.claim(folder, role, measures=ALL, gauges=gauges)
    except OSError as problem:
        log.warning("this process is not measured: %s", problem)
