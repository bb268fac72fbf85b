"""What an attempt leaves: bytes in tables and indexes, by table, and bytes of write-ahead log.

Full-page images, which the first change of a page after a checkpoint adds, are counted apart: how many there are
depends on checkpoints, not on attempts.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from benchmarks.rounds import walk_together
from benchmarks.walking import sitting
from django.db import connection

if TYPE_CHECKING:
    from benchmarks.rounds import Costs, Watched
    from benchmarks.site import Site
    from benchmarks.walking import Walker

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


def measure(site: Site, people: list[Walker], watched: Watched) -> dict[str, Any]:
    """What an attempt of each of ``people`` leaves, from before its start to the worker's round after its submission.

    To be measured before anything is tried and rolled back: what that leaves free would be filled again.
    """
    ready()
    costs: Costs = {}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}

    def between(name: str) -> None:
        if name == "start" and not before:
            site.work()
            before.update(sizes=sizes(), log=position())
        if name == "result":
            site.work()
            after.update(log=_logged(before["log"]), sizes=sizes())

    with watched.connected(2 * site.workers) as connections:
        walk_together(list(map(sitting, people)), watched, costs, connections=connections, between=between)
    grown = {name: size - before["sizes"][name] for name, size in after["sizes"].items()}
    records, images = after["log"]
    made = len(people)
    return {
        "attempts": made,
        "bytes_per_attempt": round(sum(grown.values()) / made),
        "wal_per_attempt": round(records / made),
        "full_page_images": round(images / made),
        "by_table": {name: round(size / made) for name, size in Counter(grown).most_common() if abs(size) >= made},
    }


def _logged(since: str) -> tuple[int, int]:
    """Bytes of records and of whole pages since a position."""
    with connection.cursor() as cursor:
        cursor.execute(_WAL, [since, position()])
        records, images = cursor.fetchone()
        return int(records), int(images)
