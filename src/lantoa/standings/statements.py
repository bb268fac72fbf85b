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

FIGURES = f"""
WITH RECURSIVE {_PLACE},
edge AS MATERIALIZED (
    SELECT coalesce((SELECT least(until, date_trunc('minute', %(before)s)) FROM lantoa_tallyedge
                      WHERE contest_id = %(contest)s), '-infinity') AS w
), {heir("%(at)s", "%(known_at)s")},
chain(unit_id, shown, since) AS (
    SELECT id, id, NULL::timestamptz FROM place
    UNION
    SELECT c.unit_id, h.successor_id, greatest(c.since, h.effective)
      FROM chain c JOIN heir h ON h.unit_id = c.shown JOIN place p ON p.id = h.successor_id
), home AS (
    SELECT c.* FROM chain c
     WHERE NOT EXISTS (SELECT FROM heir h JOIN place p ON p.id = h.successor_id WHERE h.unit_id = c.shown)
), part AS (
    SELECT p.id AS unit_id, t.reg, t.fin, t.att FROM place p, LATERAL (
        SELECT reg, fin, att FROM lantoa_tally
         WHERE contest_id = %(contest)s AND unit_id = p.id AND until <= (SELECT w FROM edge)
         ORDER BY until DESC LIMIT 1) t
    UNION ALL
    SELECT unit_id, reg, fin, att FROM {_FACTS} AND at >= (SELECT w FROM edge) AND at < %(before)s
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
WITH {_PLACE},
edge AS MATERIALIZED (
    SELECT coalesce((SELECT until FROM lantoa_tallyedge WHERE contest_id = %(contest)s), '-infinity') AS w
), point AS (
    SELECT before, least((SELECT w FROM edge), date_trunc('minute', before)) AS w
      FROM unnest(%(points)s::timestamptz[]) AS p(before)
)
SELECT coalesce(total.reg, 0), coalesce(total.fin, 0), coalesce(total.att, 0) FROM point, LATERAL (
    SELECT sum(reg) AS reg, sum(fin) AS fin, sum(att) AS att FROM (
        SELECT t.reg, t.fin, t.att FROM place p, LATERAL (
            SELECT reg, fin, att FROM lantoa_tally
             WHERE contest_id = %(contest)s AND unit_id = p.id AND until <= point.w
             ORDER BY until DESC LIMIT 1) t
        UNION ALL
        SELECT reg, fin, att FROM {_FACTS} AND at >= point.w AND at < point.before
        UNION ALL
        SELECT reg, fin, att FROM {_FIXES} AND at < point.before AND known_at <= %(known_at)s
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

_MINUTES = """SELECT unit_id, date_trunc('minute', at) + interval '1 minute' AS until,
           sum(reg)::int AS reg, sum(fin)::int AS fin, sum(att)::int AS att
      FROM lantoa_movement WHERE contest_id = %(contest)s AND correction_id IS NULL"""

FOLD_TALLIES = f"""
WITH old AS (
    SELECT coalesce((SELECT until FROM lantoa_tallyedge WHERE contest_id = %(contest)s), '-infinity') AS until
), step AS (
    {_MINUTES} AND at >= (SELECT until FROM old) AND at < %(until)s GROUP BY 1, 2
), base AS MATERIALIZED (
    SELECT u.unit_id, t.reg, t.fin, t.att FROM (SELECT DISTINCT unit_id FROM step) u, LATERAL (
        SELECT reg, fin, att FROM lantoa_tally WHERE contest_id = %(contest)s AND unit_id = u.unit_id
         ORDER BY until DESC LIMIT 1) t
), edge AS (
    INSERT INTO lantoa_tallyedge (contest_id, until) VALUES (%(contest)s, %(until)s)
    ON CONFLICT (contest_id) DO UPDATE SET until = excluded.until WHERE lantoa_tallyedge.until < excluded.until
)
INSERT INTO lantoa_tally (contest_id, unit_id, until, reg, fin, att)
SELECT %(contest)s, s.unit_id, s.until, coalesce(b.reg, 0) + sum(s.reg) OVER w, coalesce(b.fin, 0) + sum(s.fin) OVER w,
       coalesce(b.att, 0) + sum(s.att) OVER w
  FROM step s LEFT JOIN base b USING (unit_id) WINDOW w AS (PARTITION BY s.unit_id ORDER BY s.until)
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
    for table in ("tally", "tallyedge", "visittotal", "bucket", "pastbucket", "questiontally", "questionedge")
]

# The tables as they are, against the facts as they are; each finds one text a difference.
TALLIES_DIFFER = f"""
WITH expected AS (
    SELECT unit_id, until, sum(reg) OVER w AS reg, sum(fin) OVER w AS fin, sum(att) OVER w AS att FROM (
        {_MINUTES} AND at < coalesce(
            (SELECT until FROM lantoa_tallyedge WHERE contest_id = %(contest)s), '-infinity') GROUP BY 1, 2
    ) step WINDOW w AS (PARTITION BY unit_id ORDER BY until)
), kept AS (SELECT unit_id, until, reg, fin, att FROM lantoa_tally WHERE contest_id = %(contest)s)
SELECT format('unit %%s until %%s', unit_id, until) AS what FROM (
    (SELECT * FROM expected EXCEPT SELECT * FROM kept) UNION (SELECT * FROM kept EXCEPT SELECT * FROM expected)
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
