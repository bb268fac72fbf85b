"""The citizen number, số căn cước (domain.md §4): read as typed, doubted when odd, shown only by its last digits."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from lantoa.lib.digits import Unreadable, hide, plain

LENGTH = 12


def parse(text: str, *, year: int) -> str:
    """Twelve ASCII digits; raises :class:`Unreadable` with empty, letters, short, long, future.

    The fourth digit names century and sex, the next two the year of birth (Decree 137/2015/ND-CP, article 13);
    a birth after ``year`` is impossible. There is no check digit: nothing here proves a number real.
    """
    number = plain(text)
    if len(number) != LENGTH:
        raise Unreadable("short" if len(number) < LENGTH else "long", digits=len(number))
    if birth_year(number) > year:
        raise Unreadable("future")
    return number


def birth_year(number: str) -> int:
    """The year of birth that the number names."""
    return 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])


def doubt(number: str) -> str | None:
    """Why the number should be looked at twice, never refused: births abroad carry prefixes outside the list."""
    return None if number[:3] in provinces() else "unknown_province"


def mask(number: str) -> str:
    """All but the last three digits hidden: the first six would tell birth year, sex and province."""
    return hide(number)


@cache
def provinces() -> dict[str, str]:
    """Prefix → province where the birth was registered: the 63 of Circular 07/2016/TT-BCA, annex I."""
    with Path(__file__).with_name("province_codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}
