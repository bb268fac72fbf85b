"""A crowd of invented contestants with all their facts, made inside the database: 100,000 of them in seconds.

Everything is drawn from the seed by hashing (`lottery`), so that the same seed gives the same crowd. What is written is
what actions would have written: people, entries, submitted attempts of the contest's bank (an invented one if it has
none), best results, steps of the journal and waiting changes. Nothing is folded: `standings.rebuild.rebuild` does it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from lantoa.contests.models import Contest, Contestant
from lantoa.exams.models import Bank
from lantoa.units.models import COMMUNE_LEVEL

ENOUGH_TO_PLAN_FOR = 1000  # from here on the planner is told how large the tables have become
TABLES = [f"lantoa_{name}" for name in ("person", "contestant", "attempt", "best", "movement", "change")]

# The rows are consistent as they are made: a superuser may skip looking up every foreign key again (half the time).
_TRUST = "SELECT set_config('session_replication_role', %(role)s, true) WHERE current_setting('is_superuser') = 'on'"

# Who and what was there before: what is made now is looked for behind it, or each batch would read all the others again.
_BEFORE = """
SELECT coalesce((SELECT max(id) FROM lantoa_contestant), 0), coalesce((SELECT max(id) FROM lantoa_attempt), 0)
"""
# Nobody knows yet how many rows lie behind it, and a loop within a loop would be the worst guess.
_NO_LOOPS = "SELECT set_config('enable_nestloop', %(value)s, true)"

_LOTTERY = """
CREATE OR REPLACE FUNCTION pg_temp.lottery(what bigint, which bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(what, which) & 9007199254740991) / 9007199254740992.0 $$;
"""

# Communes by population (equal shares where none is known), people by hour since the opening, the later the more.
_PEOPLE = """
CREATE TEMP TABLE crowd ON COMMIT DROP AS
WITH place AS (
    SELECT u.id, sum(coalesce(p.value, 1000)) OVER (ORDER BY u.code) AS upto, coalesce(p.value, 1000) AS value
      FROM lantoa_unit u LEFT JOIN LATERAL (
          SELECT value FROM lantoa_population WHERE unit_id = u.id ORDER BY valid_from DESC, known_at DESC LIMIT 1) p ON true
     WHERE u.parent_id = %(root)s AND u.kind = ANY(%(kinds)s)
), shares AS (
    SELECT array_agg(id ORDER BY upto) AS ids, array_agg(upto::float8 / (SELECT max(upto) FROM place) ORDER BY upto) AS upto
      FROM place
), names AS (
    SELECT string_to_array('Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Ngô Dương Đoàn', ' ') AS family,
           string_to_array('Văn,Thị,Hữu,Đức,Minh,Thị Thu,Quang,Thị Ngọc,Hoàng Phương,Gia', ',') AS middle,
           string_to_array('An Bình Chi Dũng Giang Hà Hải Hòa Hương Khánh Lan Linh Mai Nam Nguyên Phúc Quân Thảo Tuấn Yến', ' ')
           AS given
), drawn AS (
    SELECT i, md5('person ' || %(seed)s || ' ' || i || ' ' || %(contest)s)::uuid AS person,
           ids[1 + width_bucket(pg_temp.lottery(i, %(seed)s), upto)] AS unit,
           family[1 + floor(12 * pg_temp.lottery(i, %(seed)s + 1))::int] || ' '
             || middle[1 + floor(10 * pg_temp.lottery(i, %(seed)s + 2))::int] || ' '
             || given[1 + floor(20 * pg_temp.lottery(i, %(seed)s + 3))::int] AS name,
           (ARRAY['resident', 'pupil', 'official', 'worker', 'member'])
             [1 + floor(5 * pg_temp.lottery(i, %(seed)s + 4))::int] AS "group",
           %(planted)s AND i %% 25 = 0 AS tied,
           sqrt(pg_temp.lottery(i, %(seed)s + 5)) AS along
      FROM generate_series(1, %(people)s) i, shares, names
)
SELECT *, date_trunc('milliseconds', CASE WHEN tied THEN %(opens)s ELSE
            %(opens)s + along * (%(until)s - %(opens)s) * 0.98 END) AS joined_at,
       CASE WHEN tied THEN 1 WHEN i %% 7 < 3 THEN 0 ELSE
            1 + floor(3 * pow(pg_temp.lottery(i, %(seed)s + 6), 3))::int END AS attempts
  FROM drawn
"""

_SHEETS = """
CREATE TEMP TABLE sitting ON COMMIT DROP AS
WITH timed AS (
    SELECT c.i, c.person, c.tied, number, c.joined_at, c.attempts,
           CASE WHEN tied THEN %(asked)s - (c.i / 25) %% 3
                ELSE %(asked)s - least(%(asked)s, floor(9 * pow(pg_temp.lottery(c.i * 8 + number, %(seed)s + 7), 1.5)))::int
           END AS correct,
           CASE WHEN tied THEN 300000 ELSE
                90000 + floor((%(limit_ms)s - 90000) * pow(pg_temp.lottery(c.i * 8 + number, %(seed)s + 8), 2))::int
           END AS ms
      FROM crowd c, generate_series(1, c.attempts) number
)
SELECT *, CASE WHEN tied THEN joined_at + (%(until)s - %(opens)s) * (0.1 + 0.1 * ((i / 75) %% 3))
               ELSE joined_at + (%(until)s - joined_at - %(limit)s) * (number - 0.5) / (attempts + 0.5) END AS started_at
  FROM timed
"""

_ENTER = [
    """
INSERT INTO lantoa_person (id, full_name, sort_key, unit_id, "group", created_at)
SELECT person, name, lower(name), unit, "group", joined_at FROM crowd
""",
    """
