"""The room's own SQL: what an attempt costs is decided here (performance.md).

Each fact comes in two forms. The first asks for everything in one statement, also who is signed in: it is for somebody
with a slip (`slips.py`), and finds no row whenever anything is not as the slip says. The second is for `actions.py`,
which has read and locked what it needs and knows every reason.
"""

# ruff: noqa: S608 (put together from the house's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.contests.ledger import sealed
from lantoa.exams import ranking
from lantoa.lib.rows import squeezed

# Facts are as exact as the log: whole milliseconds (lib/clock.py).
_NOW = "now AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS at)"
_SIGNED_IN = """
      JOIN lantoa_account a ON a.person_id = c.person_id
      JOIN lantoa_session s ON s.account_id = a.id AND s.key = %(session)s AND s.expires_at > now.at"""

# Of two starts at once the first insert stands; the other finds no row and reads the first one's. What the rules say
# was looked at when the slip was written: it stands as long as rules and content are the same.
START = squeezed(f"""
WITH {_NOW}, admitted AS MATERIALIZED (
    SELECT c.id, now.at, least(now.at + k.time_limit, k.closes_at) AS deadline
      FROM now CROSS JOIN lantoa_contestant c
      JOIN lantoa_contest k ON k.id = c.contest_id {_SIGNED_IN}
     WHERE c.id = %(contestant)s AND c.contest_id = %(contest)s AND c.valid_at IS NOT NULL AND NOT c.corrected
       AND k.published AND k.opens_at <= now.at AND now.at < k.closes_at
       AND k.rules_version = %(rules)s AND k.package_version = %(package)s AND k.number_value = %(public_number)s
)
INSERT INTO lantoa_attempt (contestant_id, number, bank_id, questions, orders, answers, revision, started_at, deadline,
                            closed_by)
SELECT id, %(number)s, %(bank)s, %(questions)s::bigint[], %(orders)s::smallint[], %(answers)s::smallint[], 0, at,
       deadline, ''
  FROM admitted
ON CONFLICT DO NOTHING
RETURNING id, started_at, deadline
""")
START_ADMITTED = squeezed("""
INSERT INTO lantoa_attempt (contestant_id, number, bank_id, questions, orders, answers, revision, started_at, deadline,
                            closed_by)
VALUES (%(contestant)s, %(number)s, %(bank)s, %(questions)s, %(orders)s, %(answers)s, 0, %(at)s, %(deadline)s, '')
ON CONFLICT DO NOTHING
RETURNING id
""")

# One row, no index touched.
SAVE = squeezed(f"""
WITH {_NOW}
UPDATE lantoa_attempt t
   SET answers = %(answers)s::smallint[], revision = %(revision)s, saved_at = clock_timestamp()
  FROM now CROSS JOIN lantoa_contestant c {_SIGNED_IN}
 WHERE t.id = %(attempt)s AND c.id = t.contestant_id AND t.submitted_at IS NULL AND t.deadline > now.at
   AND t.revision < %(revision)s
RETURNING t.revision
""")
# `at` null means the database's clock.
SAVE_OWN = squeezed("""
UPDATE lantoa_attempt
   SET answers = %(answers)s, revision = %(revision)s, saved_at = coalesce(%(at)s, clock_timestamp())
 WHERE contestant_id = %(contestant)s AND number = %(number)s AND submitted_at IS NULL
   AND deadline > coalesce(%(at)s, clock_timestamp()) AND revision < %(revision)s
   AND cardinality(questions) = cardinality(%(answers)s::smallint[])
RETURNING revision
""")

