"""A crowd with everything the rush touches: accounts, sealed numbers, sessions, progress; and newcomers.

`tests/factories/crowd.py` makes people, attempts, results and journal inside the database; what the pages read besides
is added here the same way, so that each index is as large as it would be.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from benchmarks.walking import citizen_id, phone
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from lantoa.contests.models import Contestant, Movement
from lantoa.learning.models import Lesson, Progress
from lantoa.lib import clock
from lantoa.lib import phone as phones
from lantoa.lib.text import name_key
from lantoa.people import numbers, sign_in
from lantoa.people.models import Account, Person
from lantoa.standings.rebuild import rebuild
from lantoa.units.models import Unit
from tests.factories.crowd import TABLES, crowd

if TYPE_CHECKING:
    from lantoa.contests.models import Contest

NAME = "Nguyễn Hoàng Phương Thảo Nguyên"
_AROUND = [
    """
UPDATE lantoa_person
   SET phone_sealed = sha256(id::text::bytea) || sha256('p'), phone_index = sha256(('p' || id)::bytea),
       citizen_id_sealed = sha256(id::text::bytea) || sha256('c'), citizen_id_index = sha256(('c' || id)::bytea)
 WHERE phone_index IS NULL
""",
    """
INSERT INTO lantoa_account (password, person_id, is_active, created_at)
SELECT '!', p.id, true, p.created_at FROM lantoa_person p
 WHERE NOT EXISTS (SELECT FROM lantoa_account a WHERE a.person_id = p.id)
""",
    """
INSERT INTO lantoa_session (key, account_id, data, expires_at)
SELECT sha256(('session ' || a.id)::bytea), a.id, '{}', now() + interval '30 days' FROM lantoa_account a
 WHERE NOT EXISTS (SELECT FROM lantoa_session s WHERE s.account_id = a.id)
""",
    """
INSERT INTO lantoa_progress (contestant_id, lesson_code, cards, last_card, completed_at, updated_at)
SELECT c.id, l.code, ARRAY(SELECT generate_series(1, l.size))::smallint[], l.size, c.joined_at, c.joined_at
  FROM lantoa_contestant c JOIN lantoa_lesson l ON l.contest_id = c.contest_id AND l.current
 WHERE c.contest_id = %(contest)s AND NOT EXISTS (SELECT FROM lantoa_progress p WHERE p.contestant_id = c.id)
""",
]

_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
 WHERE indrelid::regclass::text = ANY(%s) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def fill(contest: Contest, people: int, *, seed: int) -> None:
    """Add ``people`` contestants with all that belongs to them, and fold everything."""
    crowd(contest, people=people, seed=seed, until=clock.now())
    _around(contest)
    rebuild(contest)


def _around(contest: Contest) -> None:
    with connection.cursor() as cursor:
        for statement in _AROUND:
            cursor.execute(statement, {"contest": contest.pk} if "%(" in statement else None)


BATCH = 500_000  # people made in one transaction
ROWS = 1_000  # sent by one statement: PostgreSQL takes 65,535 values


def grow(contest: Contest, people: int, *, seed: int, lean: bool) -> None:
    """The same for very many, in batches and without a safety net; ``lean``: only what the reads touch.

    No times are planted: nobody is as often equal in life.
    """
    with unsafe(), roomy():
        with unindexed():
            for number, first in enumerate(range(0, people, BATCH)):
                crowd(contest, people=min(BATCH, people - first), seed=seed + number, until=clock.now(), planted=False)
        if not lean:
            _around(contest)
        rebuild(contest)


@contextmanager
def unsafe() -> Iterator[None]:
    """Meanwhile a crash would cost the database: nothing is worth keeping but the time."""
    _safety("off")
    yield
    _safety("on")


@contextmanager
def roomy() -> Iterator[None]:
    """Meanwhile this connection may sort and join in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '512MB'")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        yield
        cursor.execute("RESET work_mem")
        cursor.execute("RESET maintenance_work_mem")


@contextmanager
def unindexed() -> Iterator[None]:
    """Meanwhile only what constraints need is indexed: made at once, the others cost a tenth of row by row."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [TABLES])
        found = cursor.fetchall()
        for name, _again in found:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, again in found:
            cursor.execute(again)


def _safety(value: str) -> None:
    with connection.cursor() as cursor:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            cursor.execute(f"ALTER SYSTEM SET {setting} = {value}")
        cursor.execute("SELECT pg_reload_conf()")


def one_of_a_kind(contest: Contest) -> None:
    """Somebody whose name nobody shares."""
    newcomers(contest, [999_999], password="!", name="Lưu Thế Rạng")


def tidy() -> None:
    """Leave PostgreSQL nothing to do in the background while others measure."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def newcomers(contest: Contest, serials: Sequence[int], *, password: str, name: str = NAME) -> list[Account]:
    """Contestants who have learned everything and not sat yet, one a serial: each signs in by `walking.phone(serial)`.

    ``password`` is the password as it is kept, one for all of them.
    """
    now = clock.now()
    units = list(Unit.objects.communes_of(contest.root))
    people = [_person(name, serial, units[serial % len(units)]) for serial in serials]
    for person in people:
        person.created_at = now
    Person.objects.bulk_create(people, ROWS)
    accounts = Account.objects.bulk_create((Account(person=p, created_at=now, password=password) for p in people), ROWS)
    entries = Contestant.objects.bulk_create((_entry(contest, person, now) for person in people), ROWS)
    moment = {"contest": contest, "at": now, "known_at": now}
    Movement.objects.bulk_create((Movement(**moment, unit=e.unit, contestant=e, reg=1) for e in entries), ROWS)
    lessons = list(Lesson.objects.current(contest))
    Progress.objects.bulk_create((_done(entry, lesson, now) for entry in entries for lesson in lessons), ROWS)
    return accounts


def walkers(contest: Contest, count: int, *, first: int) -> list[str]:
    """So many newcomers who are signed in already; their session cookies."""
    return [_session(account) for account in newcomers(contest, range(first, first + count), password="!")]


def _session(account: Account) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = sign_in.BACKEND
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _person(name: str, serial: int, unit: Unit) -> Person:
    person = Person(full_name=name, sort_key=name_key(name), unit=unit, group="resident")
    numbers.put(person, phone_number=phones.parse(phone(serial)), citizen_number=citizen_id(serial))
    return person


def _entry(contest: Contest, person: Person, now) -> Contestant:
    who = secrets.token_bytes(16)
    places = {"joined_unit": person.unit, "unit": person.unit}
    moments = {"joined_at": now, "valid_at": now}
    return Contestant(contest=contest, person=person, who=who, group=person.group, **places, **moments)


def _done(entry: Contestant, lesson: Lesson, now) -> Progress:
    cards = list(range(1, lesson.size + 1))
    moments = {"completed_at": now, "updated_at": now}
    return Progress(contestant=entry, lesson_code=lesson.code, cards=cards, last_card=lesson.size, **moments)
