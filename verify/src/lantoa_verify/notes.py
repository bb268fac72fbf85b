"""Signed texts in the formats of C2SP: signed-note, tlog-checkpoint, tlog-cosignature (v1), tlog-proof (v1).

A note is a text, an empty line, and signature lines. A checkpoint is a note that says how large a log is and what its
root is. A witness signs the same text together with the moment of its own clock.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lantoa_verify.merkle import HASH_BYTES, leaf_hash, verify_inclusion

ED25519 = 0x01  # a log's signature, or a receipt's
COSIGNATURE = 0x04  # a witness's, with its time
MOST_SIGNATURES = 100
PROOF = "c2sp.org/tlog-proof@v1"
_ID = 4
_KEY = 32
_TIME = Struct(">Q")
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class BadNote(ValueError):
    """A text that is not the note it should be, or that nobody known has signed."""


def to_base64(data: bytes) -> str:
    """Return standard base64, padded."""
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """Return what base64 says, in its only right spelling; raises BadNote."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("not base64") from error
    if to_base64(data) != text:
        raise BadNote("base64 in another spelling")
    return data


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name, as its one-line form (vkey) says it."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        """Refuse a name or a key that no note can carry."""
        if not _NAME.fullmatch(self.name) or self.kind not in {ED25519, COSIGNATURE} or len(self.public) != _KEY:
            raise BadNote("not a key of a known kind")

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:_ID]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read ``name+id+base64``; raises BadNote."""
        found = _VKEY.fullmatch(vkey)
        if not found:
            raise BadNote("not a key")
        data = from_base64(found[3])
        verifier = cls(found[1], data[0], data[1:])
        if verifier.id.hex() != found[2]:
            raise BadNote("the key's id is not its own")
        return verifier

    def check(self, text: str, signature: bytes) -> int | None:
        """Check a signature (without key id); return a witness's moment (POSIX seconds) or None; raises BadNote."""
        moment, message = None, text
        if self.kind == COSIGNATURE:
            moment, signature = _TIME.unpack(signature[: _TIME.size].ljust(_TIME.size))[0], signature[_TIME.size :]
            message = _cosigned(text, moment)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message.encode())
        except InvalidSignature:
            raise BadNote(f"the signature of {self.name} does not hold") from None
        return moment


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key (32 bytes) with the name under which it signs."""

    name: str
    private: bytes
    kind: int = ED25519

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.kind, _pair(self.private)[1])

    def line(self, text: str, moment: int | None = None) -> str:
        """Return the signature line of ``text``; a witness gives the moment in POSIX seconds."""
        if (moment is not None) != (self.kind == COSIGNATURE):
            raise ValueError("a witness signs with its moment, a log without")
        before = b"" if moment is None else _TIME.pack(moment)
        message = text if moment is None else _cosigned(text, moment)
        return f"— {self.name} {to_base64(self.verifier.id + before + _pair(self.private)[0].sign(message.encode()))}\n"

    def sign(self, text: str) -> str:
        """Return ``text`` as a note with this one signature."""
        if not text.endswith("\n"):
            raise ValueError("the text of a note ends with a newline")
        return f"{text}\n{self.line(text)}"


@lru_cache(maxsize=16)
def _pair(private: bytes) -> tuple[Ed25519PrivateKey, bytes]:
    key = Ed25519PrivateKey.from_private_bytes(private)
    return key, key.public_key().public_bytes_raw()


def _cosigned(text: str, moment: int) -> str:
    return f"cosignature/v1\ntime {moment}\n{text}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the known keys that signed it, each with the moment of a witness."""

    text: str
    signed: dict[Verifier, int | None]


def split_note(note: str) -> tuple[str, list[str]]:
    """Return the text of a note and its signature lines; no signature is checked. Raises BadNote."""
    if any(char < " " and char != "\n" for char in note):
        raise BadNote("a note holds no control characters")
    text, between, signatures = note.rpartition("\n\n")
    if not between or not text or not signatures.endswith("\n"):
        raise BadNote("not a note")
    lines = signatures[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise BadNote("too many signatures")
    if not all(map(_SIGNATURE.fullmatch, lines)):
        raise BadNote("not a signature line")
    return text + "\n", lines


def open_note(note: str, verifiers: Iterable[Verifier]) -> Note:
    """Check a note: every signature that names a known key must hold, and there must be one. Raises BadNote."""
    text, lines = split_note(note)
    known = {(verifier.name, verifier.id): verifier for verifier in verifiers}
    signed: dict[Verifier, int | None] = {}
    for line in lines:
        _, name, encoded = line.split(" ")
        raw = from_base64(encoded)
        verifier = known.get((name, raw[:_ID]))
        if verifier and verifier not in signed:
            signed[verifier] = verifier.check(text, raw[_ID:])
    if not signed:
        raise BadNote("no known key has signed this")
    return Note(text, signed)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How large a log was and what its root was: three lines that are signed."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a checkpoint without extensions; raises BadNote."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or not _NUMBER.fullmatch(lines[1]):  # noqa: PLR2004 -- three lines
            raise BadNote("not a checkpoint")
        root = from_base64(lines[2])
        if len(root) != HASH_BYTES:
            raise BadNote("a root has 32 bytes")
        return cls(lines[0], int(lines[1]), root)


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint whose signature by the log was checked, and the witnesses that signed it, with their moments."""

    checkpoint: Checkpoint
    witnesses: dict[Verifier, int]

    @property
    def size(self) -> int:
        """Leaves of the tree."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """Root of the tree."""
        return self.checkpoint.root


def open_checkpoint(note: str, origin: str, verifiers: Iterable[Verifier]) -> Head:
    """Open a signed checkpoint of the log ``origin``; the log's own key must be among those that signed.

    A witness's signature alone makes no head: the log's key has the origin as its name. Raises BadNote.
    """
    opened = open_note(note, verifiers)
    checkpoint = Checkpoint.parse(opened.text)
    if checkpoint.origin != origin:
        raise BadNote(f"a checkpoint of {checkpoint.origin}, not of {origin}")
    if not any(one.kind == ED25519 and one.name == origin for one in opened.signed):
        raise BadNote("the log itself has not signed this")
    return Head(checkpoint, {one: moment for one, moment in opened.signed.items() if moment is not None})


@dataclass(frozen=True, slots=True)
class Proof:
    """A leaf's place in a tree whose head is signed, with free bytes beside it (here: the opening of the entry)."""

    index: int
    path: Sequence[bytes]
    note: str  # the checkpoint with its signatures
    extra: bytes = b""

    def __str__(self) -> str:
        """The file, ``.tlog-proof``."""
        lines = [PROOF, *([f"extra {to_base64(self.extra)}"] if self.extra else []), f"index {self.index}"]
        return "\n".join([*lines, *map(to_base64, self.path)]) + f"\n\n{self.note}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a proof; nothing is checked yet. Raises BadNote."""
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        if lines.pop(0) != PROOF:
            raise BadNote("not a proof")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = from_base64(lines.pop(0).removeprefix("extra "))
        index = lines.pop(0).removeprefix("index ") if lines and lines[0].startswith("index ") else ""
        if not _NUMBER.fullmatch(index):
            raise BadNote("a proof names the index of its leaf")
        return cls(int(index), tuple(map(from_base64, lines)), note, extra)

    def check(self, leaf: bytes, origin: str, verifiers: Iterable[Verifier]) -> Head:
        """Check that the leaf stands at this index below a head that the log signed; raises BadNote or BadProof."""
        head = open_checkpoint(self.note, origin, verifiers)
        verify_inclusion(leaf_hash(leaf), self.index, head.size, self.path, head.root)
        return head
