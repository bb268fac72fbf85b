"""How PostgreSQL itself does: a few views that the server keeps in memory, read each quarter minute.

What other roles and standbys do is shown to members of pg_read_all_stats only (docs/operating/watching.md).
"""

from __future__ import annotations

from django.db import connection

from lantoa.lib.watch import measures

STATES = ("active", "idle", "idle in transaction", "other")
MODES = ("sync", "async")

SEEN = """
SELECT current_setting('max_connections')::int,
       (current_setting('synchronous_standby_names') <> '')::int,
       (SELECT extract(epoch FROM last_archived_time)::float8 FROM pg_stat_archiver),
       count(*) FILTER (WHERE state = 'active'),
       count(*) FILTER (WHERE state = 'idle'),
       count(*) FILTER (WHERE state LIKE 'idle in transaction%%'),
       count(*) FILTER (WHERE state IS NULL OR state NOT IN ('active', 'idle') AND state NOT LIKE 'idle in%%'),
       count(*) FILTER (WHERE wait_event_type = 'Lock'),
       coalesce(extract(epoch FROM clock_timestamp() - min(xact_start)), 0)::float8
  FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
STANDBYS = """
SELECT count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')),
       count(*) FILTER (WHERE sync_state NOT IN ('sync', 'quorum')),
       coalesce(extract(epoch FROM max(replay_lag)), 0)::float8
  FROM pg_stat_replication WHERE state = 'streaming'
"""


def measure() -> None:
    """Read both, and set the numbers."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, {})
        seen = cursor.fetchone()
        cursor.execute(STANDBYS, {})
        standbys = cursor.fetchone()
    assert seen is not None
    assert standbys is not None
    limit, wanted, archived, *states = seen
    measures.LIMIT.set(limit)
    measures.WANTED.set(wanted)
    if archived is not None:
        measures.ARCHIVED.set(archived)
    for state, number in zip(STATES, states[: len(STATES)], strict=True):
        measures.CONNECTIONS.set(number, state)
    measures.LOCKED.set(states[-2])
    measures.OLDEST.set(states[-1])
    for mode, number in zip(MODES, standbys[: len(MODES)], strict=True):
        measures.STANDBYS.set(number, mode)
    measures.LAG.set(standbys[-1])
