"""Writing into a contest's log: every acknowledged fact has one entry, in the fact's own transaction (I1).

Formats are those of `lantoa_verify.entries`. An entry waits until the sequencer numbers it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from lantoa.contests.log import Entry, Waiting
from lantoa.contests.models import Contest, Contestant, Correction
from lantoa.lib.bulk import copy, fresh_ids
from lantoa.units.models import Unit
from lantoa_verify import entries as forms
from lantoa_verify.merkle import leaf_hash

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
JOINING = 0  # the number of the entry that says that somebody takes part; attempt n has n
BATCH = 2000
_MS = timedelta(milliseconds=1)
_CODE = re.compile(r"[0-9A-Z-]{1,16}")


def entered(source: str) -> str:
    """The parts of a statement that enter what `Written.parameters` says.

    ``source`` is a part before it of one row: contest, and id of the contestant.
    """
    return f"""entered AS (
    INSERT INTO lantoa_entry (contest_id, contestant_id, number, at_ms, line, leaf, secret, body)
    SELECT contest, id, %(log_number)s::integer, %(log_at_ms)s::bigint, %(log_line)s, %(log_leaf)s::bytea,
           %(log_secret)s::bytea, %(log_body)s::text
      FROM {source}
    RETURNING id, contest_id
), queued AS (
    INSERT INTO lantoa_waiting (entry_id, contest_id) SELECT id, contest_id FROM entered
)"""  # noqa: S608 (our own text; every value is a parameter)


APPEND = f"""
WITH whose AS (
    SELECT %(contest)s::bigint AS contest, %(contestant)s::bigint AS id
), {entered("whose")}
SELECT id FROM entered"""  # noqa: S608 (the same)


def sealed(source: str, body: str) -> str:
    """The parts of a statement that enter a personal fact whose moment only the statement knows.

    ``source`` is a part before it with contest_id, contestant_id, number and submitted_at (a whole millisecond);
    ``body`` an SQL text over its columns. Parameters: those of :func:`secrets_of`.
    """
    return f"""
spoken AS (
    SELECT contest_id, contestant_id, number, (extract(epoch FROM submitted_at) * 1000)::bigint AS at_ms, {body} AS body
      FROM {source}
), lined AS (
    SELECT *, %(log_kind)s::text || ' ' || at_ms || ' ' || encode(sha256(
                  '\\x{forms.COMMITMENT.hex()}'::bytea || %(log_salt)s::bytea || convert_to(body, 'UTF8')), 'hex')
              AS line
      FROM spoken
), entered AS (
    INSERT INTO lantoa_entry (contest_id, contestant_id, number, at_ms, line, leaf, secret, body)
    SELECT contest_id, contestant_id, number, at_ms, line, sha256('\\x00'::bytea || convert_to(line, 'UTF8')),
           %(log_secret)s, body
      FROM lined
    RETURNING id, contest_id
), queued AS (
    INSERT INTO lantoa_waiting (entry_id, contest_id) SELECT id, contest_id FROM entered
)"""  # noqa: S608 (our own text; every value is a parameter)


def secrets_of(kind: str, secret: bytes) -> dict[str, Any]:
    """What `sealed` asks for."""
    return {"log_kind": kind, "log_secret": secret, "log_salt": forms.body_salt(secret)}


_COLUMNS = ("id", "contest_id", "contestant_id", "number", "at_ms", "line", "leaf", "secret", "body")


class Written(NamedTuple):
    """An entry as it goes into its row."""

    at_ms: int
    line: str
    leaf: bytes
    secret: bytes | None
    body: str | None

    def parameters(self, number: int | None) -> dict[str, Any]:
        """What `entered` asks for."""
        return {"log_number": number, **{f"log_{name}": value for name, value in self._asdict().items()}}


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970, UTC: the log's time."""
    return (at - EPOCH) // _MS


