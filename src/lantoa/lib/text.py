"""Vietnamese text: folding without diacritics, one spelling, the order of names, masking (domain.md §4)."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_TONES = {"\u0300": 2, "\u0309": 3, "\u0303": 4, "\u0301": 5, "\u0323": 6}  # huyền, hỏi, ngã, sắc, nặng; 1 is level
_ALPHABET = ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "ô", "ơ"]
_ALPHABET += ["p", "q", "r", "s", "t", "u", "ư", "v", "w", "x", "y", "z"]
# One ASCII sign a letter, in an order that every collation keeps; 0 is left to separate.
_SIGN = dict(zip(_ALPHABET, "123456789abcdefghijklmnopqrstuvwxyz", strict=False))
SORT_KEY_LENGTH = 160


def tidy(text: str) -> str:
    """NFC, no control characters, single spaces, nothing at the ends; the user's diacritics are kept."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(ch if unicodedata.category(ch)[0] != "C" else " " for ch in composed)
    return _SPACES.sub(" ", visible).strip()


def fold(text: str) -> str:
    """Lower case without marks, to search by: "Cẩm Giàng" → "cam giang". Đ has no decomposition of its own."""
    decomposed = unicodedata.normalize("NFD", tidy(text).casefold().replace("đ", "d"))
    return "".join(ch for ch in decomposed if unicodedata.category(ch) != "Mn")


def _split_tone(word: str) -> tuple[str, str]:
    """A syllable's letters and its tone mark, wherever it was put: "hoà" and "hòa" are both ("hoa", huyền)."""
    decomposed = unicodedata.normalize("NFD", word)
    tone = "".join(ch for ch in decomposed if ch in _TONES)
    return unicodedata.normalize("NFC", "".join(ch for ch in decomposed if ch not in _TONES)), tone


def spelling_key(text: str) -> str:
    """Equal for one word in both schools of tone placement (hoà, hòa); different when a tone differs."""
    return " ".join("".join(_split_tone(word)) for word in tidy(text).casefold().split())


def sort_key(text: str) -> str:
    """Vietnam's dictionary order as plain ASCII: letters first (a ă â b …), tones second."""
    words = [_split_tone(word) for word in tidy(text).casefold().split()]
    letters = "0".join("".join(_sign(ch) for ch in word) for word, _ in words)
    tones = "".join(str(_TONES.get(tone[:1], 1)) for _, tone in words)
    return f"{letters}00{tones}0"


def _sign(ch: str) -> str:
    return _SIGN.get(ch) or _SIGN.get(fold(ch)[:1], "")


def name_key(name: str) -> str:
    """People sort by given name (the last word), then family name, then the middle ones."""
    family, middle, given = _name_parts(name)
    return "0".join(sort_key(part) for part in (given, family, middle))[:SORT_KEY_LENGTH]


def _name_parts(name: str) -> tuple[str, str, str]:
    words = tidy(name).split()
    if len(words) < 2:  # noqa: PLR2004 (a single word is the given name)
        return "", "", " ".join(words)
    return words[0], " ".join(words[1:-1]), words[-1]


def mask_name(name: str) -> str:
    """Nguyễn Thảo Phương Nguyên → Nguyễn T. P. Nguyên; of two words only the given one: Nguyễn An → N. An."""
    family, middle, given = _name_parts(name)
    if not middle:
        return f"{family[0]}. {given}" if family else given
    initials = " ".join(f"{word[0]}." for word in middle.split())
    return f"{family} {initials} {given}"


_TONE_NAMES = {
    "": "không dấu",
    "\u0300": "dấu huyền",
    "\u0309": "dấu hỏi",
    "\u0303": "dấu ngã",
    "\u0301": "dấu sắc",
    "\u0323": "dấu nặng",
}


def tone_names(names: list[str]) -> list[str]:
    """For names that differ only by marks: the first word in which they do, and its tone: "Giàng: dấu huyền"."""
    split = [tidy(name).split() for name in names]
    for words in zip(*split, strict=False):
        if len({word.casefold() for word in words}) > 1:
            return [f"{word}: {_TONE_NAMES[_split_tone(word.casefold())[1][:1]]}" for word in words]
    return ["" for _ in names]
