"""The room's own SQL (law 5), in the shapes of figures.md §3; a moment T comes as `at` and `before` = T + 1 µs."""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.exams.ranking import RANKING
from lantoa.standings import tree

# The units that compete: wards, communes, special zones directly under the contest's root.
_PLACE = """place AS (
    SELECT u.id, u.code, u.name, u.kind, u.search, u.valid_from, u.valid_to FROM lantoa_unit u
     WHERE u.parent_id = (SELECT root_id FROM lantoa_contest WHERE id = %(contest)s) AND u.kind = ANY(%(kinds)s)
)"""


def heir(at: str, known_at: str) -> str:
    """What a unit became part of, as of `at` and as known at `known_at`: at most one, the latest."""
    return f"""heir AS (
    SELECT DISTINCT ON (unit_id) unit_id, successor_id, effective FROM lantoa_succession
     WHERE effective <= {at} AND known_at <= {known_at}
     ORDER BY unit_id, effective DESC, known_at DESC
)"""


_FACTS = "lantoa_movement WHERE contest_id = %(contest)s AND correction_id IS NULL"
_FIXES = "lantoa_movement WHERE contest_id = %(contest)s AND correction_id IS NOT NULL"

PIECE = 500  # facts of a busy minute after which its totals are kept once more: so many at most are read behind them


def _folded(before: str) -> str:
    """The totals of the last moment kept that is not after `before`: everything of each unit before that moment."""
    return f"""folded AS MATERIALIZED (
    SELECT t.until, e.units, t.reg, t.fin, t.att
      FROM lantoa_totals t JOIN lantoa_totalsedge e ON e.contest_id = t.contest_id
     WHERE t.contest_id = %(contest)s AND t.until <= {before} ORDER BY t.until DESC LIMIT 1
)"""


_EACH_UNIT = "SELECT u.* FROM folded, unnest(units, reg, fin, att) AS u(unit_id, reg, fin, att)"
_SINCE = "coalesce((SELECT until FROM folded), '-infinity')"

FIGURES = f"""
WITH RECURSIVE {_PLACE},
{_folded("%(before)s")}, {heir("%(at)s", "%(known_at)s")},
chain(unit_id, shown, since) AS (
    SELECT id, id, NULL::timestamptz FROM place
    UNION
    SELECT c.unit_id, h.successor_id, greatest(c.since, h.effective)
      FROM chain c JOIN heir h ON h.unit_id = c.shown JOIN place p ON p.id = h.successor_id
), home AS (
    SELECT c.* FROM chain c
     WHERE NOT EXISTS (SELECT FROM heir h JOIN place p ON p.id = h.successor_id WHERE h.unit_id = c.shown)
), part AS (
    {_EACH_UNIT}
    UNION ALL
    SELECT unit_id, reg, fin, att FROM {_FACTS} AND at >= {_SINCE} AND at < %(before)s
    UNION ALL
    SELECT unit_id, reg, fin, att FROM {_FIXES} AND at < %(before)s AND known_at <= %(known_at)s
), counted AS (
    SELECT unit_id, sum(reg)::int AS reg, sum(fin)::int AS fin, sum(att)::int AS att FROM part GROUP BY 1
), people AS (
    SELECT DISTINCT ON (unit_id) unit_id, value, valid_from FROM lantoa_population
     WHERE valid_from <= (%(at)s AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AND known_at <= %(known_at)s
     ORDER BY unit_id, valid_from DESC, known_at DESC
), seen AS (
    SELECT until, total FROM lantoa_visittotal
     WHERE contest_id = %(contest)s AND until <= %(at)s ORDER BY until DESC LIMIT 1
), visits AS (
    SELECT coalesce((SELECT total FROM seen), 0) + coalesce((
        SELECT sum(n) FROM lantoa_visit WHERE contest_id = %(contest)s
           AND minute >= coalesce((SELECT until FROM seen), '-infinity') AND minute < date_trunc('minute', %(at)s)
    ), 0) AS total
)
SELECT v.total::bigint, p.id, coalesce(h.shown, p.id), h.since,
       p.code, p.name, p.kind, p.search, p.valid_from, p.valid_to, k.code, k.name,
       coalesce(c.reg, 0), coalesce(c.fin, 0), coalesce(c.att, 0), n.value, n.valid_from
  FROM visits v
  LEFT JOIN place p ON true
  LEFT JOIN home h ON h.unit_id = p.id
  LEFT JOIN counted c ON c.unit_id = p.id
  LEFT JOIN people n ON n.unit_id = p.id
  LEFT JOIN lantoa_clustermember m ON m.unit_id = p.id
  LEFT JOIN lantoa_cluster k ON k.id = m.cluster_id
"""

