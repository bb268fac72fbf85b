"""Numbers that anyone can draw again: the deterministic stream behind every paper.

Source of the formats: log.md §6. Before a contest opens the organiser commits to a secret
seed and to the name of a public number that does not exist yet; both together give the contest's key, the key gives
each attempt its own key, and each label under that key gives a stream of uniform numbers. HMAC-SHA-256 is used because
it stands in the standard library of Python and of every browser. This module knows no contest and no question.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from functools import lru_cache
from struct import Struct
from typing import Any, TypeVar

T = TypeVar("T")

_WORD_BITS = 32
_WORD = 1 << _WORD_BITS
_COUNTER = Struct(">I")
_BLOCK = Struct(">8I")
WHO_BYTES = 16
_SHA_BLOCK = 64  # bytes
_PADS = [bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C)]


def seed_commitment(seed: bytes) -> bytes:
    """Return the hash that is published before the contest in place of the seed (log.md §6)."""
    return hashlib.sha256(b"lantoa/seed/1\n" + seed).digest()


def beacon_digest(value: bytes) -> bytes:
    """Return the hash under which the public number stands in the log once it is known (log.md §6)."""
    return hashlib.sha256(b"lantoa/beacon/1\n" + value).digest()


def contest_key(seed: bytes, value: bytes) -> bytes:
    """Return the contest's key from the committed seed and the public number named beforehand (log.md §6).

    A contest without such a number has the empty value.
    """
    return hmac.digest(seed, b"lantoa/contest/1\n" + value, "sha256")


def paper_key(contest: bytes, who: bytes, attempt: int) -> bytes:
    """Return the key of one attempt; ``who`` is the contestant's 16 random bytes in this contest (log.md §6)."""
    if len(who) != WHO_BYTES:
        raise ValueError(f"who must be {WHO_BYTES} bytes, not {len(who)}")
    return hmac.digest(contest, b"lantoa/paper/1\n" + who + _COUNTER.pack(attempt), "sha256")


@lru_cache(maxsize=8)
def _begun(key: bytes) -> tuple[Any, Any]:
    """Begin HMAC-SHA-256 (RFC 2104) with a key: a paper asks dozens of blocks of one; beginning is dear."""
    padded = (hashlib.sha256(key).digest() if len(key) > _SHA_BLOCK else key).ljust(_SHA_BLOCK, b"\0")
    inner, outer = (hashlib.sha256(padded.translate(pad)) for pad in _PADS)
    return inner, outer


class Stream:
    """Uniform numbers under one label of one key.

    Block i is HMAC-SHA-256(key, label, 0x00, i as four bytes); it is read four bytes at a time, big-endian. A word at
    or above the greatest multiple of n is refused, so that no remainder is favoured (log.md §6).
    """

    __slots__ = ("_counter", "_key", "_label", "_words")

    def __init__(self, key: bytes, label: str) -> None:
        """Open the stream of ``label``; streams of different labels never disturb each other."""
        self._key = key
        self._label = label.encode() + b"\0"
        self._counter = 0
        self._words: list[int] = []

    def _word(self) -> int:
        if not self._words:
            inner, outer = (begun.copy() for begun in _begun(self._key))
            inner.update(self._label + _COUNTER.pack(self._counter))
            outer.update(inner.digest())
            self._words += reversed(_BLOCK.unpack(outer.digest()))
            self._counter += 1
        return self._words.pop()

    def below(self, n: int) -> int:
        """Return a uniform number from 0 to n - 1.

        Above 2^32 the number is made of the fewest words that hold n, the first word the most significant, under the
        same rule of refusal with that many words.
        """
        if n <= _WORD:
            if n < 1:
                raise ValueError("below() needs a number of at least 1")
            limit = _WORD - _WORD % n
            while True:
                value = self._word()
                if value < limit:
                    return value % n
        return self._below_large(n)

    def _below_large(self, n: int) -> int:
        words = -(-(n - 1).bit_length() // _WORD_BITS)
        span = 1 << (_WORD_BITS * words)
        limit = span - span % n
        while True:
            value = 0
            for _ in range(words):
                value = value << _WORD_BITS | self._word()
            if value < limit:
                return value % n

    def sample(self, items: Iterable[T], k: int) -> list[T]:
        """Return the first k of a Fisher-Yates shuffle of ``items``; ``items`` stays as it is."""
        mixed = list(items)
        size = len(mixed)
        if not 0 <= k <= size:
            raise ValueError(f"cannot take {k} of {size}")
        words = self._words
        for i in range(k):
            n = size - i
            value = words.pop() if words else self._word()
            while value >= _WORD - _WORD % n:
                value = self._word()
            j = i + value % n
            mixed[i], mixed[j] = mixed[j], mixed[i]
        return mixed[:k]

    def shuffle(self, items: Sequence[T]) -> list[T]:
        """Return all of ``items`` in a new order."""
        return self.sample(items, len(items))
