"""What an attempt leaves: bytes in tables and indexes, by table, and bytes of write-ahead log.

Full-page images, which the first change of a page after a checkpoint adds, are counted apart: how many there are
depends on checkpoints, not on attempts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

_SIZES = """
SELECT t.relname, sum(pg_relation_size(p.oid))::bigint FROM pg_class t
  JOIN LATERAL (SELECT t.oid UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = t.oid
                UNION ALL SELECT t.reltoastrelid WHERE t.reltoastrelid <> 0) p(oid) ON true
 WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace GROUP BY 1
"""
_WAL = "SELECT sum(record_size)::bigint, sum(fpi_size)::bigint FROM pg_get_wal_stats(%s::pg_lsn, %s::pg_lsn, false)"


def ready() -> None:
    """What reads the write-ahead log, once an installation."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect")


def sizes() -> Counter[str]:
    """Bytes of each table with its indexes; what is dead was swept out."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute(_SIZES)
        return Counter(dict(cursor.fetchall()))


def position() -> str:
    """How far the write-ahead log is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()")
        return str(cursor.fetchone()[0])


@dataclass
class Left:
    """What so many attempts left behind."""

    attempts: int = 0
    wal: int = 0
    images: int = 0  # bytes of full-page images, not in `wal`
    tables: Counter[str] = field(default_factory=Counter)

    def add_wal(self, since: str) -> None:
        """All that was logged since that position."""
        with connection.cursor() as cursor:
            cursor.execute(_WAL, [since, position()])
            records, images = cursor.fetchone()
        self.wal += int(records)
        self.images += int(images)

    def add_sizes(self, before: Counter[str], after: Counter[str]) -> None:
        """What the tables grew by."""
        self.tables.update({name: size - before[name] for name, size in after.items() if size != before[name]})

    def report(self) -> dict[str, object]:
        """A figure an attempt."""
        made = max(self.attempts, 1)
        return {
            "attempts": self.attempts,
            "bytes_per_attempt": round(sum(self.tables.values()) / made),
            "wal_per_attempt": round(self.wal / made),
            "full_page_images": round(self.images / made),
            "by_table": {name: round(size / made) for name, size in self.tables.most_common() if abs(size) >= made},
        }
