"""Large numbers as newspapers write them: "hơn 70.000", "gần 60.000", "hơn 1,24 triệu"; never more than is true.

The fewest digits that come near enough: at most 2 % below the number for "hơn", 1 % above it for "gần". It gives the
words of the reference's own news: 70,949 "hơn 70.000", 1,24x,xxx "1,24 triệu", 3,04x,xxx "hơn 3 triệu".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from lantoa.lib.written import Language, count

EXACT_BELOW = 1000
MOST_BELOW = 50  # one part in so many: "hơn" may leave out 2 %
MOST_ABOVE = 100  # "gần" may add 1 %
_MILLION = 10**6
_WORDS: dict[Language, dict[str, str]] = {
    "vi": {"more": "hơn {}", "nearly": "gần {}", "exactly": "{}", "million": "{} triệu"},
    "en": {"more": "more than {}", "nearly": "nearly {}", "exactly": "{}", "million": "{} million"},
}
# "Hàng chục nghìn" is true of twenty thousand and more, not of ten thousand and one.
_MAGNITUDES: list[tuple[int, dict[Language, str]]] = [
    (2_000_000, {"vi": "hàng triệu", "en": "millions of"}),
    (200_000, {"vi": "hàng trăm nghìn", "en": "hundreds of thousands of"}),
    (20_000, {"vi": "hàng chục nghìn", "en": "tens of thousands of"}),
    (2_000, {"vi": "hàng nghìn", "en": "thousands of"}),
]


@dataclass(frozen=True, slots=True)
class Rough:
    """A round number, and how the exact one lies to it."""

    value: int
    relation: Literal["more", "nearly", "exactly"]


def rough(number: int) -> Rough:
    """The round number nearest to ``number`` with the fewest digits that are near enough; small ones stay exact."""
    if number < EXACT_BELOW:
        return Rough(number, "exactly")
    step = 10 ** (len(str(number)) - 1)
    while number % step:
        below, above = number % step, step - number % step
        fits_below, fits_above = below * MOST_BELOW <= number, above * MOST_ABOVE <= number
        if fits_below and (below <= above or not fits_above):
            return Rough(number - below, "more")
        if fits_above:
            return Rough(number + above, "nearly")
        step //= 10
    return Rough(number, "exactly")


def in_words(number: int, language: Language) -> str:
    """70949 → "hơn 70.000"; 1243918 → "hơn 1,24 triệu"."""
    near, words = rough(number), _WORDS[language]
    if near.value < _MILLION:
        return words[near.relation].format(count(near.value, language))
    millions = (Decimal(near.value) / _MILLION).normalize()
    return words[near.relation].format(words["million"].format(count(Decimal(f"{millions:f}"), language)))


def magnitude(number: int, language: Language) -> str:
    """70949 → "hàng chục nghìn" (tens of thousands of); empty below two thousand."""
    return next((words[language] for least, words in _MAGNITUDES if number >= least), "")
