"""The statements of `past.py`: who stood where at a past moment, from the full hours and the journal (figures.md §4).

A moment T comes as `before` = T + 1 µs. Slots of full hours count facts only; later facts and corrections are signed
steps of the journal; the slot of ten seconds that decides is counted exactly by `exams/ranking.py`.
"""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.exams.ranking import RANKING, row
from lantoa.standings.walks import family

WIDTH = 10_000  # ms a slot holds
_KEY = ", ".join(RANKING)
_CONTEST = "contest_id = %(contest)s"
_KNOWN = "at < %(before)s AND (correction_id IS NULL OR known_at <= %(known_at)s)"


def results(where_came: str, where_went: str) -> str:
    """Signed steps of results: a new one comes, the old one goes; a fact's old one only if a new one comes."""
    return f"""
        SELECT contestant_id, at, 1 AS n, new_missed AS missed, new_ms AS ms, coalesce(new_at, at) AS submitted_at
          FROM lantoa_movement WHERE {_CONTEST} AND new_missed IS NOT NULL AND {where_came}
        UNION ALL
        SELECT contestant_id, at, -1, old_missed, old_ms, old_at FROM lantoa_movement
         WHERE {_CONTEST} AND old_missed IS NOT NULL AND (new_missed IS NOT NULL OR correction_id IS NOT NULL)
           AND {where_went}"""


def _always(where: str) -> str:
    return results(where, where)


def _hours(base: str, since: str, until: str) -> str:
    """Rows (until, missed, slot, n) of the full hours in which something changed, after those of `base`.

    What a slot holds stays from one of its changes to the next: nothing is joined but hours by their number.
    """
    facts = _always(f"correction_id IS NULL AND at >= {since} AND at < {until}")
    return f"""step AS (
    SELECT date_trunc('hour', at, 'UTC') + interval '1 hour' AS until, missed, ms / {WIDTH} AS slot, sum(n)::int AS n
      FROM ({facts}) facts GROUP BY 1, 2, 3
), base AS ({base}),
hour AS MATERIALIZED (
    SELECT until, row_number() OVER (ORDER BY until) AS nth FROM (SELECT DISTINCT until FROM step) moved
), change AS (
    SELECT missed, slot, nth, sum(n) OVER (PARTITION BY missed, slot ORDER BY nth) AS n,
           lead(nth, 1, (SELECT count(*) + 1 FROM hour)) OVER (PARTITION BY missed, slot ORDER BY nth) AS next
      FROM (SELECT nth, missed, slot, n FROM step JOIN hour USING (until)
             UNION ALL SELECT 0, missed, slot, n FROM base) changes
), full_hours AS (
    SELECT until, missed, slot, n::int
      FROM change CROSS JOIN generate_series(greatest(change.nth, 1), next - 1) AS stays (nth)
      JOIN hour ON hour.nth = stays.nth
)"""


# From the last full hour to the last one that the totals are folded beyond: before that edge every fact is known.
FOLD = f"""
WITH last AS MATERIALIZED (
    SELECT coalesce(max(until), '-infinity') AS until FROM lantoa_pastbucket WHERE {_CONTEST}
), edge AS MATERIALIZED (
    SELECT date_trunc('hour', until, 'UTC') AS until FROM lantoa_tallyedge WHERE {_CONTEST}
), {
    _hours(
        f"SELECT missed, slot, n FROM lantoa_pastbucket WHERE {_CONTEST} AND until = (SELECT until FROM last)",
        "(SELECT until FROM last)",
        "(SELECT until FROM edge)",
    )
}
INSERT INTO lantoa_pastbucket (contest_id, until, missed, slot, n)
SELECT %(contest)s, until, missed, slot, n FROM full_hours WHERE n <> 0 ORDER BY until, missed, slot
"""

