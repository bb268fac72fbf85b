"""Entries of the log: one ASCII line each, one spelling each (log.md §2).

A *public* entry says everything in its line. A *personal* one shows its kind, its moment and a hiding commitment; the
body that was committed to is opened beside it and may be closed again: bodies and secrets can be erased, lines never.

Numbers are decimals without leading zeros below 10^19, bytes are lower-case hex, fields part by one space. Moments are
milliseconds since 1970, UTC, by the database's clock.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from lantoa_verify.merkle import leaf_hash

SALT_BYTES = 16
SECRET_BYTES = 32
WHO_BYTES = 16
COMMITMENT = b"lantoa/entry/1\n"  # before salt and body
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # options as shown; "-" for no answer

_P = "[0-9a-f]{32}"
_H = "[0-9a-f]{64}"
_N = "(?:0|[1-9][0-9]{0,18})"
_CHOICES = re.compile("[A-Z-]*")


class BadEntry(ValueError):
    """A line, body or opening that is not written in the one way in which it may be written."""


# --- bodies of personal entries --------------------------------------------------------------------------------------


class Join(NamedTuple):
    """Somebody takes part, for this unit."""

    who: bytes
    unit: str


class Sitting(NamedTuple):
    """A submitted attempt; its kind is ``first`` for a person's first one, else ``again``."""

    who: bytes
    attempt: int  # 1, 2, 3 without a gap
    right: int
    of: int
    ms: int
    rules: int  # version
    bank: int  # version
    paper: bytes  # hash of the paper
    answers: bytes  # commitment to the choices


class Move(NamedTuple):
    """Somebody counts for another unit from a moment on; 0: always did."""

    who: bytes
    unit: str
    effective: int


class Void(NamedTuple):
    """Attempts stop to count (kind ``void``) or count again (``restore``); attempt 0 stands for all, and the person."""

    who: bytes
    attempt: int
    effective: int
    reason: str


class Merge(NamedTuple):
    """Two entries were one person: what ``source`` did counts for ``into``."""

    source: bytes
    into: bytes
    effective: int


class Share(NamedTuple):
    """Somebody wrote a share; the text itself is committed to."""

    who: bytes
    text: bytes


class Award(NamedTuple):
    """A prize was given."""

    who: bytes
    prize: str
    rank: int


Body = Join | Sitting | Move | Void | Merge | Share | Award
BODIES: Mapping[str, type[Body]] = {
    "join": Join,
    "first": Sitting,
    "again": Sitting,
    "move": Move,
    "void": Void,
    "restore": Void,
    "merge": Merge,
    "share": Share,
    "award": Award,
}

# --- public entries --------------------------------------------------------------------------------------------------


class Log(NamedTuple):
    """Entry 0: the version of these formats, and the log's name."""

    format: int
    origin: str


class Version(NamedTuple):
    """``rules``, ``bank`` or ``units``: a version and the SHA-256 of its file."""

    version: int
    digest: bytes


class Seed(NamedTuple):
    """The commitment to the contest's seed, and the name of a public number that does not exist yet."""

    commitment: bytes
    beacon: str


class Digest(NamedTuple):
    """``beacon`` (the value of the public number) or ``incident`` (an explanation): a SHA-256."""

    digest: bytes


class Reveal(NamedTuple):
    """After the closing: the seed's commitment again, and the SHA-256 of the list of right options."""

    commitment: bytes
    keys: bytes


class HeadEntry(NamedTuple):
    """A signed head, written down before the next one, with the visits counted until then."""

    size: int
    root: bytes
    visits: int


class BulletinEntry(NamedTuple):
    """Published figures: their moment, the size of the log known then, the SHA-256 of the bulletin."""

    number: int
    as_of: int
    known_size: int
    digest: bytes


class Standing(NamedTuple):
    """A published standing: its moment, the size of the log known then, its SHA-256."""

    as_of: int
    known_size: int
    digest: bytes


class Erase(NamedTuple):
    """So many entries were closed for ever; the SHA-256 of the list of their indexes."""

    closed: int
    indexes: bytes


class KeyEntry(NamedTuple):
    """A new key of the log, written down under the old one."""

    vkey: str


class Succession(NamedTuple):
    """A unit became part of another from a moment on: what counted there counts here."""

    unit: str
    successor: str
    effective: int


class Close(NamedTuple):
    """The contest is over."""


Public = (
    Log | Version | Seed | Digest | Reveal | HeadEntry | BulletinEntry | Standing | Erase
    | KeyEntry | Succession | Close
)  # fmt: skip
PUBLIC: Mapping[str, type[Public]] = {
    "log": Log,
    "rules": Version,
    "bank": Version,
    "units": Version,
    "seed": Seed,
    "beacon": Digest,
    "reveal": Reveal,
    "head": HeadEntry,
    "bulletin": BulletinEntry,
    "standing": Standing,
    "erase": Erase,
    "key": KeyEntry,
    "incident": Digest,
    "succession": Succession,
    "close": Close,
}

# --- one regular expression a kind -----------------------------------------------------------------------------------

_WORDS = {
    "format": "1",
    "origin": "[a-z0-9./-]{1,200}",
    "unit": "[0-9A-Z-]{1,16}",
    "successor": "[0-9A-Z-]{1,16}",
    "reason": "[a-z-]{1,24}",
    "prize": "[a-z0-9-]{1,24}",
    "beacon": "[A-Za-z0-9:._/-]{1,120}",
    "vkey": "[A-Za-z0-9+/=.-]{1,200}",
}
_PSEUDONYMS = {"who", "source", "into"}


def _word(form: type[Body | Public], name: str) -> str:
    """The regular expression of one field."""
    if name in _WORDS:
        return _WORDS[name]
    if name in _PSEUDONYMS:
        return _P
    return _N if form.__annotations__[name] is int else _H


