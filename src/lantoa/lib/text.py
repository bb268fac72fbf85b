"""Vietnamese text: folding without diacritics, one spelling, the order of names, masking (domain.md §4)."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def tidy(text: str) -> str:
    """NFC, no control characters, single spaces, nothing at the ends; the user's diacritics are kept."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(ch if unicodedata.category(ch)[0] != "C" else " " for ch in composed)
    return _SPACES.sub(" ", visible).strip()


def fold(text: str) -> str:
    """Lower case without marks, to search by: "Cẩm Giàng" → "cam giang". Đ has no decomposition of its own."""
    decomposed = unicodedata.normalize("NFD", tidy(text).casefold().replace("đ", "d"))
    return "".join(ch for ch in decomposed if unicodedata.category(ch) != "Mn")