DIFFER = f"""
WITH kept AS (SELECT until, missed, slot, n FROM lantoa_pastbucket WHERE {_CONTEST}),
{
    _hours(
        "SELECT NULL::smallint AS missed, NULL::int AS slot, NULL::int AS n WHERE false",
        "'-infinity'",
        "coalesce((SELECT max(until) FROM kept), '-infinity')",
    )
}, expected AS (SELECT * FROM full_hours WHERE n <> 0)
SELECT format('until %%s missed %%s slot %%s', until, missed, slot) AS what FROM (
    (SELECT * FROM expected EXCEPT SELECT * FROM kept) UNION (SELECT * FROM kept EXCEPT SELECT * FROM expected)
) differing
"""

_OUTCOME = "new_missed, new_ms, old_missed, old_ms"
_FACTS = "correction_id IS NULL AND new_missed IS NOT NULL AND at < %(before)s"

# A step's two sides as rows: the result that came, the one that went.
_SIDES = "LATERAL (VALUES (1, new_missed, new_ms), (-1, old_missed, old_ms)) AS side(n, missed, ms)"

# Facts since the hour are looked up unit by unit: one index, which ranks inside a unit read too (UNIT_RANK).
_FROM_THE_HOUR = f"""edge AS MATERIALIZED (
    SELECT coalesce(max(until), '-infinity') AS w FROM lantoa_pastbucket WHERE {_CONTEST} AND until <= %(before)s
), recent AS MATERIALIZED (
    SELECT side.missed, side.ms / {WIDTH} AS slot, side.n FROM (
        SELECT fact.* FROM lantoa_unit u, LATERAL (
            SELECT {_OUTCOME} FROM lantoa_movement
             WHERE {_CONTEST} AND unit_id = u.id AND at >= (SELECT w FROM edge) AND {_FACTS} OFFSET 0) fact
         WHERE u.parent_id = (SELECT root_id FROM lantoa_contest WHERE id = %(contest)s)
        UNION ALL
        SELECT {_OUTCOME} FROM lantoa_movement
         WHERE {_CONTEST} AND correction_id IS NOT NULL AND at < %(before)s AND known_at <= %(known_at)s
    ) steps, {_SIDES} WHERE side.missed IS NOT NULL
)"""
_HOUR = f"SELECT missed, slot, n FROM lantoa_pastbucket WHERE {_CONTEST} AND until = (SELECT w FROM edge)"


def _slot(missed: str, slot: str, upto: str) -> str:
    """All steps of results in one slot, found by the journal's indexes by result."""

    def inside(which: str) -> str:
        bounds = f"{which}_ms >= {slot} * {WIDTH} AND {which}_ms <= {upto}"
        return f"{which}_missed = {missed} AND {bounds} AND {_KNOWN}"

    return results(inside("new"), inside("old"))


_MINE = f"""m AS MATERIALIZED (
    SELECT {_KEY} FROM ({_always(f"contestant_id = %(contestant)s AND {_KNOWN}")}) mine
     GROUP BY {_KEY} HAVING sum(n) > 0
)"""

RANK = f"""
WITH {_FROM_THE_HOUR}, {_MINE}, hour AS ({_HOUR})
SELECT m.missed, m.ms,
       (1 + coalesce((SELECT sum(n) FROM hour WHERE (missed, slot) < (m.missed, m.ms / {WIDTH})), 0)
          + coalesce((SELECT sum(n) FROM recent WHERE (missed, slot) < (m.missed, m.ms / {WIDTH})), 0)
          + coalesce((SELECT sum(n) FROM ({_slot("m.missed", f"(m.ms / {WIDTH})", "m.ms")}) near
                       WHERE {row()} < {row("m.")}), 0))::bigint,
       (coalesce((SELECT sum(n) FROM hour), 0) + coalesce((SELECT sum(n) FROM recent), 0))::bigint
  FROM m
"""

