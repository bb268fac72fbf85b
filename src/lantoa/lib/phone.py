"""Phone numbers (domain.md §4): many spellings, one E.164; odd ones are doubted, never refused."""

from __future__ import annotations

import unicodedata

import phonenumbers

from lantoa.lib.digits import Unreadable, hide, plain

VIETNAM = "84"
NATIONAL = 9  # digits of a mobile number without its 0
OLD_NATIONAL = 10  # the 11-digit numbers, abolished 2018–2019, without their 0
MOBILE = frozenset("35789")

# Old prefix → new prefix, each without the leading 0 (2018's renumbering).
RENUMBERED = {
    **{f"16{digit}": f"3{digit}" for digit in "23456789"},
    **dict(pair.split(">") for pair in ("120>70", "121>79", "122>77", "126>76", "128>78")),
    **dict(pair.split(">") for pair in ("123>83", "124>84", "125>85", "127>81", "129>82")),
    **dict(pair.split(">") for pair in ("186>56", "188>58", "199>59")),
}


def parse(text: str) -> str:
    """E.164, "+84912345678"; raises :class:`Unreadable`: empty, letters, short, long, old (with the new one), fixed.

    A number of another country is taken with its + or 00. Only the form is judged, not whose it is.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    international = typed.startswith("+")
    digits = plain(typed.removeprefix("+"))
    if not international and digits.startswith("00"):
        international, digits = True, digits.removeprefix("00")
    if international and not digits.startswith(VIETNAM):
        return _abroad(digits)
    return f"+{VIETNAM}{_mobile(_national(digits, international=international), typed=len(digits))}"


def _national(digits: str, *, international: bool) -> str:
    """The digits after +84 or 0. "84…" counts as the country when a whole number follows it."""
    rest = digits.removeprefix(VIETNAM).lstrip("0")
    named = international or (digits.startswith(VIETNAM) and len(rest) >= NATIONAL and len(digits) > NATIONAL + 1)
    return rest if named else digits.removeprefix("0")


def _mobile(national: str, *, typed: int) -> str:
    if len(national) == OLD_NATIONAL and national[:3] in RENUMBERED:
        raise Unreadable("old", suggestion=f"0{RENUMBERED[national[:3]]}{national[3:]}")
    if national[:1] == "2":
        raise Unreadable("fixed")
    if len(national) != NATIONAL:
        raise Unreadable("short" if len(national) < NATIONAL else "long", digits=typed)
    if national[0] not in MOBILE:
        raise Unreadable("fixed")
    return national


def _abroad(digits: str) -> str:
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException as error:
        raise Unreadable("abroad") from error
    if not phonenumbers.is_possible_number(number):
        raise Unreadable("abroad")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def doubt(number: str) -> str | None:
    """A warning only: the library's list of assigned ranges lags behind the operators."""
    return None if phonenumbers.is_valid_number(phonenumbers.parse(number)) else "unknown_range"


def national(number: str) -> str:
    """As people in Vietnam write it: "0912345678"; numbers of other countries stay in E.164."""
    return f"0{number[3:]}" if number.startswith(f"+{VIETNAM}") else number


def mask(number: str) -> str:
    """All but the last three digits hidden."""
    return hide(national(number))
