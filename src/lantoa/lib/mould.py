"""A page rendered once, with marks where each reader's own values go; then only poured.

Words and markup stay in the template; a value that is poured in must be escaped already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Two characters of Unicode's private use area: no keyboard makes them, no template changes them.
_MARK = re.compile("\ue000([a-z0-9]+)\ue001")


def mark(name: str) -> str:
    """What a template is given in place of the value called ``name``."""
    return f"\ue000{name}\ue001"


class Mould:
    """A rendered text that was given marks."""

    __slots__ = ("_names", "_parts")

    def __init__(self, text: str) -> None:
        """Cut it at its marks."""
        pieces = _MARK.split(text)
        self._parts = [piece.encode() for piece in pieces]
        self._names = list(enumerate(pieces))[1::2]

    def pour(self, values: Mapping[str, bytes]) -> bytes:
        """The text with its values; raises KeyError for one that is missing."""
        parts = self._parts.copy()
        for place, name in self._names:
            parts[place] = values[name]
        return b"".join(parts)
