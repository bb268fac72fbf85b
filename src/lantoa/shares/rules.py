"""What a share must be: its kinds, their lengths as the contest sets them, its text made tidy (M9)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from lantoa.contests.models import Contest
from lantoa.shares.models import Share

DEFAULTS = {Share.Kind.SLOGAN: (5, 120), Share.Kind.MESSAGE: (20, 600), Share.Kind.STORY: (100, 3000)}
LONGEST_REASON = 300
PURPOSE = "publish_share:{contest}"  # of the consent, one a contest
CONSENT_VERSION = "2025-10"  # of the sentence beside the box

_JOINER = "\u200d"  # holds an emoji of several parts together
_HIDDEN = {"Cc", "Cf", "Co", "Cs"}  # control, direction overrides, private use: nothing that a reader sees
_BLANKS = re.compile(r"[^\S\n]+")
_GAP = re.compile(r"\n{3,}")


class Refused(Exception):
    """A rule says no; the door turns the code into words.

    To the author: before, closed, invalid, unfinished, kind, short, long, published. To the moderator: forbidden,
    edited, no_consent, reason. To whoever reports: unknown, reason, long.
    """

    def __init__(self, code: str) -> None:
        """Carry the rule's code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Length:
    """Characters, both ends included."""

    least: int
    most: int


def lengths(contest: Contest) -> dict[str, Length]:
    """The lengths of each kind: the contest's own (`share_rules`), else the house's."""
    own = contest.share_rules
    return {
        kind.value: Length(own.get(kind.value, {}).get("min", least), own.get(kind.value, {}).get("max", most))
        for kind, (least, most) in DEFAULTS.items()
    }


def tidy_text(text: str, *, lines: bool = True) -> str:
    """NFC, line breaks kept but never two empty lines, single spaces, no sign that hides; ``lines`` False: one line."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(
        ch if ch in {"\n", _JOINER} or unicodedata.category(ch) not in _HIDDEN else " " if ch.isspace() else ""
        for ch in (composed if lines else composed.replace("\n", " "))
    )
    rows = (_BLANKS.sub(" ", row).strip() for row in seen.split("\n"))
    return _GAP.sub("\n\n", "\n".join(rows)).strip()


def fitting(contest: Contest, kind: str, text: str) -> str:
    """The text as it is kept, when kind and length are right; raises Refused."""
    length = lengths(contest).get(kind)
    if length is None:
        raise Refused("kind")
    kept = tidy_text(text, lines=kind != Share.Kind.SLOGAN)
    if len(kept) < length.least:
        raise Refused("short")
    if len(kept) > length.most:
        raise Refused("long")
    return kept
