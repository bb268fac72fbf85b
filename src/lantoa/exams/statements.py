"""The room's own SQL: what an attempt costs is decided here (performance.md)."""

# ruff: noqa: S608 (put together from the house's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.contests.ledger import ENTERED

# Of two starts at once the first insert stands; the other finds no row and reads the first one's.
START = """
INSERT INTO lantoa_attempt (contestant_id, number, bank_id, questions, orders, answers, revision, started_at, deadline,
                            closed_by)
VALUES (%(contestant)s, %(number)s, %(bank)s, %(questions)s, %(orders)s, %(answers)s, 0, %(at)s, %(deadline)s, '')
ON CONFLICT DO NOTHING
RETURNING id
"""

# One row, no index touched. `at` null means the database's clock.
SAVE = """
UPDATE lantoa_attempt
   SET answers = %(answers)s, revision = %(revision)s, saved_at = coalesce(%(at)s, clock_timestamp())
 WHERE contestant_id = %(contestant)s AND number = %(number)s AND submitted_at IS NULL
   AND deadline > coalesce(%(at)s, clock_timestamp()) AND revision < %(revision)s
   AND cardinality(questions) = cardinality(%(answers)s::smallint[])
RETURNING revision
"""

# The attempt's row is locked by the caller. Appends facts only and touches no shared counter (law 7): the worker folds
# and numbers the log's entry.
SUBMIT = f"""
WITH {ENTERED}, closed AS (
    UPDATE lantoa_attempt
       SET answers = %(answers)s, submitted_at = %(at)s, closed_by = %(closed_by)s, correct = %(correct)s,
           duration_ms = %(ms)s
     WHERE id = %(attempt)s
), moved AS (
    INSERT INTO lantoa_movement (contest_id, at, known_at, unit_id, contestant_id, reg, fin, att,
                                 old_missed, old_ms, old_at, new_missed, new_ms)
    VALUES (%(contest)s, %(at)s, %(at)s, %(unit)s, %(contestant)s, 0, %(first)s::int, 1,
            %(old_missed)s, %(old_ms)s, %(old_at)s,
            CASE WHEN %(better)s THEN %(missed)s END, CASE WHEN %(better)s THEN %(ms)s END)
), kept AS (
    INSERT INTO lantoa_best (contest_id, contestant_id, unit_id, attempt_id, missed, ms, submitted_at)
    SELECT %(contest)s, %(contestant)s, %(unit)s, %(attempt)s, %(missed)s, %(ms)s, %(at)s WHERE %(better)s
    ON CONFLICT (contest_id, contestant_id) DO UPDATE
       SET unit_id = excluded.unit_id, attempt_id = excluded.attempt_id, missed = excluded.missed, ms = excluded.ms,
           submitted_at = excluded.submitted_at
)
INSERT INTO lantoa_change (contest_id, unit_id, old_missed, old_ms, new_missed, new_ms)
SELECT %(contest)s, %(unit)s, %(old_missed)s, %(old_ms)s, %(missed)s, %(ms)s WHERE %(better)s
"""
