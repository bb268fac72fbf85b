"""What somebody holds in hand: the promise at once, the proof within half a minute, and both checked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from lantoa.contests.export import folder_of
from lantoa.contests.log import Entry, Head, Log
from lantoa.contests.models import Contest
from lantoa.contests.sequencer import origin_of, signer, tile_reader
from lantoa.contests.witnesses import note_of
from lantoa_verify import codes
from lantoa_verify import entries as forms
from lantoa_verify.export import POLICY
from lantoa_verify.merkle import BadProof
from lantoa_verify.notes import PROOF, BadNote, Proof, Verifier
from lantoa_verify.policy import parse_policy
from lantoa_verify.receipts import key_name, open_receipt, sign_receipt
from lantoa_verify.tiles import inclusion_proof

LONGEST = 20_000  # characters of a receipt that somebody hands in


@dataclass(frozen=True, slots=True)
class Stub:
    """What a page shows of an entry: the code to find it by, its place, and the head that stands above it, if any."""

    entry: Entry
    code: str
    index: int | None
    head: Head | None

    @property
    def proved(self) -> bool:
        """Whether a signed head stands above it."""
        return self.head is not None

    @property
    def kind(self) -> str:
        """The first word of its line."""
        return self.entry.line.split(" ", 1)[0]


def stub(entry: Entry) -> Stub:
    """The entry as a page shows it; one query."""
    numbered = getattr(entry, "numbered", None)
    head = Head.objects.above(entry.contest, numbered.index) if numbered else None
    return Stub(entry, codes.short_code(bytes(entry.leaf)), numbered.index if numbered else None, head)


def stub_of_attempt(contestant: int, number: int) -> Stub | None:
    """The receipt of a submitted attempt; None for one from before the log."""
    entry = Entry.objects.of_attempt(contestant, number)
    return stub(entry) if entry else None


def find(contest: Contest, code: str) -> Stub | None:
    """The entry of a short code as somebody typed it; raises BadEntry for what is no code."""
    entry = Entry.objects.coded(contest, codes.read_code(code))
    return stub(entry) if entry else None


def receipt_file(shown: Stub) -> tuple[str, str]:
    """The receipt as a file, (its name, its text): the proof once a head stands above the entry, else the promise.

    The promise is the same to the last byte whenever it is asked for. Raises NoKey where promises cannot be signed.
    """
    entry, origin = shown.entry, _origin(shown.entry.contest)
    if shown.head is None or shown.index is None:
        name = key_name(origin)
        return f"{shown.code}.txt", sign_receipt(origin, entry.line.encode(), signer(origin, "receipt", name))
    path = inclusion_proof(cache(tile_reader(entry.contest_id)), shown.index, shown.head.size)
    return f"{shown.code}.tlog-proof", str(Proof(shown.index, path, note_of(shown.head), _opening(entry)))


def _origin(contest: Contest) -> str:
    log = Log.objects.filter(contest=contest).first()
    return log.origin if log else origin_of(contest)


def _opening(entry: Entry) -> bytes:
    if entry.secret is None or entry.body is None:
        return b""
    return forms.body_salt(bytes(entry.secret)) + entry.body.encode()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receipt that was handed in is worth. ``code``: proved, promised, missing, forged, unreadable."""

    code: str
    stub: Stub | None = None
    sitting: forms.Sitting | None = None


def examine(contest: Contest, text: str) -> Verdict:
    """Check a receipt or a proof that somebody hands in, against our keys and the log as it stands.

    ``missing`` is the breach that a promise proves: we signed that this line would be in the log, and it is not.
    """
    text = text.replace("\r\n", "\n").strip() + "\n"
    if len(text) > LONGEST:
        return Verdict("unreadable")
    try:
        if text.startswith(PROOF):
            return _proof(contest, text)
        return _promise(contest, text)
    except BadProof:
        return Verdict("forged")
    except (BadNote, forms.BadEntry) as bad:
        return Verdict("forged" if "does not hold" in str(bad) or "commitment" in str(bad) else "unreadable")


def _promise(contest: Contest, text: str) -> Verdict:
    origin = _origin(contest)
    mine = signer(origin, "receipt", key_name(origin)).verifier
    promised = open_receipt(text, origin, [mine])
    entry = Entry.objects.of_leaf(contest, promised.leaf)
    if entry is None:
        return Verdict("missing")
    shown = stub(entry)
    return Verdict("proved" if shown.proved else "promised", shown)


def _proof(contest: Contest, text: str) -> Verdict:
    proof = Proof.parse(text)
    entry = Entry.objects.at_index(contest, proof.index)
    if entry is None:
        return Verdict("forged")
    proof.check(entry.line.encode(), _origin(contest), keys(contest))
    opened = forms.open_entry(forms.parse_line(entry.line.encode()), proof.extra) if proof.extra else None
    return Verdict("proved", stub(entry), opened if isinstance(opened, forms.Sitting) else None)


def keys(contest: Contest) -> Sequence[Verifier]:
    """The keys by which heads are known, as published with the log: pages have no need of the private one."""
    try:
        return parse_policy((folder_of(contest) / POLICY).read_text()).logs
    except FileNotFoundError:
        return []
