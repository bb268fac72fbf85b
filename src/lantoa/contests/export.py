"""The public files of a log (design/log.md §2): tiles, entries, openings, heads, texts; static, for any server or CDN.

The order is the promise: tiles and entries first, the checkpoint last and by an atomic rename, so that a head is public
only after everything below it (I6). Openings may be withdrawn; nothing else ever changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
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
from lantoa.contests.publications import seed_of
from lantoa.contests.sequencer import signer, tile_reader
from lantoa.lib import clock
from lantoa.lib.signing import NoKey
from lantoa_verify import entries as forms
from lantoa_verify.export import (
    BEACON,
    CHECKPOINT,
    HEADS,
    KEYS,
    OPENINGS,
    POLICY,
    SEED,
    File,
    beside_files,
    entry_files,
    heads_text,
    text_of,
    tile_files,
)
from lantoa_verify.notes import Checkpoint, split_note
from lantoa_verify.policy import write_policy
from lantoa_verify.receipts import key_name
from lantoa_verify.tiles import WIDTH

FEWEST = 5  # finished people of a unit from which on it is told who joined there (S27)
PLACED = ("join", "move")  # kinds whose body names a unit
WITNESSED, STANDINGS = "checkpoint.witnessed", "standings"
_STAMP = "openings/stamp"  # for what day bodies are open, how many erasures, how many entries are done
SLICE = 20 * WIDTH  # entries whose openings are written again in one round: about a third of a second


def folder_of(contest: Contest) -> Path:
    """Where a contest's public files lie."""
    return Path(settings.EXPORT) / contest.slug


def ending_files(contest: Contest) -> list[str]:
    """What is published of how papers are drawn and marked, as far as it lies there: number, seed, keys, standing."""
    folder = folder_of(contest)
    standings = sorted(f"{STANDINGS}/{path.name}" for path in (folder / STANDINGS).glob("*.txt"))
    return [name for name in (BEACON, SEED, KEYS) if (folder / name).exists()] + standings


def exported(contest: Contest) -> Checkpoint | None:
    """The head that the public files hold."""
    try:
        return Checkpoint.parse(split_note((folder_of(contest) / CHECKPOINT).read_text())[0])
    except FileNotFoundError:
        return None


def export(contest: Contest, at: datetime) -> bool:
    """Bring the public files to the newest head; whether anything was to be done.

    A new day opens older bodies: a slice a round, so that nothing else waits for it.
    """
    head = Head.objects.newest(contest)
    if head is None:
        return False
    folder, note = folder_of(contest), witnesses.note_of(head)
    stamp, gone = _stamp(contest, at), erased(contest, head.size)
    was, gone_then, done = _opened(folder)
    done = done if (was, gone_then) == (stamp, gone) else 0
    fresh = text_at(folder / CHECKPOINT) != note
    if not fresh and done >= head.size:
        return False
    openness, before = Openness(contest, at), exported(contest)
    known = before.size if before else 0
    if fresh:
        _write_tree(contest, folder, known, head.size)
        _write_openings(contest, folder, known, head.size, openness)
        _write_texts(contest, folder, known)
        done = head.size if done >= known else done
    if done < head.size:
        whole = contest.ended_at is not None or gone_then != gone
        until = head.size if whole else min(done // WIDTH * WIDTH + SLICE, head.size)
        _write_openings(contest, folder, done, until, openness)
        done = until
    put(folder / _STAMP, f"{stamp} {gone} {done}".encode())
    if fresh:
        put(folder / CHECKPOINT, note.encode())
        _write_witnessed(contest, folder)
    return True


def _stamp(contest: Contest, at: datetime) -> str:
    """What bodies stand open by: Vietnam's day, and whether the contest is over."""
    return f"{at.astimezone(clock.VIETNAM).date().isoformat()} {contest.phase(at).value}"


def _opened(folder: Path) -> tuple[str, int, int]:
    """By what bodies were opened, how many erasures that knew, and how many entries are done."""
    day, phase, gone, done = text_at(folder / _STAMP).split() or ("", "", "0", "0")
    return f"{day} {phase}", int(gone), int(done)


def text_at(path: Path) -> str:
    """What a file says; empty for none."""
    return path.read_text() if path.exists() else ""


def erased(contest: Contest, size: int) -> int:
    """How many entries below ``size`` say that something was closed for ever: a new one has all openings rewritten."""
    return Entry.objects.published(contest).filter(line__startswith="erase ", numbered__index__lt=size).count()


def put(path: Path, data: bytes) -> None:
    """The whole new file or the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def write_all(folder: Path, made: Iterable[File]) -> None:
    """Each of these files, whole."""
    for path, data in made:
        put(folder / path, data)


def _write_tree(contest: Contest, folder: Path, known: int, size: int) -> None:
    """Every tile and bundle of lines that the tree of ``size`` has and that of ``known`` leaves had not."""
    write_all(folder, tile_files(tile_reader(contest.pk), size, known))
    lines = (leaf.entry.line.encode() for leaf in leaves(contest, known, size))
    write_all(folder, entry_files(lines, known // WIDTH))


def leaves(contest: Contest, known: int, size: int) -> Iterator[Leaf]:
    """Leaves in their order, from the start of the bundle that holds index ``known``."""
    rows = Leaf.objects.filter(contest=contest, index__gte=known // WIDTH * WIDTH, index__lt=size)
    return rows.order_by("index").select_related("entry__contestant").iterator(WIDTH)


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
    bodies = (openness.opening(leaf.entry) for leaf in leaves(contest, known, size))
    write_all(folder, beside_files(OPENINGS, bodies, known // WIDTH))


def _write_texts(contest: Contest, folder: Path, known: int) -> None:
    """Published texts of every version, the number and seed of the papers, the heads, keys and witnesses."""
    for entry in Entry.objects.published(contest):
        named = text_of(forms.parse_line(entry.line.encode()))
        if named is not None and not (folder / named[0]).exists():
            put(folder / named[0], (entry.body or "").encode())
    if contest.number_value:
        put(folder / BEACON, contest.number_value.encode())
    if Entry.objects.newest(contest, "reveal"):
        put(folder / SEED, f"{seed_of(contest).hex()}\n".encode())
    heads = Head.objects.filter(contest=contest, size__gt=known).order_by("size").values_list("note", flat=True)
    path = folder / HEADS
    with path.open("a") as file:
        before = "\n" if heads and path.stat().st_size else ""
        file.write(before + heads_text(heads))
    put(folder / POLICY, _policy(contest).encode())


def _policy(contest: Contest) -> str:
    """Keys and witnesses (C2SP tlog-policy), with the key of the receipts as a remark."""
    origin, seen = contest.log.origin, {one.name: one for one in witnesses.known()}
    policy = write_policy(signer(origin, "head").verifier, seen, 1 if seen else 0)
    with suppress(NoKey):  # only processes that serve pages have to sign receipts
        policy = f"# receipts {signer(origin, 'receipt', key_name(origin)).verifier}\n{policy}"
    return policy


def _write_witnessed(contest: Contest, folder: Path) -> None:
    """The newest head that a witness signed, for those who ask for one."""
    newest = Cosignature.objects.filter(contest=contest).order_by("-size").first()
    if newest is not None:
        head = Head.objects.get(contest=contest, size=newest.size)
        put(folder / WITNESSED, witnesses.note_of(head).encode())
