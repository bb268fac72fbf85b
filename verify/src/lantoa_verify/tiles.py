"""The tree as tiles (C2SP tlog-tiles): files of 256 hashes a level, from which roots and proofs are read.

Functions take a reader of tiles and give bytes back; where tiles lie (a database, a folder, a site) is not theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lantoa_verify.merkle import EMPTY, HASH_BYTES, fold, root

WIDTH = 256  # hashes a tile
_HEIGHT = 8  # levels of the tree that a tile spans
_FULL = WIDTH * HASH_BYTES
_GROUP = 1000  # a path names a tile by groups of three digits

ReadTile = Callable[[int, int], bytes]  # (level, number) -> its hashes, at least those that the tree's size needs


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Return the path of a tile below the log's folder; ``width`` is less than 256 for a partial one."""
    return f"tile/{level}/{numbered(number)}" + (f".p/{width}" if width < WIDTH else "")


def entries_path(number: int, width: int = WIDTH) -> str:
    """Return the path of a bundle of entries; ``width`` is less than 256 for a partial one."""
    return f"tile/entries/{numbered(number)}" + (f".p/{width}" if width < WIDTH else "")


def numbered(number: int) -> str:
    """Return a number in the way of tlog-tiles: 1234067 is ``x001/x234/067``."""
    name = f"{number % _GROUP:03}"
    while number >= _GROUP:
        number //= _GROUP
        name = f"x{number % _GROUP:03}/{name}"
    return name


def widths(size: int) -> Iterable[tuple[int, int, int]]:
    """Yield (level, number, width) of every tile of a tree of ``size`` leaves, lowest level first."""
    level = 0
    while size:
        for number in range(-(-size // WIDTH)):
            yield level, number, min(WIDTH, size - number * WIDTH)
        level, size = level + 1, size // WIDTH


def extend(read: ReadTile, size: int, leaves: Iterable[bytes]) -> dict[tuple[int, int], bytes]:
    """Append leaf hashes to a tree of ``size``: the tiles that changed, by (level, number).

    Only the right edge is read.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, start, added = 0, size, list(leaves)
    while added:
        above: list[bytes] = []
        number, held = divmod(start, WIDTH)
        tile = read(level, number)[: held * HASH_BYTES] if held else b""
        data = tile + b"".join(added)
        for place in range(0, len(data), _FULL):
            part = data[place : place + _FULL]
            changed[level, number + place // _FULL] = part
            if len(part) == _FULL:
                above.append(root(_hashes(part)))
        level, start, added = level + 1, number, above
    return changed


def edge_parts(read: ReadTile, size: int) -> list[bytes]:
    """Return the roots of the full subtrees of a tree, largest first: what :class:`merkle.Edge` goes on from."""
    return _parts(read, 0, size)


def root_at(read: ReadTile, size: int) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return _root(read, 0, size)


def inclusion_proof(read: ReadTile, index: int, size: int) -> list[bytes]:
    """Return the path of leaf ``index`` in the tree of ``size`` (RFC 9162 §2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    low, high = 0, size
    path: list[tuple[int, int]] = []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return [_root(read, *part) for part in reversed(path)]


def consistency_proof(read: ReadTile, first: int, second: int) -> list[bytes]:
    """Return the path that shows the tree of ``second`` to begin with that of ``first`` (RFC 9162 §2.1.4.1).

    From the empty tree, and between equal ones, the path is empty.
    """
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} does not begin with one of {first}")
    if first in {0, second}:
        return []
    low, high, left = 0, second, True  # left: the earlier tree begins where this subtree does
    path: list[tuple[int, int]] = []
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low, left = middle, False
    if not left:
        path.append((low, high))
    return [_root(read, *part) for part in reversed(path)]


def _split(width: int) -> int:
    """The largest power of two below ``width``."""
    return 1 << ((width - 1).bit_length() - 1)


def _root(read: ReadTile, low: int, high: int) -> bytes:
    return fold(_parts(read, low, high)) if high > low else EMPTY


def _parts(read: ReadTile, low: int, high: int) -> list[bytes]:
    parts = []
    while low < high:
        width = 1 << ((high - low).bit_length() - 1)
        parts.append(_subtree(read, low, width))
        low += width
    return parts


def _subtree(read: ReadTile, low: int, width: int) -> bytes:
    """The root of a full subtree: ``width`` is a power of two and divides ``low``."""
    level = (width.bit_length() - 1) // _HEIGHT
    hashes = width >> (_HEIGHT * level)
    number, place = divmod(low >> (_HEIGHT * level), WIDTH)
    return root(_hashes(read(level, number), place, place + hashes))


def _hashes(data: bytes, start: int = 0, end: int | None = None) -> Sequence[bytes]:
    end = len(data) // HASH_BYTES if end is None else end
    if len(data) < end * HASH_BYTES:
        raise ValueError(f"a tile holds {len(data) // HASH_BYTES} hashes, {end} are needed")
    return [data[place * HASH_BYTES : (place + 1) * HASH_BYTES] for place in range(start, end)]
