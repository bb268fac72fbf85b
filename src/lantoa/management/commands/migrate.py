"""`lantoa migrate`: Django's, but it never makes the running site wait: a table that is in use is tried again later."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import DeadlockDetected, LockNotAvailable

PATIENCE = 2.0  # seconds: while a migration waits for a table, everybody who comes after it waits too (R14)
TRIES = 60
PAUSE = 2.0  # seconds, for those who waited
# What a killed `CREATE INDEX CONCURRENTLY` leaves: kept up by every write, used by nobody, and its name is taken.
HALF_BUILT = """
SELECT indexrelid::regclass FROM pg_index
 WHERE NOT indisvalid AND indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index)
"""


class Command(migrate.Command):
    """Each migration is all or nothing, so a try that failed has done whole ones or nothing."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Django's, and --lock-timeout, --tries."""
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout",
            type=float,
            default=PATIENCE,
            help="seconds that a migration waits for a table; 0: for ever",
        )
        parser.add_argument("--tries", type=int, default=TRIES, help="how often before giving up")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; what is locked now is tried again after a pause. Raises what Django raises."""
        connection, wait = connections[options["database"]], f"{options['lock_timeout'] * 1000:.0f}ms"
        for left in reversed(range(options["tries"])):
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [wait])
            try:
                _clear(connection)
                super().handle(*args, **options)
            except OperationalError as busy:
                if not left or not isinstance(busy.__cause__, LockNotAvailable | DeadlockDetected):
                    raise
                self.stderr.write(f"a table is in use, tried again in {PAUSE:g} s ({left} tries left)")
                time.sleep(PAUSE)
            else:
                break
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _clear(connection: BaseDatabaseWrapper) -> None:
    """Drop indexes that nobody builds any more; they are built again."""
    with connection.cursor() as cursor:
        cursor.execute(HALF_BUILT)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY {name}")  # a regclass is quoted by the database
