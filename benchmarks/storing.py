"""What an attempt leaves: bytes in tables and indexes, by table, and bytes of write-ahead log.

Full-page images, which the first change of a page after a checkpoint adds, are counted apart: how many there are
depends on checkpoints, not on attempts.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from benchmarks.rounds import walk_together
from benchmarks.walking import sitting
from django.db import connection

if TYPE_CHECKING:
    from benchmarks.rounds import Watched
    from benchmarks.site import Site
    from benchmarks.walking import Walker

_SIZES = """
SELECT t.relname, sum(pg_relation_size(p.oid))::bigint FROM pg_class t
  JOIN LATERAL (SELECT t.oid UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = t.oid
                UNION ALL SELECT t.reltoastrelid WHERE t.reltoastrelid <> 0) p(oid) ON true
 WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace GROUP BY 1
"""
WORKER = "worker"  # numbering, heads and folds, in one round for all
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
    after: Counter[str] = Counter()
    before: Counter[str] = Counter()
    edges: list[tuple[str, str]] = []  # which part begins at which position of the log

    def between(name: str) -> None:
        if name == "start" and not before:
            site.work()
            before.update(sizes())
        if name in {"start", "save", "submit"}:
            edges.append((name, position()))
        if name == "result":
            edges.append((WORKER, position()))
            site.work()
            edges.append(("", position()))
            after.update(sizes())

    with watched.connected(2 * site.workers) as connections:
        walk_together(list(map(sitting, people)), watched, {}, connections=connections, between=between)
    grown = Counter({name: size - before[name] for name, size in after.items()})
    written: Counter[str] = Counter()
    images = 0
    for (part, since), (_, until) in pairwise(edges):
        records, pages = _logged(since, until)
        written[part] += records
        images += pages
    made = len(people)
    return {
        "attempts": made,
        "bytes_per_attempt": round(grown.total() / made),
        "wal_per_attempt": round(written.total() / made),
        "full_page_images": round(images / made),
        "by_table": {name: round(size / made) for name, size in grown.most_common() if abs(size) >= made},
        "wal_by_part": {name: round(size / made) for name, size in written.items()},
    }


def _logged(since: str, until: str) -> tuple[int, int]:
    """Bytes of records and of whole pages between two positions."""
    if since == until:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(_WAL, [since, until])
        records, images = cursor.fetchone()
        return int(records), int(images)
