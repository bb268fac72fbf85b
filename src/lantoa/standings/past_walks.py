"""The statements of `past.py`: who stood where at a past moment, from the runs of the buckets and the journal.

A moment T comes as `before` = T + 1 µs. Runs count facts only (past_runs.py); facts not folded yet and corrections are
signed steps of the journal; the part that decides is counted exactly by `exams/ranking.py` (figures.md §4).
"""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.exams.ranking import RANKING, row
from lantoa.standings import past_runs, tree
from lantoa.standings.past_runs import always, results
from lantoa.standings.tree import CITY_DEPTH
from lantoa.standings.walks import family

WIDTH = tree.width(CITY_DEPTH)  # ms of the parts that decide
_KEY = ", ".join(RANKING)
_CONTEST = "contest_id = %(contest)s"
_KNOWN = "at < %(before)s AND (correction_id IS NULL OR known_at <= %(known_at)s)"
_OUTCOME = "new_missed, new_ms, old_missed, old_ms"
_FACTS = "correction_id IS NULL AND new_missed IS NOT NULL AND at < %(before)s"

# A step's two sides as rows: the result that came, the one that went.
_SIDES = "LATERAL (VALUES (1, new_missed, new_ms), (-1, old_missed, old_ms)) AS side(n, missed, ms)"

# Facts that are not folded yet are looked up unit by unit: one index, which ranks inside a unit read too (UNIT_RANK).
_SINCE_THE_FOLD = f"""last AS MATERIALIZED (SELECT {past_runs.LAST} AS at), since AS (
    SELECT fact.* FROM lantoa_unit u, LATERAL (
        SELECT {_OUTCOME} FROM lantoa_movement
         WHERE {_CONTEST} AND unit_id = u.id AND at > (SELECT at FROM last) AND {_FACTS} OFFSET 0) fact
     WHERE u.parent_id = (SELECT root_id FROM lantoa_contest WHERE id = %(contest)s)
       AND (SELECT at FROM last) < %(before)s
    UNION ALL
    SELECT {_OUTCOME} FROM lantoa_movement
     WHERE {_CONTEST} AND correction_id IS NOT NULL AND at < %(before)s AND known_at <= %(known_at)s
)"""


def _slot(missed: str, slot: str, upto: str) -> str:
    """All steps of results in one slot, found by the journal's indexes by result."""

    def inside(which: str) -> str:
        bounds = f"{which}_ms >= {slot} * {WIDTH} AND {which}_ms <= {upto}"
        return f"{which}_missed = {missed} AND {bounds} AND {_KNOWN}"

    return results(inside("new"), inside("old"))


_MINE = f"""m AS MATERIALIZED (
    SELECT {_KEY} FROM ({always(f"contestant_id = %(contestant)s AND {_KNOWN}")}) mine
     GROUP BY {_KEY} HAVING sum(n) > 0
)"""

_BEFORE_MINE = f"< (m.missed, m.ms / {WIDTH})"

_FOLDED_BEFORE_MINE = " + ".join(
    past_runs.counted(level, "m.missed", "m.ms", tree.place(level, "m.missed", "m.ms"))
    for level in range(CITY_DEPTH + 1)
)

RANK = f"""
WITH {_SINCE_THE_FOLD}, {_MINE}, moved AS (
    SELECT sum(coalesce((new_missed, new_ms / {WIDTH}) {_BEFORE_MINE}, false)::int
             - coalesce((old_missed, old_ms / {WIDTH}) {_BEFORE_MINE}, false)::int) AS before,
           count(new_missed) - count(old_missed) AS total FROM m, since
)
SELECT m.missed, m.ms,
       (1 + {_FOLDED_BEFORE_MINE} + coalesce(moved.before, 0)
          + coalesce((SELECT sum(n) FROM ({_slot("m.missed", f"(m.ms / {WIDTH})", "m.ms")}) near
                       WHERE {row()} < {row("m.")}), 0))::bigint,
       ({past_runs.counted(0)} + moved.total)::bigint
  FROM m, moved
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
        {always(f"contestant_id = here.contestant_id AND {_KNOWN}")}) s
)
SELECT m.missed, m.ms, (1 + coalesce(sum(n) FILTER (WHERE {row("step.")} < {row("m.")}), 0))::bigint,
       coalesce(sum(n), 0)::bigint
  FROM m, step GROUP BY m.missed, m.ms
"""


def _level(number: int) -> str:
    """One step down: in the buckets that hold the first rows, the parts that do."""
    width, slots = tree.WIDTHS[number - 1], f"slots{number}"
    whole = tree.WIDTHS[number - 2] if number > 1 else 0
    ms = f"above.slot * {whole}" if whole else "0"
    found = f"AND recent.ms / {whole} = above.slot" if whole else ""
    return f"""{slots} AS (
    SELECT missed, slot, sum(n) AS n FROM (
        SELECT above.missed, {f"above.slot * {whole // width} + " if whole else ""}b.place AS slot, b.n
          FROM needed{number - 1} above, LATERAL ({past_runs.inside(number, "above.missed", f"({ms})")}) b
        UNION ALL
        SELECT above.missed, recent.ms / {width}, recent.n
          FROM needed{number - 1} above JOIN recent ON recent.missed = above.missed {found}
    ) steps GROUP BY 1, 2 HAVING sum(n) <> 0
), {_needed(number, slots)}"""


def _needed(number: int, slots: str) -> str:
    """The slots from the best one to the one that holds the last row asked for."""
    return f"""needed{number} AS MATERIALIZED (
    SELECT missed, slot FROM (SELECT missed, slot, sum(n) OVER (ORDER BY missed, slot) - n AS before FROM {slots}) walk
     WHERE before < %(size)s
)"""


# Down from level to level with all slots that hold some of the first rows; then the people in the finest ones.
TOP = f"""
WITH {_SINCE_THE_FOLD}, recent AS MATERIALIZED (
    SELECT side.missed, side.ms, side.n FROM since, {_SIDES} WHERE side.missed IS NOT NULL
), slots0 AS (
    SELECT missed, 0 AS slot, sum(n) AS n FROM (
        SELECT b.place AS missed, b.n FROM ({past_runs.inside(0)}) b UNION ALL SELECT missed, n FROM recent
    ) steps GROUP BY 1 HAVING sum(n) <> 0
), {_needed(0, "slots0")}, {", ".join(_level(number) for number in range(1, CITY_DEPTH + 1))}, near AS (
    SELECT s.contestant_id, s.missed, s.ms, s.submitted_at
      FROM needed{CITY_DEPTH} needed,
         LATERAL ({_slot("needed.missed", "needed.slot", f"(needed.slot + 1) * {WIDTH} - 1")}) s
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
