"""The statements of `item_use.py`: the sums of each question's answers in first attempts (items.md §8)."""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.exams.marking import NOTHING, OPTIONS, ORDERS

# Place of an option in the author's order, by how it was shown: ORDERS laid end to end.
_PLACES = f"ARRAY{[place for order in ORDERS for place in order]}"
_SUMS = ("n", "hits", "rest", "rest_squares", "rest_of_hits")
_CHOSEN = ", ".join(f"count(*) FILTER (WHERE place = {place})" for place in range(OPTIONS + 1))


def _counted(since: str, until: str) -> str:
    """Sums by question over the first attempts that were handed in from `since` on, before `until`.

    The step of the journal in which somebody finished (`fin`) is that of the first attempt.
    """
    return f"""
WITH sheet AS (
    SELECT a.id, a.questions, a.orders, a.answers
      FROM lantoa_movement m JOIN lantoa_attempt a ON a.contestant_id = m.contestant_id AND a.number = 1
     WHERE m.contest_id = %(contest)s AND m.correction_id IS NULL AND m.fin = 1 AND m.at >= {since} AND m.at < {until}
), answer AS (
    SELECT s.id, part.question, CASE WHEN part.shown = {NOTHING} THEN {OPTIONS}
           ELSE ({_PLACES})[part.way * {OPTIONS} + part.shown + 1] END AS place
      FROM sheet s, unnest(s.questions, s.orders, s.answers) AS part(question, way, shown)
), marked AS (
    SELECT a.question, a.place, (a.place = q.key)::int AS hit,
           sum((a.place = q.key)::int) OVER (PARTITION BY a.id) - (a.place = q.key)::int AS rest
      FROM answer a JOIN lantoa_question q ON q.id = a.question
)
SELECT question, count(*) AS n, sum(hit) AS hits, sum(rest) AS rest, sum(rest * rest) AS rest_squares,
       sum(hit * rest) AS rest_of_hits, ARRAY[{_CHOSEN}] AS chosen
  FROM marked GROUP BY question"""


FOLD = f"""
INSERT INTO lantoa_questiontally AS t (contest_id, question_id, {", ".join(_SUMS)}, chosen)
SELECT %(contest)s, * FROM ({_counted("%(since)s", "%(until)s")}) step ORDER BY question
ON CONFLICT (contest_id, question_id) DO UPDATE SET
    {", ".join(f"{name} = t.{name} + excluded.{name}" for name in _SUMS)},
    chosen = ARRAY(SELECT had + came FROM unnest(t.chosen, excluded.chosen) WITH ORDINALITY AS part(had, came, place)
                    ORDER BY place)
"""

DIFFER = f"""
WITH expected AS ({_counted("'-infinity'", "(SELECT until FROM lantoa_questionedge WHERE contest_id = %(contest)s)")}),
kept AS (SELECT question_id, {", ".join(_SUMS)}, chosen FROM lantoa_questiontally WHERE contest_id = %(contest)s)
SELECT format('question %%s', question) AS what FROM (
    (SELECT * FROM expected EXCEPT SELECT * FROM kept) UNION (SELECT * FROM kept EXCEPT SELECT * FROM expected)
) differing GROUP BY question
"""
