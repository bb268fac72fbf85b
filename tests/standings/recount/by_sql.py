"""An independent recount: plain SQL from facts and corrections alone (R16). Nothing here comes from the product.

Never reads what the product derives or writes about corrections: no movement, no best, no tally, no bucket.
"""

from bisect import bisect_left

# What the corrections known at K say at T. The last decision about a subject holds.
RULES = """
WITH RECURSIVE ruling AS (
    SELECT * FROM lantoa_correction
     WHERE contest_id = %(contest)s AND known_at <= %(known)s AND (effective IS NULL OR effective <= %(at)s)
), verdict AS (
    SELECT DISTINCT ON (contestant_id, coalesce(attempt, 0)) contestant_id, coalesce(attempt, 0) AS attempt, kind
      FROM ruling WHERE kind IN ('void', 'restore')
     ORDER BY contestant_id, coalesce(attempt, 0), known_at DESC, id DESC
), path (who, counts_for, refused) AS (
    SELECT c.id, c.id, EXISTS (SELECT FROM verdict v WHERE v.contestant_id = c.id AND v.attempt = 0 AND v.kind = 'void')
      FROM lantoa_contestant c WHERE c.contest_id = %(contest)s
    UNION ALL
    SELECT p.who, r.target_id, p.refused OR EXISTS (
               SELECT FROM verdict v WHERE v.contestant_id = r.target_id AND v.attempt = 0 AND v.kind = 'void')
      FROM path p JOIN ruling r ON r.kind = 'merge' AND r.contestant_id = p.counts_for
), member AS (
    SELECT p.who, p.counts_for FROM path p JOIN lantoa_contestant c ON c.id = p.who
     WHERE NOT p.refused AND c.joined_at <= %(at)s
       AND NOT EXISTS (SELECT FROM ruling r WHERE r.kind = 'merge' AND r.contestant_id = p.counts_for)
), home AS (
    SELECT DISTINCT ON (m.counts_for) m.counts_for, m.who, c.joined_unit_id
      FROM member m JOIN lantoa_contestant c ON c.id = m.who
     ORDER BY m.counts_for, m.who = m.counts_for DESC, c.joined_at, m.who
), moved AS (
    SELECT DISTINCT ON (contestant_id) contestant_id, unit_id FROM ruling WHERE kind = 'move'
     ORDER BY contestant_id, known_at DESC, id DESC
), sat AS (
    SELECT m.counts_for, cardinality(a.questions) - a.correct AS missed, a.duration_ms AS ms, a.submitted_at
      FROM lantoa_attempt a JOIN member m ON m.who = a.contestant_id
     WHERE a.submitted_at <= %(at)s AND NOT EXISTS (
           SELECT FROM verdict v WHERE v.contestant_id = a.contestant_id AND v.attempt = a.number AND v.kind = 'void')
), person AS (
    SELECT h.counts_for AS who, coalesce(moved.unit_id, h.joined_unit_id) AS unit_id, coalesce(n.sat, 0) AS sat
      FROM home h LEFT JOIN moved ON moved.contestant_id = h.who
      LEFT JOIN (SELECT counts_for, count(*) AS sat FROM sat GROUP BY 1) n ON n.counts_for = h.counts_for
)
"""

# Where each unit counts, mergers of units resolved.
SHOWN = (
    RULES
    + """, step AS (
    SELECT unit_id, successor_id FROM lantoa_succession s
     WHERE effective <= %(at)s AND known_at <= %(known)s AND NOT EXISTS (
           SELECT FROM lantoa_succession o WHERE o.unit_id = s.unit_id AND o.effective > s.effective
              AND o.effective <= %(at)s AND o.known_at <= %(known)s)
), goes (unit_id, shown) AS (
    SELECT id, id FROM lantoa_unit WHERE parent_id = (SELECT root_id FROM lantoa_contest WHERE id = %(contest)s)
    UNION ALL SELECT g.unit_id, s.successor_id FROM goes g JOIN step s ON s.unit_id = g.shown
)
"""
)

# Rows (unit, registered, finished, attempts) of every unit shown.
UNITS = (
    SHOWN
    + """
SELECT g.shown, count(p.who), count(p.who) FILTER (WHERE p.sat > 0), coalesce(sum(p.sat), 0)::bigint
  FROM goes g LEFT JOIN person p ON p.unit_id = g.unit_id
 WHERE NOT EXISTS (SELECT FROM step s WHERE s.unit_id = g.shown) GROUP BY 1
"""
)

# Rows (contestant, unit shown).
HOMES = (
    SHOWN
    + """
SELECT p.who, g.shown FROM person p JOIN goes g ON g.unit_id = p.unit_id
 WHERE NOT EXISTS (SELECT FROM step s WHERE s.unit_id = g.shown)
"""
)

# Rows (contestant, rank, missed, ms): everybody with a result, the first first.
RANKS = (
    RULES
    + """
SELECT who, rank() OVER (ORDER BY missed, ms, submitted_at), missed, ms FROM (
    SELECT DISTINCT ON (counts_for) counts_for AS who, missed, ms, submitted_at FROM sat
     ORDER BY counts_for, missed, ms, submitted_at
) best ORDER BY 2, 1
"""
)


def units(cursor, contest, at, known):
    """{unit: (registered, finished, attempts)} at ``at`` as known at ``known``."""
    cursor.execute(UNITS, {"contest": contest, "at": at, "known": known})
    return {unit: tuple(counted) for unit, *counted in cursor.fetchall()}


def homes(cursor, contest, at, known):
    """{contestant: the unit shown} at ``at`` as known at ``known``."""
    cursor.execute(HOMES, {"contest": contest, "at": at, "known": known})
    return dict(cursor.fetchall())


def everything(cursor, contest, at, known):
    """(units, ranks, homes) at ``at`` as known at ``known``."""
    return tuple(count(cursor, contest, at, known) for count in (units, ranks, homes))


def unit_ranks(homes, ranks):
    """{contestant: (rank, total)} inside each unit, from the places in the contest."""
    inside = {}
    for who, rank, _, _ in ranks:  # the first first
        inside.setdefault(homes[who], []).append(rank)
    return {who: (1 + bisect_left(inside[homes[who]], rank), len(inside[homes[who]])) for who, rank, _, _ in ranks}


def ranks(cursor, contest, at, known):
    """[(contestant, rank, missed, ms)] at ``at`` as known at ``known``."""
    cursor.execute(RANKS, {"contest": contest, "at": at, "known": known})
    return cursor.fetchall()