def _grammar(form: type[Body | Public]) -> str:
    return " ".join(_word(form, name) for name in form._fields)


_BODY = {kind: re.compile(_grammar(form), re.ASCII) for kind, form in BODIES.items()}
_LINE = re.compile(
    "|".join(
        [
            f"(?:{'|'.join(BODIES)}) {_N} {_H}",
            *(f"{kind} {_N}" + (f" {_grammar(form)}" if form._fields else "") for kind, form in PUBLIC.items()),
        ]
    ),
    re.ASCII,
)
_OF_TYPE: Mapping[type, Callable[[str], Any]] = {int: int, str: str, bytes: bytes.fromhex}
_READ: Mapping[type, tuple[Callable[[str], Any], ...]] = {
    form: tuple(_OF_TYPE[form.__annotations__[name]] for name in form._fields)
    for form in {*BODIES.values(), *PUBLIC.values()}
}


class Line(NamedTuple):
    """A line as it was read: a personal one has a commitment, a public one its fields."""

    kind: str
    at: int
    commitment: bytes | None
    fields: Public | None


class Entry(NamedTuple):
    """A personal entry as it is made: the public line, and the opening that goes beside it."""

    line: bytes
    opening: bytes

    @property
    def leaf(self) -> bytes:
        """The leaf hash of the line."""
        return leaf_hash(self.line)


def parse_line(line: bytes) -> Line:
    """Read a line in its only right spelling; raises BadEntry."""
    text = line.decode("ascii", "replace")
    if not _LINE.fullmatch(text):
        raise BadEntry("not a line of the log")
    kind, at, *words = text.split(" ")
    if kind in BODIES:
        return Line(kind, int(at), bytes.fromhex(words[0]), None)
    return Line(kind, int(at), None, _filled(PUBLIC[kind], words))


def parse_body(kind: str, body: bytes) -> Body:
    """Read the body of a personal entry in its only right spelling; raises BadEntry."""
    text = body.decode("ascii", "replace")
    if kind not in _BODY or not _BODY[kind].fullmatch(text):
        raise BadEntry(f"not the body of a {kind}")
    body_read: Body = _filled(BODIES[kind], text.split(" "))
    return body_read


def _filled(form: type, words: Iterable[str]) -> Any:
    return form(*(read(word) for read, word in zip(_READ[form], words, strict=True)))


def _written(fields: Iterable[object]) -> str:
    return " ".join(one.hex() if isinstance(one, bytes) else str(one) for one in fields)


def write_body(kind: str, body: Body) -> bytes:
    """Write the body of a personal entry; raises BadEntry for values that no body can hold."""
    text = _written(body)
    if type(body) is not BODIES.get(kind) or not _BODY[kind].fullmatch(text):
        raise BadEntry(f"not the body of a {kind}")
    return text.encode("ascii")


def public_line(kind: str, at: int, fields: Public) -> bytes:
    """Write the line of a public entry; raises BadEntry for values that no line can hold."""
    text = " ".join([kind, str(at), *([_written(fields)] if fields else [])])
    if type(fields) is not PUBLIC.get(kind) or not _LINE.fullmatch(text):
        raise BadEntry(f"not a line of kind {kind}")
    return text.encode("ascii")


def personal_line(kind: str, at: int, commitment: bytes) -> bytes:
    """Write the line of a personal entry whose body was committed to; raises BadEntry."""
    text = f"{kind} {at} {commitment.hex()}"
    if kind not in BODIES or not _LINE.fullmatch(text):
        raise BadEntry(f"not a line of kind {kind}")
    return text.encode("ascii")


# --- secrets, commitments, openings ----------------------------------------------------------------------------------


def body_salt(secret: bytes) -> bytes:
    """Return the salt of an entry's body, from its secret of 32 random bytes."""
    return hmac.digest(secret, b"lantoa/salt/body", "sha256")[:SALT_BYTES]


def inner_salt(secret: bytes) -> bytes:
    """Return the salt of what a body commits to in turn: answers, or the text of a share. Opened apart."""
    return hmac.digest(secret, b"lantoa/salt/answers", "sha256")[:SALT_BYTES]


def commitment(salt: bytes, body: bytes) -> bytes:
    """Return what a line says of its body until it is opened."""
    return sha256(COMMITMENT + salt + body).digest()


def answers_commitment(salt: bytes, choices: str) -> bytes:
    """Return what a sitting says of its answers: a letter A … Z a question in paper order, ``-`` for none."""
    if not _CHOICES.fullmatch(choices):
        raise BadEntry("choices are letters A to Z, or -")
    return sha256(b"lantoa/answers/1\n" + salt + choices.encode("ascii")).digest()


def share_commitment(salt: bytes, text: str) -> bytes:
    """Return what a share says of its text (UTF-8)."""
    return sha256(b"lantoa/share/1\n" + salt + text.encode()).digest()


def seal_entry(kind: str, at: int, body: Body, secret: bytes) -> Entry:
    """Make a personal entry: its line, and the opening (salt and body) that may be withdrawn. Raises BadEntry."""
    if len(secret) != SECRET_BYTES:
        raise BadEntry(f"a secret has {SECRET_BYTES} bytes")
    written, salt = write_body(kind, body), body_salt(secret)
    return Entry(personal_line(kind, at, commitment(salt, written)), salt + written)


def open_entry(line: Line, opening: bytes) -> Body:
    """Return the body that an opening shows; raises BadEntry when it is not what the line committed to."""
    salt, body = opening[:SALT_BYTES], opening[SALT_BYTES:]
    if line.commitment is None or commitment(salt, body) != line.commitment:
        raise BadEntry("the opening does not match its commitment")
    return parse_body(line.kind, body)