# Totals of the whole contest before each of the instants in `points`.
CURVE = f"""
SELECT total.* FROM unnest(%(points)s::timestamptz[]) AS point(before), LATERAL (
    WITH {_folded("point.before")}
    SELECT coalesce(sum(reg), 0), coalesce(sum(fin), 0), coalesce(sum(att), 0) FROM (
        {_EACH_UNIT}
        UNION ALL
        SELECT unit_id, reg, fin, att FROM {_FACTS} AND at >= {_SINCE} AND at < point.before
        UNION ALL
        SELECT unit_id, reg, fin, att FROM {_FIXES} AND at < point.before AND known_at <= %(known_at)s
    ) part
) total ORDER BY point.before
"""

LOCK = "SELECT pg_advisory_xact_lock(%(key)s, %(contest)s)"

# Facts before this instant are all committed: a minute has passed, and no transaction that still runs began earlier.
SETTLED = """
SELECT least(%(at)s, clock_timestamp()) - interval '60 seconds',
       (SELECT min(xact_start) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend')
"""

# The queue's rows go and their sums come in one statement, sorted by key so that two workers cannot deadlock.
FOLD_RANKS = f"""
WITH gone AS (
    DELETE FROM lantoa_change WHERE contest_id = %(contest)s
    RETURNING unit_id, old_missed, old_ms, new_missed, new_ms
), step AS ({tree.steps("gone")})
INSERT INTO lantoa_bucket AS b (contest_id, unit_id, level, missed, slot, counts)
SELECT %(contest)s, unit_id, level, missed, slot, counts FROM ({tree.buckets("step")}) sums
ON CONFLICT (contest_id, unit_id, level, missed, slot) DO UPDATE SET counts = ARRAY(
    SELECT coalesce(had, 0) + coalesce(came, 0)
      FROM unnest(b.counts, excluded.counts) WITH ORDINALITY AS part(had, came, place) ORDER BY place)
"""

# One snapshot: a change that it sees is in the `best` that it counts, and one that it does not see stays in the queue.
REBUILD_RANKS = f"""
WITH gone AS (DELETE FROM lantoa_change WHERE contest_id = %(contest)s),
step AS (SELECT unit_id, missed, ms, 1 AS n FROM lantoa_best WHERE contest_id = %(contest)s)
INSERT INTO lantoa_bucket (contest_id, unit_id, level, missed, slot, counts)
SELECT %(contest)s, unit_id, level, missed, slot, counts FROM ({tree.buckets("step")}) sums
"""

_SUMS = ("reg", "fin", "att")
_EDGE = "FROM lantoa_totalsedge WHERE contest_id = %(contest)s"
_KNOWN_UNITS = f"coalesce((SELECT units {_EDGE}), '{{}}')"


def _running_totals(base: str, since: str, until: str) -> str:
    """Rows (until, reg, fin, att) of the totals between two instants, each an array in the order of `member`.

    A minute in which something moved is kept at its end, and before that each time that PIECE of its facts are reached:
    which moments these are follows from the facts alone. Units that are known keep their order; whoever comes later
    stands behind them, in the order of their first facts.
    """
    ranked = f"SELECT *, date_trunc('minute', at) AS minute FROM {_FACTS} AND at >= {since} AND at < {until}"
    sums = ", ".join(f"sum({name})::int AS {name}" for name in _SUMS)
    running = ", ".join(f"coalesce(b.{name}, 0) + coalesce(sum(s.{name}) OVER w, 0)::int AS {name}" for name in _SUMS)
    arrays = ", ".join(f"array_agg({name} ORDER BY place) AS {name}" for name in _SUMS)
    return f"""base AS MATERIALIZED ({base}),
fact AS (
    SELECT *, (rank() OVER (PARTITION BY minute ORDER BY at) - 1) / {PIECE} AS piece FROM ({ranked}) ranked
), piece AS MATERIALIZED (
    SELECT minute, piece, unit_id, min(at) AS first, {sums} FROM fact GROUP BY 1, 2, 3
), moment AS (
    SELECT minute, piece, lead(min(first), 1, minute + interval '1 minute') OVER (PARTITION BY minute ORDER BY piece)
        AS until FROM piece GROUP BY 1, 2
), step AS MATERIALIZED (
    SELECT unit_id, until, reg, fin, att FROM piece JOIN moment USING (minute, piece)
), member AS MATERIALIZED (
    SELECT unit_id, came.since, row_number() OVER (ORDER BY known.place, came.since, unit_id) AS place
      FROM unnest({_KNOWN_UNITS}) WITH ORDINALITY AS known(unit_id, place)
      FULL JOIN (SELECT unit_id, min(until) AS since FROM step GROUP BY 1) came USING (unit_id)
), running AS (
    SELECT until, place, {running}, b.place IS NOT NULL OR m.since <= until AS there
      FROM (SELECT DISTINCT until FROM step) ended CROSS JOIN member m
      LEFT JOIN step s USING (unit_id, until) LEFT JOIN base b USING (place)
    WINDOW w AS (PARTITION BY place ORDER BY until)
), totals AS (
    SELECT until, {arrays} FROM running WHERE there GROUP BY until
)"""


