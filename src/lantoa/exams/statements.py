"""The room's own SQL: what an attempt costs is decided here (performance.md)."""

# ruff: noqa: S608 (put together from the house's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.contests.ledger import entered

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
# and numbers the log's entry. The contestant's row is held as the foreign keys would hold it anyway; if a correction
# came since it was read, nothing is written. A fact counts in the unit joined for; what moved is corrected.
SUBMIT = f"""
WITH held AS MATERIALIZED (
    SELECT joined_unit_id AS unit_id FROM lantoa_contestant
     WHERE id = %(contestant)s AND corrected = %(corrected)s FOR KEY SHARE
), {entered("FROM held")}, closed AS (
    UPDATE lantoa_attempt
       SET answers = %(answers)s, submitted_at = %(at)s, closed_by = %(closed_by)s, correct = %(correct)s,
           duration_ms = %(ms)s
      FROM held WHERE id = %(attempt)s
), moved AS (
    INSERT INTO lantoa_movement (contest_id, at, known_at, unit_id, contestant_id, reg, fin, att,
                                 old_missed, old_ms, old_at, new_missed, new_ms)
    SELECT %(contest)s, %(at)s, %(at)s, unit_id, %(contestant)s, 0, %(first)s::int, 1,
           %(old_missed)s::int, %(old_ms)s::int, %(old_at)s::timestamptz,
           CASE WHEN %(better)s THEN %(missed)s END, CASE WHEN %(better)s THEN %(ms)s END
      FROM held
), kept AS (
    INSERT INTO lantoa_best (contest_id, contestant_id, unit_id, attempt_id, missed, ms, submitted_at)
    SELECT %(contest)s, %(contestant)s, unit_id, %(attempt)s, %(missed)s, %(ms)s, %(at)s
      FROM held WHERE %(better)s AND NOT %(corrected)s
    ON CONFLICT (contest_id, contestant_id) DO UPDATE
       SET unit_id = excluded.unit_id, attempt_id = excluded.attempt_id, missed = excluded.missed, ms = excluded.ms,
           submitted_at = excluded.submitted_at
), changed AS (
    INSERT INTO lantoa_change (contest_id, unit_id, old_missed, old_ms, new_missed, new_ms)
    SELECT %(contest)s, unit_id, %(old_missed)s::int, %(old_ms)s::int, %(missed)s, %(ms)s
      FROM held WHERE %(better)s AND NOT %(corrected)s
)
SELECT unit_id FROM held
"""
