"""The verifier: an export is read once, from the first entry to the last; nothing that it says is believed.

Checked: every line's form, the tree and its tiles, every head and its signature, every opening, every person's
attempts, the rules that each attempt names, every text that an entry names, every bulletin and standing; after the
reveal, every paper and every mark (``redraw.py``). Against rewriting by those who hold the log's key help only heads
that others kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lantoa_verify.entries import (
    BadEntry,
    Body,
    Digest,
    Erase,
    HeadEntry,
    Join,
    KeyEntry,
    Line,
    Log,
    Merge,
    Move,
    Seed,
    Share,
    Sitting,
    Succession,
    Version,
    Void,
    open_entry,
    parse_line,
)
from lantoa_verify.export import (
    BEACON,
    HEADS,
    OPENINGS,
    BadExport,
    Source,
    digest_of,
    read_beside,
    read_heads,
    read_lines,
    text_of,
)
from lantoa_verify.fold import Book
from lantoa_verify.merkle import leaf_hash
from lantoa_verify.notes import BadNote, Checkpoint, Head, Verifier, open_checkpoint
from lantoa_verify.published import Rules, check_published, read_rules, units_of
from lantoa_verify.redraw import NO_BEACON, check_papers, day_of
from lantoa_verify.report import Report
from lantoa_verify.streams import beacon_digest
from lantoa_verify.tiles import WIDTH, extend, root_at, tile_path, widths

LATE_MS = 60_000
PLACED = {"join", "move"}  # of small units these stay closed for ever (S27)


def audit(
    source: Source,
    head: Head,
    verifiers: Iterable[Verifier],
    *,
    kept: Iterable[Checkpoint] = (),
    papers: bool = True,
) -> Report:
    """Check an export whose newest head was opened already.

    ``kept`` are heads of this log that others have kept; ``papers`` tells whether to draw all papers again once the
    seed is revealed. Raises BadExport when files are missing without which nothing can be said.
    """
    names = sorted(verifier.name for verifier in head.witnesses)
    report = Report(head.checkpoint.origin, head.size, head.root, names)
    work = Audit(source, report, list(verifiers))
    for number, lines in enumerate(read_lines(source, head.size)):
        work.bundle(number, lines)
    work.heads_and_tiles(head, kept)
    check_published(source, report, work)
    if papers and work.seen.get("reveal"):
        check_papers(source, report, work)
    _totals(report, work)
    return report


def _totals(report: Report, work: Audit) -> None:
    report.counts = work.book.figures(report.size, 2**64 - 1).city
    erased: set[int] = set()
    for index, line in work.seen.get("erase", ()):
        named = text_of(line)
        listed = (work.source.read(named[0]) if named else None) or b""
        indexes = {int(word) for word in listed.split() if word.isdigit()}
        if not isinstance(line.fields, Erase) or line.fields.closed != len(indexes):
            report.fault(index, "the list of erased entries has another length")
        erased |= indexes
    report.erased = len(erased)
    if still := erased - work.closed.keys():
        report.fault(min(still), "said to be erased, but open")
    if work.seen.get("reveal"):
        kept = [index for index, kind in work.closed.items() if kind not in PLACED and index not in erased]
        for index in kept:
            report.fault(index, "closed after the contest, though nobody was erased")


class Audit:
    """What is known while reading on."""

    def __init__(self, source: Source, report: Report, verifiers: list[Verifier]) -> None:
        self.source, self.report, self.verifiers = source, report, verifiers
        self.book = Book()
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0
        self.seen: dict[str, list[tuple[int, Line]]] = {}  # public entries by kind
        self.rules: dict[int, Rules] = {}
        self.banks: dict[int, bytes] = {}
        self.units: dict[str, str] = {}
        self.closed: dict[int, str] = {}  # kinds of entries without an opening
        self.committed: Seed | None = None  # to the seed of the papers, as it stood before the first exam
        self._roots: dict[int, bytes] = {}
        self._clock = 0  # the moment of the last head
        self._body: Mapping[type[Body], Callable[[int, Line, Any], None]] = {
            Join: self._join,
            Sitting: self._sitting,
            Move: self._decision,
            Void: self._decision,
            Merge: self._decision,
            Share: self._share,
        }

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile as it follows from the lines."""
        return self.tiles[level, number]

    # --- reading on ---

    def bundle(self, number: int, lines: list[bytes]) -> None:
        """Take in the next entries, up to 256."""
        first = number * WIDTH
        openings = read_beside(self.source, OPENINGS, number, len(lines))
        for place, (raw, opening) in enumerate(zip(lines, openings, strict=True)):
            try:
                self._entry(first + place, raw, opening)
            except (BadEntry, BadExport) as error:
                self.report.fault(first + place, str(error))
        self.tiles |= extend(self.tile, self.size, map(leaf_hash, lines))
        self.size += len(lines)

    def _entry(self, index: int, raw: bytes, opening: bytes) -> None:
        line = parse_line(raw)
        if (line.kind == "log") != (index == 0):
            raise BadEntry("a log begins with its name, once")
        if line.commitment is None:
            if opening:
                self.report.fault(index, "a public entry has no opening")
            self.seen.setdefault(line.kind, []).append((index, line))
            self._public(index, line)
            self._succession(index, line)
            return
        if line.at < self._clock - LATE_MS:
            self.report.late.append((index, self._clock - line.at))
        if opening:
            body = open_entry(line, opening)
            if handler := self._body.get(type(body)):
                handler(index, line, body)
        else:
            self._closed(index, line)

    def _closed(self, index: int, line: Line) -> None:
        self.report.closed[line.kind] += 1
        self.closed[index] = line.kind
        if line.kind == "join":
            self.book.join(index, line.at, None)
        elif line.kind in {"first", "again"}:
            self.book.sit(index, line.at, None, first=line.kind == "first")
        elif line.kind not in {"share", "award"}:
            self.book.hide(index, line.kind)

    # --- personal entries ---

    def _join(self, index: int, line: Line, body: Join) -> None:
        if not self.book.join(index, line.at, body):
            raise BadEntry("joined twice")
        if self.units and body.unit not in self.units:
            raise BadEntry(f"unit {body.unit} is not one of the contest's")

    def _sitting(self, index: int, line: Line, body: Sitting) -> None:
        before = self.book.tried(body.who)
        if body.attempt != before + 1:
            self.report.fault(index, f"attempt {body.attempt} after {before}")
        if (line.kind == "first") != (body.attempt == 1):
            self.report.fault(index, "a first attempt is written down as first, and no other is")
        if not self.book.has_joined(body.who) and not self.report.closed["join"]:
            self.report.fault(index, "an attempt before joining")
        if body.bank not in self.banks:
            self.report.fault(index, f"bank {body.bank} is not known")
        rules = self.rules.get(body.rules)
        fault = rules.fault(line.at, body) if rules else f"rules {body.rules} are not known"
        if fault:
            self.report.fault(index, fault)
        self.book.sit(index, line.at, body, first=line.kind == "first")

    def _decision(self, index: int, _line: Line, body: Move | Void | Merge) -> None:
        people = [body.source, body.into] if isinstance(body, Merge) else [body.who]
        if not self.report.closed["join"] and not all(map(self.book.has_joined, people)):
            self.report.fault(index, "a decision about somebody who has not joined")
        self.book.decide(index, _line.kind, body)

    def _share(self, index: int, _line: Line, body: Share) -> None:
        if not self.report.closed["join"] and not self.book.has_joined(body.who):
            self.report.fault(index, "a share of somebody who has not joined")

    # --- public entries ---

    def _public(self, index: int, line: Line) -> None:
        fields = line.fields
        text = self._text(index, line)
        if isinstance(fields, Log) and fields.origin != self.report.origin:
            self.report.fault(index, f"the log of {fields.origin}")
        elif isinstance(fields, HeadEntry):
            self._head(index, line, fields)
        elif isinstance(fields, Version) and text is not None:
            self._version(line.kind, fields.version, text)
        elif isinstance(fields, Seed):
            self._seed(index, line, fields)
        elif isinstance(fields, Digest) and line.kind == "beacon":
            self._beacon(index, fields)
        elif isinstance(fields, KeyEntry):
            self.report.notice(index, f"a new key of the log: {fields.vkey}")

    def _seed(self, index: int, line: Line, fields: Seed) -> None:
        """One seed only; its public number is named before the day on which it comes to exist."""
        before = self.committed
        if before is not None and fields.commitment != before.commitment:
            self.report.fault(index, "another seed of the papers was committed to")
        elif self.seen.get("beacon"):
            self.report.fault(index, "a public number was named when one was written down already")
        elif self.book.sat:
            self.report.notice(index, "the seed of the papers was committed to after the first exam")
        elif before is not None and before.beacon != NO_BEACON:
            self.report.notice(index, "another public number was named")
        if line.at >= day_of(fields.beacon):
            self.report.fault(index, "the public number was named when it could be known")
        self.committed = fields

    def _beacon(self, index: int, fields: Digest) -> None:
        """The public number is entered once, before the first exam."""
        value = self.source.read(BEACON)
        if value is None or beacon_digest(value) != fields.digest:
            self.report.fault(index, f"{BEACON} is not the public number that was written down")
        if self.committed is None or self.committed.beacon == NO_BEACON or self.seen["beacon"][1:]:
            self.report.fault(index, "a public number that nobody named")
        if self.book.sat:
            self.report.fault(index, "the public number was written down after the first exam")

    def _succession(self, index: int, line: Line) -> None:
        if isinstance(line.fields, Succession) and not self.book.succeed(index, line.fields):
            self.report.fault(index, "a unit that becomes part of itself")

    def _text(self, index: int, line: Line) -> bytes | None:
        """The text that an entry names, when it is there and is that text."""
        named = text_of(line)
        if named is None:
            return None
        path, digest = named
        data = self.source.read(path)
        if data is None:
            self.report.fault(index, f"{path} is missing")
        elif digest_of(data) != digest:
            self.report.fault(index, f"{path} is not the text that was written down")
            return None
        return data

    def _version(self, kind: str, version: int, text: bytes) -> None:
        if kind == "rules":
            self.rules[version] = read_rules(text)
        elif kind == "bank":
            self.banks[version] = text
        else:
            self.units.update(units_of(text))

    def _head(self, index: int, line: Line, fields: HeadEntry) -> None:
        heads = self.seen["head"]
        if line.at < self._clock:
            self.report.fault(index, "the clock runs back")
        if fields.size > index:
            self.report.fault(index, "a head of entries that come later")
        if len(heads) > 1:
            before_index, before = heads[-2]
            assert isinstance(before.fields, HeadEntry)
            if fields.size <= before_index or fields.visits < before.fields.visits:
                self.report.fault(index, "a head that does not follow the one before")
        self._clock = max(self._clock, line.at)

    # --- the tree ---

    def heads_and_tiles(self, head: Head, kept: Iterable[Checkpoint]) -> None:
        """Check the roots of all heads, signed, written down or kept by others, and the tiles of the export."""
        if root_at(self.tile, self.size) != head.root:
            self.report.fault(-1, "the entries do not give the root of the signed head")
        written = {}
        for index, line in self.seen.get("head", ()):
            assert isinstance(line.fields, HeadEntry)
            written[line.fields.size] = line.fields.root
            self._root(index, line.fields.size, line.fields.root, "a head in the log does not match the tree")
        self._signed_heads(written)
        for one in kept:
            if one.size > self.size:
                self.report.fault(-1, f"the log was longer: a head of {one.size} entries was kept")
            else:
                self._root(-1, one.size, one.root, f"not the history that others were shown (head of {one.size})")
        for level, number, width in widths(self.size):
            path = tile_path(level, number, width)
            if self.source.read(path) != self.tiles[level, number]:
                self.report.fault(-1, f"{path} is missing or does not match the entries")

    def _signed_heads(self, written: Mapping[int, bytes]) -> None:
        sizes = set()
        try:
            for note in read_heads((self.source.read(HEADS) or b"").decode()):
                signed = open_checkpoint(note, self.report.origin, self.verifiers)
                self._root(-1, signed.size, signed.root, f"the signed head of {signed.size} does not match the tree")
                sizes.add(signed.size)
        except (BadNote, BadExport, UnicodeDecodeError) as error:
            self.report.fault(-1, f"{HEADS}: {error}")
        self.report.heads = len(sizes)
        for size in sorted(written.keys() - sizes):
            self.report.fault(-1, f"the head of {size} entries is not in {HEADS}")
        last = max(written, default=0)
        for size in sorted(size for size in sizes - written.keys() if size <= last):
            self.report.fault(-1, f"the signed head of {size} entries is not in the log")

    def _root(self, index: int, size: int, root: bytes, fault: str) -> None:
        if size <= self.size and size not in self._roots:
            self._roots[size] = root_at(self.tile, size)
        if self._roots.get(size) != root:
            self.report.fault(index, fault)