_NEWEST = "lantoa_totals WHERE contest_id = %(contest)s ORDER BY until DESC LIMIT 1"
_PLACED = "unnest(reg, fin, att) WITH ORDINALITY AS b(reg, fin, att, place)"

FOLD_TOTALS = f"""
WITH {
    _running_totals(
        f"SELECT b.* FROM (SELECT * FROM {_NEWEST}) newest, {_PLACED}",
        f"coalesce((SELECT until {_EDGE}), '-infinity')",
        "%(until)s",
    )
}, edge AS (
    INSERT INTO lantoa_totalsedge (contest_id, until, units)
    SELECT %(contest)s, %(until)s, ARRAY(SELECT unit_id FROM member ORDER BY place)
    ON CONFLICT (contest_id) DO UPDATE SET until = excluded.until, units = excluded.units
      WHERE lantoa_totalsedge.until < excluded.until
)
INSERT INTO lantoa_totals (contest_id, until, reg, fin, att) SELECT %(contest)s, until, reg, fin, att FROM totals
"""

_SEEN = """SELECT minute + interval '1 minute' AS until, sum(sum(n)) OVER (ORDER BY minute) AS total
  FROM lantoa_visit WHERE contest_id = %(contest)s"""

FOLD_VISITS = f"""
WITH last AS (
    SELECT until, total FROM lantoa_visittotal WHERE contest_id = %(contest)s ORDER BY until DESC LIMIT 1
)
INSERT INTO lantoa_visittotal (contest_id, until, total)
SELECT %(contest)s, until, total + coalesce((SELECT total FROM last), 0) FROM (
    {_SEEN} AND minute >= coalesce((SELECT until FROM last), '-infinity') AND minute < %(until)s GROUP BY minute
) seen
"""

FORGET = [
    f"DELETE FROM lantoa_{table} WHERE contest_id = %(contest)s"
    for table in ("totals", "totalsedge", "visittotal", "bucket", "bucketrun", "questiontally", "questionedge")
]

# The tables as they are, against the facts as they are; each finds one text a difference.
TOTALS_DIFFER = f"""
WITH {
    _running_totals(
        "SELECT NULL::int AS reg, NULL::int AS fin, NULL::int AS att, NULL::bigint AS place WHERE false",
        "'-infinity'",
        f"coalesce((SELECT until {_EDGE}), '-infinity')",
    )
}, kept AS (SELECT until, reg, fin, att FROM lantoa_totals WHERE contest_id = %(contest)s)
SELECT format('until %%s', until) AS what FROM (
    (SELECT * FROM totals EXCEPT SELECT * FROM kept) UNION (SELECT * FROM kept EXCEPT SELECT * FROM totals)
) differing
"""

VISITS_DIFFER = f"""
WITH kept AS (SELECT until, total FROM lantoa_visittotal WHERE contest_id = %(contest)s),
expected AS (
    {_SEEN} AND minute < coalesce((SELECT max(until) FROM kept), '-infinity') GROUP BY minute
)
SELECT format('until %%s', until) AS what FROM (
    (SELECT * FROM expected EXCEPT SELECT * FROM kept) UNION (SELECT * FROM kept EXCEPT SELECT * FROM expected)
) differing
"""

RANKS_DIFFER = f"""
WITH waiting AS (SELECT * FROM lantoa_change WHERE contest_id = %(contest)s), change AS ({tree.steps("waiting")}),
step AS (
    SELECT unit_id, missed, ms, 1 AS n FROM lantoa_best WHERE contest_id = %(contest)s
    UNION ALL SELECT unit_id, missed, ms, -n FROM change
)
SELECT format('unit %%s level %%s missed %%s slot %%s place %%s', unit_id, level, missed, slot, place) AS what FROM (
    SELECT unit_id, level, missed, slot, place, n FROM ({tree.parts("step")}) recount
    UNION ALL
    SELECT unit_id, level, missed, slot, place, -n
      FROM lantoa_bucket, unnest(counts) WITH ORDINALITY AS part(n, place) WHERE contest_id = %(contest)s
) both_sides GROUP BY unit_id, level, missed, slot, place HAVING sum(n) <> 0
"""

_KEY = ", ".join(f"b.{column}" for column in RANKING)

# The last standing: each rank with the place in the log of the entry that ranks (log.md §2). Reads everybody, once.
STANDING = f"""
SELECT rank() OVER (ORDER BY {_KEY}), l.index
  FROM lantoa_best b JOIN lantoa_attempt a ON a.id = b.attempt_id
  JOIN lantoa_entry e ON e.contestant_id = a.contestant_id AND e.number = a.number
  JOIN lantoa_leaf l ON l.entry_id = e.id
 WHERE b.contest_id = %(contest)s ORDER BY {_KEY}, l.index
"""
