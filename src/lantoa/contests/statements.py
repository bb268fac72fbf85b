"""The room's own SQL: what it costs to take part is decided here (decision 0032)."""

# ruff: noqa: S608 (put together from the house's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.contests import ledger
from lantoa.lib.rows import squeezed
from lantoa.people.validity import CONSENTED

# Who is in already stays as they are: of several at once one row is made. Whether a
# consent stands is looked at here, in the moment in which it counts.
JOIN = squeezed(f"""
WITH entry AS (
    INSERT INTO lantoa_contestant (contest_id, person_id, who, joined_unit_id, unit_id, sub_unit_id, "group", joined_at,
                                   valid_at)
    VALUES (%(contest)s, %(person)s, %(who)s, %(unit)s, %(unit)s, %(sub_unit)s, %(group)s, %(at)s,
            CASE WHEN %(complete)s AND {CONSENTED} THEN %(at)s::timestamptz END)
    ON CONFLICT (contest_id, person_id) DO NOTHING
    RETURNING id, contest_id AS contest, valid_at
), step AS (
    INSERT INTO lantoa_movement (contest_id, at, known_at, unit_id, contestant_id, reg, fin, att)
    SELECT contest, %(at)s, %(at)s, %(unit)s, id, 1, 0, 0 FROM entry
), {ledger.entered("entry")}, noted AS (
    INSERT INTO lantoa_auditentry (at, actor_id, action, subject, detail)
    SELECT %(at)s, %(actor)s::bigint, 'join', %(subject)s, jsonb_build_object('contest', %(slug)s::text) FROM entry
)
SELECT id, valid_at FROM entry
""")
