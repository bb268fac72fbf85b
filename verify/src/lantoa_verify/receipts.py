"""Receipts: the log's signed promise, given at once, that an entry will be in the log within a minute.

A receipt is a note under a key of its own (``origin/receipt``): it can never be taken for a head. Ed25519 is
deterministic, so a repeated submission gives the same bytes and nothing needs to be stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lantoa_verify.entries import parse_line
from lantoa_verify.merkle import leaf_hash
from lantoa_verify.notes import BadNote, Signer, Verifier, open_note

WITHIN_MS = 60_000
_TITLE = "lantoa receipt 1"


def key_name(origin: str) -> str:
    """Return the name of the key that signs the receipts of a log."""
    return f"{origin}/receipt"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was promised: this line, in the log of this origin."""

    origin: str
    line: bytes

    @property
    def leaf(self) -> bytes:
        """The leaf hash of the line."""
        return leaf_hash(self.line)

    @property
    def due(self) -> int:
        """When the entry is in the log at the latest: milliseconds since 1970, UTC."""
        return parse_line(self.line).at + WITHIN_MS

    @property
    def text(self) -> str:
        """The text that is signed."""
        line = self.line.decode("ascii")
        return f"{_TITLE}\n{self.origin}\n{self.leaf.hex()}\n{line}\nin the log by {self.due}\n"


def sign_receipt(origin: str, line: bytes, signer: Signer) -> str:
    """Return the receipt of an entry's line as a signed note; raises ValueError for a line that is no entry."""
    if signer.name != key_name(origin):
        raise ValueError(f"receipts of {origin} are signed by {key_name(origin)}, not by {signer.name}")
    return signer.sign(Receipt(origin, line).text)


def open_receipt(note: str, origin: str, verifiers: Iterable[Verifier]) -> Receipt:
    """Check a receipt of the log ``origin``; raises BadNote, or BadEntry for a line that is no entry."""
    mine = [verifier for verifier in verifiers if verifier.name == key_name(origin)]
    text = open_note(note, mine).text
    lines = text.split("\n")
    if len(lines) != 6 or not lines[3].isascii():  # noqa: PLR2004 -- five lines, each with its end
        raise BadNote("not a receipt")
    receipt = Receipt(origin, lines[3].encode("ascii"))
    if receipt.text != text:
        raise BadNote("not a receipt of this log")
    return receipt
