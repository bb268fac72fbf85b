"""Digits as people type them: full-width, spaced, dotted; brought to plain ASCII (reliability.md S30)."""

from __future__ import annotations

import unicodedata

_APART = {"Z", "C", "P"}  # separators, control and format characters, punctuation


class Unreadable(ValueError):
    """What was typed is not such a number: ``code`` says why, ``facts`` what a message may name (never the number)."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def plain(text: str) -> str:
    """The ASCII digits in ``text``, whatever script or spacing they came in; letters and symbols are refused."""
    kept: list[str] = []
    for ch in unicodedata.normalize("NFKC", text):
        if ch.isdecimal():
            kept.append(str(unicodedata.decimal(ch)))
        elif unicodedata.category(ch)[0] not in _APART:
            raise Unreadable("letters")
    if not kept:
        raise Unreadable("empty")
    return "".join(kept)


def hide(number: str, shown: int = 3) -> str:
    """A number with all but its last digits hidden: "•••••••••482"."""
    return "•" * max(0, len(number) - shown) + number[-shown:]