# Whom corrections concern in my unit is looked at one by one, with unit and result of that moment; everybody else there
# joined it and stayed, so their facts say all. The cost is that of the people of one unit.
UNIT_RANK = f"""
WITH RECURSIVE {_MINE}, start AS (
    SELECT unit_id AS id FROM lantoa_movement WHERE {_CONTEST} AND contestant_id = %(contestant)s AND {_KNOWN}
     GROUP BY unit_id HAVING sum(reg) > 0
), {family("%(at)s", "%(known_at)s")},
concerned AS MATERIALIZED (
    SELECT DISTINCT contestant_id FROM lantoa_movement
     WHERE {_CONTEST} AND correction_id IS NOT NULL AND {_KNOWN} AND unit_id IN (SELECT id FROM family)
), here AS (
    SELECT contestant_id FROM concerned c WHERE EXISTS (
        SELECT FROM lantoa_movement WHERE {_CONTEST} AND contestant_id = c.contestant_id AND {_KNOWN}
           AND unit_id IN (SELECT id FROM family) HAVING sum(reg) > 0)
), step AS (
    SELECT side.* FROM family f, LATERAL (
        SELECT contestant_id, at, old_at, {_OUTCOME} FROM lantoa_movement
         WHERE {_CONTEST} AND unit_id = f.id AND {_FACTS} OFFSET 0) fact, LATERAL (
        VALUES (1, new_missed, new_ms, at), (-1, old_missed, old_ms, old_at)) AS side(n, {_KEY})
     WHERE side.missed IS NOT NULL AND NOT EXISTS (SELECT FROM concerned WHERE contestant_id = fact.contestant_id)
    UNION ALL
    SELECT s.n, {", ".join(f"s.{name}" for name in RANKING)} FROM here, LATERAL (
        {_always(f"contestant_id = here.contestant_id AND {_KNOWN}")}) s
)
SELECT m.missed, m.ms, (1 + coalesce(sum(n) FILTER (WHERE {row("step.")} < {row("m.")}), 0))::bigint,
       coalesce(sum(n), 0)::bigint
  FROM m, step GROUP BY m.missed, m.ms
"""

# Slot by slot from the best one to the one that holds the last row asked for; then the people in those slots. A slot of
# an hour holds somebody: as many slots as rows are asked for, and one more for each result that went since, are enough.
TOP = f"""
WITH {_FROM_THE_HOUR}, hour AS (
    {_HOUR} ORDER BY missed, slot LIMIT %(size)s + (SELECT count(*) FROM recent WHERE n < 0)
), slots AS (
    SELECT missed, slot, sum(n) AS n FROM (SELECT * FROM hour UNION ALL SELECT * FROM recent) steps
     GROUP BY 1, 2 HAVING sum(n) <> 0
), needed AS MATERIALIZED (
    SELECT missed, slot FROM (SELECT missed, slot, sum(n) OVER (ORDER BY missed, slot) - n AS before FROM slots) walk
     WHERE before < %(size)s
), near AS (
    SELECT s.contestant_id, s.missed, s.ms, s.submitted_at
      FROM needed, LATERAL ({_slot("needed.missed", "needed.slot", f"(needed.slot + 1) * {WIDTH} - 1")}) s
     GROUP BY 1, 2, 3, 4 HAVING sum(n) > 0
), line AS (
    SELECT near.*, rank() OVER (ORDER BY {_KEY}) AS rank FROM near ORDER BY {_KEY}, contestant_id LIMIT %(size)s
)
SELECT line.rank::bigint, line.contestant_id, CASE WHEN c.valid_at IS NULL THEN '' ELSE person.full_name END,
       u.code, u.kind, u.name, {_KEY}
  FROM line
  JOIN lantoa_contestant c ON c.id = line.contestant_id
  JOIN lantoa_person person ON person.id = c.person_id
  LEFT JOIN LATERAL (
      SELECT unit_id FROM lantoa_movement WHERE {_CONTEST} AND contestant_id = c.id AND {_KNOWN}
       GROUP BY unit_id HAVING sum(reg) > 0) home ON true
  LEFT JOIN lantoa_unit u ON u.id = coalesce(home.unit_id, c.unit_id)
 ORDER BY {_KEY}, contestant_id
"""
