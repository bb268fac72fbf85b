"""The statements of `past.py`: who stood where at a past moment, from folds and the journal (figures.md §4).

A moment T comes as `before` = T + 1 µs. Slots of folds count facts only; later facts and corrections are signed
steps of the journal; the slot of ten seconds that decides is counted exactly by `exams/ranking.py`.
"""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.exams.ranking import RANKING, row
from lantoa.standings.walks import family

WIDTH = 10_000  # ms a slot holds
PIECE = 2_500  # results after which an hour is folded once more: so many steps at most are read behind a fold
_HOUR_END = "date_trunc('hour', minute - interval '1 minute', 'UTC') + interval '1 hour'"
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


def _folds(base: str, since: str, until: str) -> str:
    """Rows (until, missed, slot, n) of the folds between two instants in which something changed, after that of `base`.

    A fold ends with each hour, and with the minute in which another PIECE of results is reached: with how many follows
    from the facts alone. What a slot holds stays from one of its changes to the next: only folds are joined, by number.
    """
    facts = _always(f"correction_id IS NULL AND at >= {since} AND at < {until}")
    return f"""step AS MATERIALIZED (
    SELECT date_trunc('minute', at) + interval '1 minute' AS minute, missed, ms / {WIDTH} AS slot, sum(n)::int AS n
      FROM ({facts}) facts GROUP BY 1, 2, 3
), base AS ({base}),
reached AS (
    SELECT minute, n, (SELECT coalesce(sum(n), 0) FROM base) + sum(n) OVER (ORDER BY minute) AS total
      FROM (SELECT minute, sum(n) AS n FROM step GROUP BY minute) minutes
), fold AS MATERIALIZED (
    SELECT minute, coalesce(
               min(minute) FILTER (WHERE div(total, {PIECE}) > div(total - n, {PIECE})) OVER (
                   PARTITION BY {_HOUR_END} ORDER BY minute ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
               {_HOUR_END}) AS until
      FROM reached
), numbered AS MATERIALIZED (
    SELECT until, row_number() OVER (ORDER BY until) AS nth
      FROM (SELECT DISTINCT until FROM fold WHERE until <= {until}) ended
), change AS (
    SELECT missed, slot, nth, sum(n) OVER (PARTITION BY missed, slot ORDER BY nth) AS n,
           lead(nth, 1, (SELECT count(*) + 1 FROM numbered)) OVER (PARTITION BY missed, slot ORDER BY nth) AS next
      FROM (SELECT nth, missed, slot, sum(n) AS n FROM step JOIN fold USING (minute) JOIN numbered USING (until)
             GROUP BY 1, 2, 3
             UNION ALL SELECT 0, missed, slot, n FROM base) changes
), folds AS (
    SELECT until, missed, slot, n::int
      FROM change CROSS JOIN generate_series(greatest(change.nth, 1), next - 1) AS stays (nth)
      JOIN numbered ON numbered.nth = stays.nth
)"""


# From the last fold to where the totals are folded: before that edge every fact is known.
FOLD = f"""
WITH last AS MATERIALIZED (
    SELECT coalesce(max(until), '-infinity') AS until FROM lantoa_pastbucket WHERE {_CONTEST}
), edge AS MATERIALIZED (
    SELECT until FROM lantoa_totalsedge WHERE {_CONTEST}
), {
    _folds(
        f"SELECT missed, slot, n FROM lantoa_pastbucket WHERE {_CONTEST} AND until = (SELECT until FROM last)",
        "(SELECT until FROM last)",
        "(SELECT until FROM edge)",
    )
}
INSERT INTO lantoa_pastbucket (contest_id, until, missed, slot, n)
SELECT %(contest)s, until, missed, slot, n FROM folds WHERE n <> 0 ORDER BY until, missed, slot
"""

DIFFER = f"""
WITH kept AS (SELECT until, missed, slot, n FROM lantoa_pastbucket WHERE {_CONTEST}),
{
    _folds(
        "SELECT NULL::smallint AS missed, NULL::int AS slot, NULL::int AS n WHERE false",
        "'-infinity'",
        "coalesce((SELECT max(until) FROM kept), '-infinity')",
    )
}, expected AS (SELECT * FROM folds WHERE n <> 0)
SELECT format('until %%s missed %%s slot %%s', until, missed, slot) AS what FROM (
    (SELECT * FROM expected EXCEPT SELECT * FROM kept) UNION (SELECT * FROM kept EXCEPT SELECT * FROM expected)
) differing
"""