INSERT INTO lantoa_contestant (contest_id, person_id, who, joined_unit_id, unit_id, "group", joined_at, valid_at,
                               public_name)
SELECT %(contest)s, person, decode(md5('who ' || person), 'hex'), unit, unit, "group", joined_at, joined_at, name
  FROM crowd ORDER BY joined_at, i
""",
    """
INSERT INTO lantoa_attempt (contestant_id, number, bank_id, questions, orders, answers, revision, started_at, deadline,
                            submitted_at, closed_by, correct, duration_ms)
SELECT c.id, s.number, %(bank)s, %(questions)s, array_fill(0, ARRAY[%(asked)s]), array_fill(0, ARRAY[%(asked)s]), 1,
       s.started_at, s.started_at + %(limit)s, s.started_at + s.ms * interval '1 millisecond', 'submit', s.correct, s.ms
  FROM sitting s JOIN lantoa_contestant c ON c.person_id = s.person AND c.contest_id = %(contest)s
 WHERE c.id > %(entered)s
""",
    """
CREATE TEMP TABLE story ON COMMIT DROP AS
SELECT a.*, before[1]::int AS old_missed, before[2]::int AS old_ms, to_timestamp(before[3]) AS old_at,
       before IS NULL OR ARRAY[missed, ms, extract(epoch FROM submitted_at)] < before AS better FROM (
    SELECT a.id, a.contestant_id, c.unit_id, a.number, %(asked)s - a.correct AS missed, a.duration_ms AS ms, a.submitted_at,
           min(ARRAY[%(asked)s - a.correct, a.duration_ms, extract(epoch FROM a.submitted_at)]) OVER (
               PARTITION BY a.contestant_id ORDER BY a.number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM lantoa_attempt a JOIN lantoa_contestant c ON c.id = a.contestant_id
     WHERE c.contest_id = %(contest)s AND a.id > %(sat)s AND c.id > %(entered)s
) a
""",
    """
INSERT INTO lantoa_best (contest_id, contestant_id, unit_id, attempt_id, missed, ms, submitted_at)
SELECT DISTINCT ON (contestant_id) %(contest)s, contestant_id, unit_id, id, missed, ms, submitted_at
  FROM story ORDER BY contestant_id, missed, ms, submitted_at
""",
    """
INSERT INTO lantoa_movement (contest_id, at, known_at, unit_id, contestant_id, reg, fin, att,
                             old_missed, old_ms, old_at, new_missed, new_ms)
SELECT %(contest)s, at, at, unit_id, contestant_id, reg, fin, att, old_missed, old_ms, old_at, new_missed, new_ms FROM (
    SELECT c.joined_at AS at, c.unit_id, c.id AS contestant_id, 1 AS reg, 0 AS fin, 0 AS att, NULL::int AS old_missed,
           NULL::int AS old_ms, NULL::timestamptz AS old_at, NULL::int AS new_missed, NULL::int AS new_ms
      FROM lantoa_contestant c WHERE c.contest_id = %(contest)s AND c.id > %(entered)s
    UNION ALL
    SELECT submitted_at, unit_id, contestant_id, 0, (number = 1)::int, 1, old_missed, old_ms,
           old_at,
           CASE WHEN better THEN missed END, CASE WHEN better THEN ms END
      FROM story
) step ORDER BY at
""",
    """
INSERT INTO lantoa_change (contest_id, unit_id, old_missed, old_ms, new_missed, new_ms)
SELECT %(contest)s, unit_id, old_missed, old_ms, missed, ms FROM story WHERE better ORDER BY submitted_at
""",
]


@transaction.atomic
def crowd(contest: Contest, *, people: int, seed: int = 1, until: datetime | None = None, planted: bool = True) -> None:
    """``people`` contestants who joined and sat between the opening and ``until`` (None: the closing).

    About 41 in 100 finish nothing, some sit twice or three times, and every 25th may be ``planted``: equal results, times
    and moments, so that ranks meet ties. A seed can be used once in a contest.
    """
    bank = Bank.objects.current(contest) or _bank(contest)
    parameters = {
        "contest": contest.pk,
        "root": contest.root_id,
        "kinds": list(COMMUNE_LEVEL),
        "people": people,
        "planted": planted,
        "seed": seed * 1000,
        "opens": contest.opens_at,
        "until": until or contest.closes_at,
        "asked": contest.asked,
        "limit": contest.time_limit,
        "limit_ms": int(contest.time_limit.total_seconds() * 1000),
        "bank": bank.pk,
        "questions": bank.questions[: contest.asked],
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOTTERY)
        cursor.execute(_TRUST, {"role": "replica"})
        cursor.execute(_NO_LOOPS, {"value": "off"})
        parameters["entered"], parameters["sat"] = cursor.execute(_BEFORE).fetchone()
        for statement in (_PEOPLE, _SHEETS, *_ENTER):
            cursor.execute(statement, parameters)
        cursor.execute(_TRUST, {"role": "origin"})
        cursor.execute(_NO_LOOPS, {"value": "on"})
        cursor.execute("DROP TABLE crowd, sitting, story")
        if people >= ENOUGH_TO_PLAN_FOR:
            cursor.execute(f"ANALYZE {', '.join(TABLES)}")


def finishers(contest: Contest) -> list[Contestant]:
    """Those with a result, by entry."""
    return list(Contestant.objects.filter(contest=contest, best__isnull=False).order_by("pk"))


def _bank(contest: Contest) -> Bank:
    return Bank.objects.create(
        contest=contest,
        version=1,
        blueprint={},
        weights={},
        questions=list(range(1, contest.asked + 1)),
        digest="crowd",
        published_at=contest.opens_at,
    )
