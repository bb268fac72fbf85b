"""A page rendered once, with marks where each reader's own values go; then only poured.

Words and markup stay in the template; a value that is poured in must be escaped already. A value that many readers are
shown may be a mould itself, without marks: it is compressed once too.
"""

from __future__ import annotations

import re
import secrets
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

# Two characters of Unicode's private use area, which no template changes, and what nobody outside this process knows:
# whoever types them into a name or an address has typed words.
_SECRET = secrets.token_hex(8)
_MARK = re.compile(f"\ue000{_SECRET}([a-z0-9_]+)\ue001")
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # of gzip (RFC 1952): deflate, no name, no time
_END = b"\x03\x00"  # an empty last block (RFC 1951)
_MOST = 65_535  # bytes in a block that is stored as it is


def mark(name: str) -> str:
    """What a template is given in place of the value called ``name``."""
    return f"\ue000{_SECRET}{name}\ue001"


class Mould:
    """A rendered text that was given marks."""

    __slots__ = ("_names", "_packed", "_parts", "names", "size")

    def __init__(self, text: str) -> None:
        """Cut it at its marks."""
        pieces = _MARK.split(text)
        self._parts = [piece.encode() for piece in pieces]
        self._names = list(enumerate(pieces))[1::2]
        self._packed: list[bytes] = []
        self.names = frozenset(pieces[1::2])
        self.size = sum(map(len, self._parts))  # bytes

    def pour(self, values: Mapping[str, Value]) -> bytes:
        """The text with its values; raises KeyError for one that is missing."""
        return b"".join(self._poured(values))

    def pour_packed(self, values: Mapping[str, Value]) -> bytes:
        """The same as a gzip file whose constant parts were compressed once.

        No one's own value is compressed: none leaves a trace of itself in the length, whatever stands beside it.
        """
        check = size = 0
        for part in self._poured(values):
            check, size = zlib.crc32(part, check), size + len(part)
        blocks = self.blocks().copy()
        for place, name in self._names:
            value = values[name]
            blocks[place] = value.blocks()[0] if isinstance(value, Mould) else b"".join(_stored(value))
        return b"".join((_HEAD, *blocks, _END, struct.pack("<II", check, size & 0xFFFFFFFF)))

    def blocks(self) -> list[bytes]:
        """The constant parts, compressed when they are asked for first."""
        self._packed = self._packed or [_deflated(part) for part in self._parts]
        return self._packed

    def _poured(self, values: Mapping[str, Value]) -> list[bytes]:
        parts = self._parts.copy()
        for place, name in self._names:
            value = values[name]
            parts[place] = value.pour({}) if isinstance(value, Mould) else value
        return parts


Value: TypeAlias = bytes | Mould


def _deflated(part: bytes) -> bytes:
    """Blocks that end at a whole byte and look back at nothing before them."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)


def _stored(value: bytes) -> Iterator[bytes]:
    for start in range(0, len(value), _MOST):
        piece = value[start : start + _MOST]
        yield struct.pack("<BHH", 0, len(piece), len(piece) ^ 0xFFFF) + piece