_OUTCOME = "new_missed, new_ms, old_missed, old_ms"
_FACTS = "correction_id IS NULL AND new_missed IS NOT NULL AND at < %(before)s"

# A step's two sides as rows: the result that came, the one that went.
_SIDES = "LATERAL (VALUES (1, new_missed, new_ms), (-1, old_missed, old_ms)) AS side(n, missed, ms)"

# Facts since the fold are looked up unit by unit: one index, which ranks inside a unit read too (UNIT_RANK).
_FROM_THE_FOLD = f"""edge AS MATERIALIZED (
    SELECT coalesce(max(until), '-infinity') AS w FROM lantoa_pastbucket WHERE {_CONTEST} AND until <= %(before)s
), since AS (
    SELECT fact.* FROM lantoa_unit u, LATERAL (
        SELECT {_OUTCOME} FROM lantoa_movement
         WHERE {_CONTEST} AND unit_id = u.id AND at >= (SELECT w FROM edge) AND {_FACTS} OFFSET 0) fact
     WHERE u.parent_id = (SELECT root_id FROM lantoa_contest WHERE id = %(contest)s)
    UNION ALL
    SELECT {_OUTCOME} FROM lantoa_movement
     WHERE {_CONTEST} AND correction_id IS NOT NULL AND at < %(before)s AND known_at <= %(known_at)s
)"""
_FOLDED = f"SELECT missed, slot, n FROM lantoa_pastbucket WHERE {_CONTEST} AND until = (SELECT w FROM edge)"


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

_BEFORE_MINE = f"< (m.missed, m.ms / {WIDTH})"

RANK = f"""
WITH {_FROM_THE_FOLD}, {_MINE}, folded AS (
    SELECT sum(n) FILTER (WHERE (f.missed, f.slot) {_BEFORE_MINE}) AS before, sum(n) AS total FROM m, ({_FOLDED}) f
), moved AS (
    SELECT sum(coalesce((new_missed, new_ms / {WIDTH}) {_BEFORE_MINE}, false)::int
             - coalesce((old_missed, old_ms / {WIDTH}) {_BEFORE_MINE}, false)::int) AS before,
           count(new_missed) - count(old_missed) AS total FROM m, since
)
SELECT m.missed, m.ms,
       (1 + coalesce(folded.before, 0) + coalesce(moved.before, 0)
          + coalesce((SELECT sum(n) FROM ({_slot("m.missed", f"(m.ms / {WIDTH})", "m.ms")}) near
                       WHERE {row()} < {row("m.")}), 0))::bigint,
       (coalesce(folded.total, 0) + moved.total)::bigint
  FROM m, folded, moved
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
# a fold holds somebody: as many slots as rows are asked for, and one more for each result that went since, are enough.
TOP = f"""
WITH {_FROM_THE_FOLD}, recent AS MATERIALIZED (
    SELECT side.missed, side.ms / {WIDTH} AS slot, side.n FROM since, {_SIDES} WHERE side.missed IS NOT NULL
), folded AS (
    {_FOLDED} ORDER BY missed, slot LIMIT %(size)s + (SELECT count(*) FROM recent WHERE n < 0)
), slots AS (
    SELECT missed, slot, sum(n) AS n FROM (SELECT * FROM folded UNION ALL SELECT * FROM recent) steps
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
SELECT line.rank::bigint, line.contestant_id, c.public_name,
       u.code, u.kind, u.name, {_KEY}
  FROM line
  JOIN lantoa_contestant c ON c.id = line.contestant_id
  LEFT JOIN LATERAL (
      SELECT unit_id FROM lantoa_movement WHERE {_CONTEST} AND contestant_id = c.id AND {_KNOWN}
       GROUP BY unit_id HAVING sum(reg) > 0) home ON true
  LEFT JOIN lantoa_unit u ON u.id = coalesce(home.unit_id, c.unit_id)
 ORDER BY {_KEY}, contestant_id
"""
