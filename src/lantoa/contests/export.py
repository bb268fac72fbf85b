"""The public files of a log (design/log.md §2): tiles, entries, openings, heads, texts; static, for any server or CDN.

The order is the promise: tiles and entries first, the checkpoint last and by an atomic rename, so that a head is public
only after everything below it (I6). Openings may be withdrawn; nothing else ever changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.db.models import Sum

from lantoa.contests import witnesses
from lantoa.contests.calendar import Phase
from lantoa.contests.ledger import milliseconds
from lantoa.contests.log import Cosignature, Entry, Head, Leaf
from lantoa.contests.models import Contest, Movement
from lantoa.contests.sequencer import signer, tile_reader
from lantoa.lib import clock
from lantoa.lib.signing import NoKey
from lantoa_verify import entries as forms
from lantoa_verify.merkle import HASH_BYTES
from lantoa_verify.notes import Checkpoint, split_note
from lantoa_verify.receipts import key_name
from lantoa_verify.tiles import WIDTH, entries_path, numbered, tile_path

FEWEST = 5  # finished people of a unit from which on it is told who joined there (S27)
PLACED = ("join", "move")  # kinds whose body names a unit
SUFFIX = {"rules": "json", "units": "csv", "bank": "json"}
_LENGTH = 2  # bytes before each record


def folder_of(contest: Contest) -> Path:
    """Where a contest's public files lie."""
    return Path(settings.EXPORT) / contest.slug


def exported(contest: Contest) -> Checkpoint | None:
    """The head that the public files hold."""
    try:
        return Checkpoint.parse(split_note((folder_of(contest) / "checkpoint").read_text())[0])
    except FileNotFoundError:
        return None


def export(contest: Contest, at: datetime) -> bool:
    """Bring the public files to the newest head; whether anything was to be done."""
    head = Head.objects.newest(contest)
    if head is None:
        return False
    folder, note = folder_of(contest), witnesses.note_of(head)
    today = at.astimezone(clock.VIETNAM).date().isoformat()
    stamp = f"{today} {contest.phase(at)} {_erased(contest)}"
    if _text(folder / "checkpoint") == note and _text(folder / "openings" / "stamp") == stamp:
        return False
    before = exported(contest)
    known = before.size if before else 0
    _write_tiles(contest, folder, known, head.size)
    _write_entries(contest, folder, known, head.size)
    again = 0 if _text(folder / "openings" / "stamp") != stamp else known
    _write_openings(contest, folder, again, head.size, Openness(contest, at))
    _write_texts(contest, folder, known)
    _put(folder / "openings" / "stamp", stamp.encode())
    _put(folder / "checkpoint", note.encode())
    _write_witnessed(contest, folder)
    return True


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _erased(contest: Contest) -> int:
    """How many entries say that something was closed for ever: with a new one all openings are written again."""
    return Entry.objects.filter(contest=contest, contestant__isnull=True, line__startswith="erase ").count()


def _put(path: Path, data: bytes) -> None:
    """The whole new file or the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _write_tiles(contest: Contest, folder: Path, known: int, size: int) -> None:
    """Every tile that the tree of ``size`` has and that of ``known`` leaves had not."""
    read, level = tile_reader(contest.pk), 0
    while size:
        for number in range(known // WIDTH, -(-size // WIDTH)):
            width = min(WIDTH, size - number * WIDTH)
            _put(folder / tile_path(level, number, width), read(level, number)[: width * HASH_BYTES])
        level, size, known = level + 1, size // WIDTH, known // WIDTH


def _bundles(contest: Contest, known: int, size: int) -> Iterator[tuple[int, list[Leaf]]]:
    """Leaves by bundles of 256, from the bundle of index ``known`` on."""
    for number in range(known // WIDTH, -(-size // WIDTH)):
        upto = min(size, (number + 1) * WIDTH)
        rows = Leaf.objects.filter(contest=contest, index__gte=number * WIDTH, index__lt=upto)
        yield number, list(rows.order_by("index").select_related("entry__contestant"))


def _packed(records: list[bytes]) -> bytes:
    return b"".join(len(record).to_bytes(_LENGTH, "big") + record for record in records)


def _write_entries(contest: Contest, folder: Path, known: int, size: int) -> None:
    for number, leaves in _bundles(contest, known, size):
        _put(folder / entries_path(number, len(leaves)), _packed([leaf.entry.line.encode() for leaf in leaves]))


class Openness:
    """Which bodies may stand in the open: from the day after, all of them once the contest is over."""

    def __init__(self, contest: Contest, at: datetime) -> None:
        self.contest = contest
        midnight = at.astimezone(clock.VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
        over = contest.phase(at) is Phase.CLOSED
        self.before = milliseconds(at + timedelta(days=1) if over else midnight)

    @cached_property
    def units(self) -> set[int]:
        """Units in which enough have finished for nobody to be singled out."""
        sums = Movement.objects.filter(contest=self.contest).values("unit").annotate(n=Sum("fin"))
        return set(sums.filter(n__gte=FEWEST).values_list("unit", flat=True))

    def opening(self, entry: Entry) -> bytes:
        """Salt and body, or nothing while they are withheld or when they were erased."""
        person = entry.contestant
        if person is None or entry.secret is None or entry.body is None or entry.at_ms >= self.before:
            return b""
        if entry.line.startswith(PLACED) and not {person.joined_unit_id, person.unit_id} <= self.units:
            return b""
        return forms.body_salt(bytes(entry.secret)) + entry.body.encode()


def _write_openings(contest: Contest, folder: Path, known: int, size: int, openness: Openness) -> None:
    for number, leaves in _bundles(contest, known, size):
        records = [openness.opening(leaf.entry) for leaf in leaves]
        _put(folder / "openings" / numbered(number), _packed(records))


def _write_texts(contest: Contest, folder: Path, known: int) -> None:
    """Rules, units and banks of every version, the heads, the keys and the policy."""
    for entry in Entry.objects.published(contest):
        kind, _at, version, *_ = entry.line.split(" ")
        path = folder / kind / f"{version}.{SUFFIX.get(kind, 'txt')}"
        if not path.exists():
            _put(path, (entry.body or "").encode())
    heads = Head.objects.filter(contest=contest, size__gt=known).order_by("size")
    with (folder / "heads.txt").open("a") as file:
        file.writelines(f"{head.size} {bytes(head.root).hex()}\n" for head in heads)
    _put(folder / "policy", _policy(contest).encode())


def _policy(contest: Contest) -> str:
    """Keys and witnesses in the form of C2SP tlog-policy, the receipts' key as a remark."""
    origin, seen = contest.log.origin, witnesses.known()
    lines = [f"log {signer(origin, 'head').verifier}"]
    lines += [f"witness {one.name} {one}" for one in seen]
    lines += [f"group witnesses any {' '.join(one.name for one in seen)}"] if seen else []
    lines += ["quorum witnesses" if seen else "quorum none"]
    with suppress(NoKey):  # only processes that serve pages have to sign receipts
        lines.insert(0, f"# receipts {signer(origin, 'receipt', key_name(origin)).verifier}")
    return "\n".join(lines) + "\n"


def _write_witnessed(contest: Contest, folder: Path) -> None:
    """The newest head that a witness signed, for those who ask for one."""
    newest = Cosignature.objects.filter(contest=contest).order_by("-size").first()
    if newest is not None:
        head = Head.objects.get(contest=contest, size=newest.size)
        _put(folder / "checkpoint.witnessed", witnesses.note_of(head).encode())
