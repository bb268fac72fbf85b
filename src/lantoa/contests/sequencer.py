"""Numbering what waits and signing heads (design/log.md §3). Several workers may: the log's row is the fence.

One transaction numbers a batch: it locks the row, takes what waits by moment, gives the next indexes, extends the tree.
Nothing is ever looked for above a last row seen: transactions commit out of order, and what is late would be lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from lantoa.contests import ledger
from lantoa.contests.log import Head, Log, Tile, Waiting
from lantoa.contests.models import Contest
from lantoa.contests.visits import Visit
from lantoa.lib.signing import Purpose, signing_key
from lantoa_verify import entries as forms
from lantoa_verify.notes import Checkpoint, Signer, Verifier
from lantoa_verify.tiles import ReadTile, extend, root_at

BATCH = 4096
SOON = timedelta(seconds=30)  # heads at :00 and :30 when something is new
SELDOM = timedelta(hours=1)  # when nothing is

# Of one batch: out of the waiting list, into the numbers from %(size)s on, in the order given.
NUMBER = """
WITH taken AS (
    DELETE FROM lantoa_waiting WHERE entry_id = ANY(%(entries)s)
)
INSERT INTO lantoa_leaf (contest_id, index, entry_id)
SELECT %(contest)s, %(size)s + place - 1, entry
  FROM unnest(%(entries)s::bigint[]) WITH ORDINALITY AS given(entry, place)
"""


class Forked(RuntimeError):
    """This log is not the one that was signed: shorter than a head, or without it. Nothing may be signed any more."""


def origin_of(contest: Contest) -> str:
    """The name of a contest's log, as it is opened: ``host/log/address``."""
    return f"{urlsplit(settings.PUBLIC_URL).hostname}/log/{contest.slug}".lower()


def signer(origin: str, purpose: Purpose, name: str = "") -> Signer:
    """The installation's key of that purpose, under the log's name or the one given."""
    return Signer(name or origin, signing_key(purpose).private_bytes_raw())


def verifier(origin: str) -> Verifier:
    """The public half of the key that signs heads."""
    return signer(origin, "head").verifier


def number_waiting(
    contest: Contest, *, limit: int = BATCH, until: datetime | None = None, opened: datetime | None = None
) -> int:
    """Number one batch of what waits, opening the log with the first; how many entries were numbered.

    ``until`` leaves later facts waiting; ``opened`` is when the log was opened, if not now.
    """
    if not Waiting.objects.filter(contest=contest).exists():
        return 0
    with transaction.atomic():
        log = _locked(contest)
        waiting = Waiting.objects.in_order(contest)
        waiting = waiting.until(ledger.milliseconds(until)) if until else waiting
        rows = list(waiting.values_list("entry", "entry__leaf")[:limit])
        if rows and not log.size:
            rows.insert(0, _first(log, opened or _now()))
        if not rows:
            return 0
        entries, leaves = zip(*rows, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(NUMBER, {"contest": contest.pk, "size": log.size, "entries": list(entries)})
        _grow(log, [bytes(leaf) for leaf in leaves])
    return len(rows)


def number_all(
    contest: Contest, *, until: datetime | None = None, opened: datetime | None = None, batch: int = BATCH
) -> None:
    """Number everything that waits; for ``until`` and ``opened`` see :func:`number_waiting`."""
    while number_waiting(contest, limit=batch, until=until, opened=opened) >= batch:
        pass


def _locked(contest: Contest) -> Log:
    """The log's row, locked; made with the first entry."""
    row = Log.objects.select_for_update(no_key=True).filter(pk=contest.pk)
    if (log := row.first()) is not None:
        return log
    Log.objects.bulk_create([Log(contest=contest, origin=origin_of(contest))], ignore_conflicts=True)
    return row.get()


def _now() -> datetime:
    """Now, not the transaction's start."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    now: datetime = row[0]
    return now


def _first(log: Log, opened: datetime) -> tuple[int, bytes]:
    """Entry 0: the version of the formats and the log's name."""
    written = ledger.public("log", opened, forms.Log(1, log.origin))
    return ledger.append(log.pk, written), written.leaf


def _grow(log: Log, leaves: Sequence[bytes]) -> None:
    """Extend the tree by these hashes; only tiles of the right edge are read and written."""
    changed = extend(tile_reader(log.pk), log.size, leaves)
    Tile.objects.bulk_create(
        [Tile(contest_id=log.pk, level=level, number=n, data=data) for (level, n), data in changed.items()],
        update_conflicts=True,
        unique_fields=["contest", "level", "number"],
        update_fields=["data"],
    )
    log.size += len(leaves)
    log.save(update_fields=["size"])


def tile_reader(contest: int) -> ReadTile:
    """Tiles of a contest's log as they stand."""

    def read(level: int, number: int) -> bytes:
        return bytes(Tile.objects.values_list("data", flat=True).get(contest=contest, level=level, number=number))

    return read


def sign_head(contest: Contest, at: datetime, *, exported: Checkpoint | None = None) -> Head | None:
    """Sign the log as it stands when a head is due, and write it down as an entry; None when none is due.

    ``exported`` is the head that the public files hold: one that this database does not know means that the database
    is older than what was published. Raises :class:`Forked`.
    """
    with transaction.atomic():
        log = Log.objects.select_for_update(no_key=True).filter(pk=contest.pk).first()
        if log is None:
            return None
        last = Head.objects.newest(contest)
        _refuse_forked(log, last, exported)
        if not log.size or not _due(log, last, at):
            return None
        root = root_at(tile_reader(log.pk), log.size)
        note = signer(log.origin, "head").sign(Checkpoint(log.origin, log.size, root).text)
        head = Head.objects.create(contest=contest, size=log.size, at=at, root=root, note=note)
        visits = Visit.objects.filter(contest=contest).aggregate(n=Sum("n"))["n"] or 0
        ledger.append(log.pk, ledger.public("head", at, forms.HeadEntry(log.size, root, visits)))
    return head


def _refuse_forked(log: Log, last: Head | None, exported: Checkpoint | None) -> None:
    if last is not None and last.size > log.size:
        raise Forked(f"{log.origin}: {log.size} entries, but a head of {last.size} was signed")
    if exported is None:
        return
    known = Head.objects.filter(contest=log.pk, size=exported.size).first()
    if known is None or bytes(known.root) != exported.root:
        raise Forked(f"{log.origin}: the published head of {exported.size} entries is not in this database")


def _due(log: Log, last: Head | None, at: datetime) -> bool:
    """Each half minute while anything but the entry of the last head is new, else each hour."""
    if last is None:
        return True
    if log.size == last.size:
        return False
    every = SOON if log.size > last.size + 1 else SELDOM
    return at.timestamp() // every.total_seconds() > last.at.timestamp() // every.total_seconds()
