"""The room's own SQL: what signing in and registering cost besides the password's hash is decided here (decision 0032).

One statement each way: nothing is written by several that must be written together. Every value is a parameter.
"""

from __future__ import annotations

from lantoa.lib.rows import squeezed

# A try at a door: whose account is meant, whether the address is stopped, which try it is. Counted before anybody looks
# at the password; not at all for an address that is stopped. `at` null means the database's clock. An account counts as
# one by whichever name it is tried, so its key is made from the row that was found.
TRY = squeezed("""
WITH now AS MATERIALIZED (SELECT coalesce(%(at)s::timestamptz, clock_timestamp()) AS at), meant AS MATERIALIZED (
    SELECT id, password, last_login, username, person_id, is_active, created_at FROM lantoa_account
     WHERE person_id = (SELECT id FROM lantoa_person
                         WHERE phone_index = %(phone)s OR citizen_id_index = %(citizen_id)s LIMIT 1)
        OR username = %(username)s
), place AS MATERIALIZED (
    SELECT coalesce((SELECT f.times FROM lantoa_failedsignin f
                      WHERE f.key = %(address)s AND f.since > now.at - %(window)s), 0) AS times FROM now
), counted AS (
    INSERT INTO lantoa_failedsignin AS old (key, since, times)
    SELECT coalesce((SELECT sha256(%(accounts)s::bytea || convert_to(id::text, 'UTF8')) FROM meant), %(name)s), at, 1
      FROM now CROSS JOIN place WHERE place.times < %(most)s
    ON CONFLICT (key) DO UPDATE SET
        times = CASE WHEN old.since <= excluded.since - %(window)s THEN 1 ELSE old.times + 1 END,
        since = CASE WHEN old.since <= excluded.since - %(window)s THEN excluded.since ELSE old.since END
    RETURNING key, times
)
SELECT now.at, counted.key, counted.times, ARRAY(SELECT kind FROM lantoa_role WHERE account_id = meant.id), meant.*
  FROM now LEFT JOIN counted ON true LEFT JOIN meant ON true
""")

# Somebody whose password was right. The account is held: one whose password is being changed, or that is being closed,
# is waited for and then not entered, and no change overlooks the session. When somebody was last here is kept of staff;
# held for sharing only, two of them would each wait for the other to let the row go.
ENTER = squeezed("""
WITH held AS MATERIALIZED (
    SELECT id FROM lantoa_account WHERE id = %(account)s AND password = %(password)s AND is_active
     FOR NO KEY UPDATE
), left_behind AS (
    DELETE FROM lantoa_session WHERE key = %(before)s AND EXISTS (SELECT FROM held)
), forgotten AS (
    DELETE FROM lantoa_failedsignin WHERE key = %(tries)s AND EXISTS (SELECT FROM held)
), seen AS (
    UPDATE lantoa_account a SET last_login = clock_timestamp()
      FROM held WHERE a.id = held.id AND a.username IS NOT NULL
)
INSERT INTO lantoa_session (key, account_id, data, expires_at)
SELECT %(key)s, id, %(data)s::jsonb, %(expires_at)s FROM held
RETURNING account_id
""")

# Before a number is said to be taken: how often that address was told so, and whether either number is.
ASKED = squeezed("""
SELECT coalesce((SELECT times FROM lantoa_failedsignin WHERE key = %(address)s AND since > %(edge)s), 0),
       EXISTS (SELECT FROM lantoa_person WHERE phone_index = %(phone)s AND id IS DISTINCT FROM %(besides)s),
       EXISTS (SELECT FROM lantoa_person WHERE citizen_id_index = %(citizen_id)s AND id IS DISTINCT FROM %(besides)s)
""")

# Person, account, consent and journal; the unique indexes refuse a second one.
REGISTER = squeezed("""
WITH person AS (
    INSERT INTO lantoa_person (id, full_name, sort_key, phone_sealed, phone_index, citizen_id_sealed, citizen_id_index,
                               unit_id, sub_unit_id, "group", created_at, rehearsal)
    VALUES (%(person)s, %(full_name)s, %(sort_key)s, %(phone_sealed)s, %(phone_index)s, %(citizen_id_sealed)s,
            %(citizen_id_index)s, %(unit)s, %(sub_unit)s, %(group)s, %(at)s, %(rehearsal)s)
    RETURNING id
), account AS (
    INSERT INTO lantoa_account (password, person_id, is_active, created_at) SELECT %(password)s, id, true, %(at)s
      FROM person
    RETURNING id
), consent AS (
    INSERT INTO lantoa_consent (person_id, purpose, text_version, given_at)
    SELECT id, %(purpose)s, %(consent_version)s, %(at)s FROM person
), noted AS (
    INSERT INTO lantoa_auditentry (at, actor_id, action, subject, detail)
    SELECT %(at)s, id, 'register', %(subject)s, '{}' FROM account
)
SELECT id FROM account
""")