def personal(kind: str, at: datetime, body: forms.Body, secret: bytes | None = None) -> Written:
    """An entry about somebody: its line shows kind, moment and a hiding commitment to ``body``."""
    secret = secret or secrets.token_bytes(forms.SECRET_BYTES)
    at_ms = milliseconds(at)
    return kept(at_ms, forms.seal_entry(kind, at_ms, body, secret), secret)


def kept(at_ms: int, sealed: forms.Entry, secret: bytes) -> Written:
    """A sealed entry as its row keeps it."""
    opened = sealed.opening[forms.SALT_BYTES :].decode("ascii")
    return Written(at_ms, sealed.line.decode("ascii"), sealed.leaf, secret, opened)


def public(kind: str, at: datetime, fields: forms.Public, text: str | None = None) -> Written:
    """An entry that says everything in its line; ``text`` is the published text whose hash the line names."""
    at_ms = milliseconds(at)
    line = forms.public_line(kind, at_ms, fields)
    return Written(at_ms, line.decode("ascii"), leaf_hash(line), None, text)


def append(contest: int, written: Written, *, contestant: int | None = None, number: int | None = None) -> int:
    """Put an entry into the contest's log, inside the caller's transaction; one statement; the entry's row."""
    values = {"contest": contest, "contestant": contestant, **written.parameters(number)}
    with connection.cursor() as cursor:
        cursor.execute(APPEND, values)
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def append_many(contest: int, made: Iterable[tuple[int | None, int | None, Written]]) -> int:
    """The same for many at once, each with its contestant and number; how many."""
    source, count = iter(made), 0
    while batch := list(islice(source, BATCH)):
        ids = fresh_ids(Entry, len(batch))
        copy(Entry, _COLUMNS, ((pk, contest, who, n, *entry) for pk, (who, n, entry) in zip(ids, batch, strict=True)))
        copy(Waiting, ("entry_id", "contest_id"), ((pk, contest) for pk in ids))
        count += len(batch)
    return count


# --- what happens in this room --------------------------------------------------------------------------------------


def code_of(unit: Unit) -> str:
    """A unit's name in the log: its code, or its row where the code has other letters."""
    code: str = unit.code.upper()
    return code if _CODE.fullmatch(code) else f"U-{unit.pk}"


def joined(contestant: Contestant) -> Written:
    """The entry of somebody's taking part, for the unit joined for."""
    return joining(bytes(contestant.who), code_of(contestant.joined_unit), contestant.joined_at)


def joining(who: bytes, unit: str, at: datetime) -> Written:
    """The same, of what it is made of; ``unit`` as :func:`code_of` names it."""
    return personal("join", at, forms.Join(who, unit))


def enter_correction(correction: Correction, *, reason: str = "decision") -> None:
    """Write down a later decision: call it in the transaction that made the row.

    ``reason`` is a word of the form ``[a-z-]{1,24}`` that may stand in the open, never the sentence of the decision.
    """
    who = bytes(correction.contestant.who)
    effective = milliseconds(correction.effective) if correction.effective else 0
    body: forms.Body
    if correction.kind == "move":
        assert correction.unit is not None
        body = forms.Move(who, code_of(correction.unit), effective)
    elif correction.kind == "merge":
        assert correction.target is not None
        body = forms.Merge(who, bytes(correction.target.who), effective)
    else:
        body = forms.Void(who, correction.attempt or 0, effective, reason)
    written = personal(correction.kind, correction.known_at, body)
    append(correction.contest_id, written, contestant=correction.contestant_id)


def enter_missing_joinings(contest: Contest) -> int:
    """Write down everybody who takes part and has no entry yet (made in bulk, or before there was a log); how many."""
    missing = Contestant.objects.filter(contest=contest).exclude(log_entries__number=JOINING)
    made = missing.select_related("joined_unit").order_by("joined_at", "pk").iterator(BATCH)
    return append_many(contest.pk, ((one.pk, JOINING, joined(one)) for one in made))
