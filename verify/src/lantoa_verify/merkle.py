"""The hash tree of RFC 9162 §2.1 (as in RFC 6962): leaves, nodes, roots, and the checks of proofs."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY = sha256(b"").digest()  # the root of a tree without leaves


class BadProof(ValueError):
    """A proof that does not prove what it is said to prove."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00, data)."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node: SHA-256(0x01, left, right)."""
    return sha256(b"\1" + left + right).digest()


def root(hashes: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes, level by level; an odd last node moves up unchanged (the same as §2.1.1)."""
    level = list(hashes)
    if not level:
        return EMPTY
    while len(level) > 1:
        above = [sha256(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        if len(level) & 1:
            above.append(level[-1])
        level = above
    return level[0]


class Edge:
    """The right edge of a growing tree: the roots of its full subtrees, largest first. Enough for every later root."""

    __slots__ = ("_parts", "size")

    def __init__(self, size: int = 0, parts: Sequence[bytes] = ()) -> None:
        """Begin empty, or from the parts of a tree of this size: one part for each bit of the size that is set."""
        if size.bit_count() != len(parts):
            raise ValueError(f"an edge of {size} leaves has {size.bit_count()} parts, not {len(parts)}")
        self.size = size
        self._parts = list(parts)

    @property
    def parts(self) -> tuple[bytes, ...]:
        """The roots of the full subtrees, largest first."""
        return tuple(self._parts)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        size, parts = self.size, self._parts
        while size & 1:
            leaf = sha256(b"\1" + parts.pop() + leaf).digest()
            size >>= 1
        parts.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        return fold(self._parts) if self._parts else EMPTY


def fold(parts: Sequence[bytes]) -> bytes:
    """Return the root above full subtrees, largest first."""
    found = parts[-1]
    for part in reversed(parts[:-1]):
        found = node_hash(part, found)
    return found


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> None:
    """Check that ``leaf`` (a leaf hash) is leaf ``index`` of the tree of ``size`` with that root (§2.1.3.2).

    Raises BadProof.
    """
    if not 0 <= index < size:
        raise BadProof(f"no leaf {index} in a tree of {size}")
    _whole(leaf, *path, expected)
    place, last, found = index, size - 1, leaf
    for part in path:
        if not last:
            raise BadProof("the path is too long")
        if place & 1 or place == last:
            found = node_hash(part, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, part)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the path is too short")
    _same(found, expected)


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> None:
    """Check that the tree of ``second`` leaves begins with the tree of ``first`` leaves (§2.1.4.2).

    Every tree begins with the empty one, so a proof from size 0 would prove nothing: it is refused, as are sizes that
    shrink. Raises BadProof.
    """
    if not 0 < first <= second:
        raise BadProof(f"nothing to prove between sizes {first} and {second}")
    if first == second:
        if path:
            raise BadProof("equal trees need no path")
        _same(first_root, second_root)
        return
    _whole(first_root, second_root, *path)
    if not path:
        raise BadProof("the path is too short")
    parts = list(path)
    if first & (first - 1) == 0:
        parts.insert(0, first_root)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old, new = _climb(place, last, parts)
    _same(old, first_root)
    _same(new, second_root)


def _climb(place: int, last: int, parts: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Follow a consistency path upwards: the roots of the earlier and the later tree that it leads to."""
    old = new = parts[0]
    for part in parts[1:]:
        if not last:
            raise BadProof("the path is too long")
        if place & 1 or place == last:
            old, new = node_hash(part, old), node_hash(part, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, part)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the path is too short")
    return old, new


def _whole(*hashes: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise BadProof(f"a hash has {HASH_BYTES} bytes")


def _same(found: bytes, expected: bytes) -> None:
    if not hmac.compare_digest(found, expected):
        raise BadProof("the path leads to another root")
