"""What a page of the exam hands on to the next request: looked up once, sealed, so that nobody need ask again.

A slip is no permission: the statement that it goes into checks who is signed in and that everything still stands. It
saves looking up what cannot have changed: whose pseudonym it is, which questions a paper has. Sealed, because no page
tells which questions of the bank it shows; bound to the contest, so that it fits nowhere else.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from struct import Struct, error
from typing import Protocol

from lantoa.exams.bank import open_bank
from lantoa.lib import sealing

_START = Struct(">QIQII16s")
_PAPER = Struct(">QIQ16s32sB")
_QUESTION = Struct(">QB")


@dataclass(frozen=True, slots=True)
class Start:
    """May start attempt ``number``: every rule was looked at, under these versions of rules and content."""

    contestant: int
    number: int
    bank: int
    rules: int
    package: int
    who: bytes

    def sealed(self, contest: str) -> str:
        """As a form carries it; ``contest`` is its address."""
        return _seal("start", contest, _START.pack(*self._fields()))

    def _fields(self) -> tuple[int | bytes, ...]:
        return self.contestant, self.number, self.bank, self.rules, self.package, self.who


@dataclass(frozen=True, slots=True)
class Paper:
    """An open paper: its row, and what marking and the log need of it."""

    attempt: int
    number: int
    bank: int
    who: bytes
    shown: bytes  # the paper's hash (log.md §6)
    questions: Sequence[int]
    orders: Sequence[int]

    def sealed(self, contest: str) -> str:
        """As a form carries it; ``contest`` is its address."""
        head = _PAPER.pack(self.attempt, self.number, self.bank, self.who, self.shown, len(self.questions))
        return _seal("paper", contest, head + b"".join(map(_QUESTION.pack, self.questions, self.orders)))


class OpenPaper(Protocol):
    """What is shown of an open attempt, read from its row or just drawn."""

    @property
    def pk(self) -> int:
        """The attempt's row."""

    @property
    def contestant_id(self) -> int:
        """Whose it is."""

    @property
    def number(self) -> int:
        """The how-manieth attempt."""

    @property
    def bank_id(self) -> int:
        """The bank that it was drawn from."""

    @property
    def questions(self) -> Sequence[int]:
        """In the order of the paper."""

    @property
    def orders(self) -> Sequence[int]:
        """How the options of each are shown: places in ORDERS."""

    @property
    def answers(self) -> Sequence[int]:
        """What is saved."""

    @property
    def revision(self) -> int:
        """Of the saved sheet."""

    @property
    def saved_at(self) -> datetime | None:
        """When it was saved."""

    @property
    def deadline(self) -> datetime:
        """When it is over."""


def of_paper(attempt: OpenPaper, who: bytes) -> Paper:
    """The slip of an open paper; ``who`` is the pseudonym of whose it is."""
    shown = open_bank(attempt.bank_id).shown(attempt.questions, attempt.orders)
    return Paper(attempt.pk, attempt.number, attempt.bank_id, who, shown, attempt.questions, attempt.orders)


def read_start(contest: str, word: str) -> Start | None:
    """The slip of a start form; None for any other word."""
    clear = _unseal("start", contest, word)
    return Start(*_START.unpack(clear)) if clear is not None and len(clear) == _START.size else None


def read_paper(contest: str, word: str) -> Paper | None:
    """The slip of a paper; None for any other word."""
    clear = _unseal("paper", contest, word)
    if clear is None:
        return None
    try:
        attempt, number, bank, who, shown, asked = _PAPER.unpack_from(clear)
        pairs = list(_QUESTION.iter_unpack(clear[_PAPER.size :]))
    except error:
        return None
    return Paper(attempt, number, bank, who, shown, *zip(*pairs, strict=True)) if len(pairs) == asked else None


def _seal(kind: str, contest: str, clear: bytes) -> str:
    return urlsafe_b64encode(sealing.seal(clear, table="slip", column=kind, row=contest)).rstrip(b"=").decode()


def _unseal(kind: str, contest: str, word: str) -> bytes | None:
    try:
        return sealing.unseal(urlsafe_b64decode(word + "=" * (-len(word) % 4)), table="slip", column=kind, row=contest)
    except ValueError:  # no base64, or sealing.Broken
        return None
