"""Make everything derived again from the facts, and say where the tables and the facts disagree."""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from django.db import connection, transaction

from lantoa.contests.models import Contest
from lantoa.exams.ranking import RANKING
from lantoa.exams.settling import unsettled
from lantoa.lib import clock
from lantoa.standings import item_statements, past_runs, statements
from lantoa.standings.fold import fold_past, fold_totals, fold_visits, lock

_KEY = ", ".join(RANKING)
_SHOWN = 3
CORRECTED = "F1 F3 what a corrected contestant counts for is what facts and corrections say"

# F1–F5 of figures.md §2. Each statement reads one snapshot and finds one text (`what`) a difference.
CHECKS = {
    "F1 a contestant's steps are one registration, one step an attempt, finished once": """
SELECT format('contestant %%s', c.id) AS what FROM lantoa_contestant c
  LEFT JOIN (SELECT contestant_id, sum(reg) AS reg, sum(fin) AS fin, sum(att) AS att FROM lantoa_movement
              WHERE contest_id = %(contest)s AND correction_id IS NULL GROUP BY 1) m ON m.contestant_id = c.id
  LEFT JOIN (SELECT contestant_id, count(*) AS n FROM lantoa_attempt
              WHERE submitted_at IS NOT NULL GROUP BY 1) a ON a.contestant_id = c.id
 WHERE c.contest_id = %(contest)s
   AND (coalesce(m.reg, 0), coalesce(m.fin, 0), coalesce(m.att, 0))
       <> (1, (coalesce(a.n, 0) > 0)::int, coalesce(a.n, 0))""",
    "F1 a step counts from the moment of its fact": """
WITH fact AS (
    SELECT a.contestant_id, a.submitted_at AS at
      FROM lantoa_attempt a JOIN lantoa_contestant c ON c.id = a.contestant_id
     WHERE c.contest_id = %(contest)s AND a.submitted_at IS NOT NULL
), step AS (
    SELECT contestant_id, at FROM lantoa_movement
     WHERE contest_id = %(contest)s AND correction_id IS NULL AND att = 1
)
SELECT format('contestant %%s at %%s', contestant_id, at) AS what FROM (
    (SELECT * FROM fact EXCEPT ALL SELECT * FROM step) UNION ALL (SELECT * FROM step EXCEPT ALL SELECT * FROM fact)
) differing""",
    "F1 every step lies in a unit that competes": """
SELECT format('unit %%s', m.unit_id) AS what FROM lantoa_movement m JOIN lantoa_unit u ON u.id = m.unit_id
 WHERE m.contest_id = %(contest)s
   AND u.parent_id IS DISTINCT FROM (SELECT root_id FROM lantoa_contest WHERE id = %(contest)s) GROUP BY m.unit_id""",
    "F2 at every moment a contestant is registered and finished once or not at all": """
WITH knowing AS (
    SELECT contestant_id, known_at AS upto FROM lantoa_movement
     WHERE contest_id = %(contest)s AND correction_id IS NOT NULL
    UNION SELECT id, 'infinity' FROM lantoa_contestant WHERE contest_id = %(contest)s
)
SELECT DISTINCT format('contestant %%s', contestant_id) AS what FROM (
    SELECT k.contestant_id, sum(m.reg) OVER w AS reg, sum(m.fin) OVER w AS fin
      FROM knowing k JOIN lantoa_movement m
        ON m.contestant_id = k.contestant_id AND m.known_at <= k.upto AND m.contest_id = %(contest)s
    WINDOW w AS (PARTITION BY k.contestant_id, k.upto ORDER BY m.at)
) running WHERE reg NOT BETWEEN 0 AND 1 OR fin NOT BETWEEN 0 AND 1""",
    "F3 the best result is the least key of the contestant's attempts": f"""
WITH expected AS (
    SELECT DISTINCT ON (contestant_id) contestant_id, unit_id, {_KEY} FROM (
        SELECT a.contestant_id, c.unit_id, cardinality(a.questions) - a.correct AS missed, a.duration_ms AS ms,
               a.submitted_at
          FROM lantoa_attempt a JOIN lantoa_contestant c ON c.id = a.contestant_id
         WHERE c.contest_id = %(contest)s AND a.submitted_at IS NOT NULL AND NOT c.corrected
    ) attempt ORDER BY contestant_id, {_KEY}
), kept AS (
    SELECT b.contestant_id, b.unit_id, {_KEY} FROM lantoa_best b JOIN lantoa_contestant c ON c.id = b.contestant_id
     WHERE b.contest_id = %(contest)s AND NOT c.corrected
)
SELECT DISTINCT format('contestant %%s', contestant_id) AS what FROM (
    (SELECT * FROM expected EXCEPT SELECT * FROM kept) UNION (SELECT * FROM kept EXCEPT SELECT * FROM expected)
) differing""",
    "F4 buckets and waiting changes are the recount of the best results": statements.RANKS_DIFFER,
    "F5 the totals by minute are the sums of the steps before them": statements.TOTALS_DIFFER,
    "F5 the runs of past moments are the steps of results, in their order": past_runs.DIFFER,
    "F5 the sums of questions are the recount of the first attempts before them": item_statements.DIFFER,
    "F5 the totals of visits are the sums of the minutes before them": statements.VISITS_DIFFER,
}


def rebuild(contest: Contest) -> None:
    """Drop what is derived and make it again, in one transaction; readers see the old state until it is done."""
    with transaction.atomic():
        lock(contest)
        with connection.cursor() as cursor:
            for statement in (*statements.FORGET, statements.REBUILD_RANKS):
                cursor.execute(statement, {"contest": contest.pk})
        at = clock.now()
        fold_totals(contest, at)
        fold_visits(contest, at)
        fold_past(contest)


def difference(contest: Contest) -> list[str]:
    """What does not agree, one sentence a rule; empty when all is well. Costs a recount: for the operator only."""
    found = []
    for rule, statement in CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), (array_agg(what))[1:{_SHOWN}] FROM ({statement}) found",
                {"contest": contest.pk},
            )
            row = cursor.fetchone()
        assert row is not None
        found += _said(rule, *row)
    differing = unsettled(contest)
    return found + _said(CORRECTED, len(differing), differing[:_SHOWN])


def _said(rule: str, count: int, some: list[str]) -> list[str]:
    return [f"{rule}: {count} differ ({'; '.join(some)}{' …' if count > _SHOWN else ''})"] if count else []