# Appends facts only and touches no shared counter (law 7): the worker folds and numbers the log's entry. The row of the
# contestant is held as the foreign keys would hold it anyway; if a correction came since, nothing is written. A fact
# counts in the unit joined for; what moved is corrected.
_APPENDED = f"""
{sealed("sat", "%(log_head)s::text || ms || ' ' || rules_version || %(log_tail)s::text")}, closed AS (
    UPDATE lantoa_attempt t
       SET answers = %(answers)s::smallint[], submitted_at = sat.submitted_at, closed_by = sat.closed_by,
           correct = %(correct)s, duration_ms = sat.ms
      FROM sat WHERE t.id = sat.attempt_id
), moved AS (
    INSERT INTO lantoa_movement (contest_id, at, known_at, unit_id, contestant_id, reg, fin, att,
                                 old_missed, old_ms, old_at, new_missed, new_ms)
    SELECT contest_id, submitted_at, submitted_at, unit_id, contestant_id, 0, first::int, 1,
           old_missed, old_ms, old_at, CASE WHEN better THEN missed END, CASE WHEN better THEN ms END
      FROM sat
), kept AS (
    INSERT INTO lantoa_best (contest_id, contestant_id, unit_id, attempt_id, missed, ms, submitted_at)
    SELECT contest_id, contestant_id, unit_id, attempt_id, missed, ms, submitted_at
      FROM sat WHERE better AND NOT corrected
    ON CONFLICT (contest_id, contestant_id) DO UPDATE
       SET unit_id = excluded.unit_id, attempt_id = excluded.attempt_id, missed = excluded.missed, ms = excluded.ms,
           submitted_at = excluded.submitted_at
), changed AS (
    INSERT INTO lantoa_change (contest_id, unit_id, old_missed, old_ms, new_missed, new_ms)
    SELECT contest_id, unit_id, old_missed, old_ms, missed, ms FROM sat WHERE better AND NOT corrected
)
SELECT number FROM sat
"""
# The best read beside the lock is right: another attempt of this person can only start after this one is closed.
SUBMIT = squeezed(f"""
WITH {_NOW}, held AS MATERIALIZED (
    SELECT c.contest_id, c.id AS contestant_id, c.joined_unit_id AS unit_id, c.corrected, k.rules_version,
           t.id AS attempt_id, t.number, now.at AS submitted_at, 'submit' AS closed_by, %(missed)s::int AS missed,
           (extract(epoch FROM now.at - t.started_at) * 1000)::int AS ms
      FROM now CROSS JOIN lantoa_attempt t
      JOIN lantoa_contestant c ON c.id = t.contestant_id
      JOIN lantoa_contest k ON k.id = c.contest_id {_SIGNED_IN}
     WHERE t.id = %(attempt)s AND t.submitted_at IS NULL AND now.at < t.deadline AND NOT c.corrected AND k.published
       FOR NO KEY UPDATE OF t FOR KEY SHARE OF c
), sat AS MATERIALIZED (
    SELECT h.*, b.contestant_id IS NULL AS first,
           b.contestant_id IS NULL OR {ranking.row("h.")} < {ranking.row("b.")} AS better,
           b.missed AS old_missed, b.ms AS old_ms, b.submitted_at AS old_at
      FROM held h LEFT JOIN lantoa_best b ON b.contestant_id = h.contestant_id
), {_APPENDED}
""")
# The attempt's row is locked by the caller.
SUBMIT_HELD = squeezed(f"""
WITH sat AS MATERIALIZED (
    SELECT c.contest_id, c.id AS contestant_id, c.joined_unit_id AS unit_id, %(corrected)s::boolean AS corrected,
           k.rules_version, %(attempt)s::bigint AS attempt_id, %(number)s::int AS number,
           %(at)s::timestamptz AS submitted_at, %(closed_by)s::text AS closed_by,
           %(missed)s::int AS missed, %(ms)s::int AS ms,
           %(first)s::boolean AS first, %(better)s::boolean AS better,
           %(old_missed)s::int AS old_missed, %(old_ms)s::int AS old_ms, %(old_at)s::timestamptz AS old_at
      FROM lantoa_contestant c
      JOIN lantoa_contest k ON k.id = c.contest_id
     WHERE c.id = %(contestant)s AND c.corrected = %(corrected)s FOR KEY SHARE OF c
), {_APPENDED}
""")
