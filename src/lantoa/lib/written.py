"""Numbers and moments as Vietnamese and English write them, for documents whose language no page decides."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from lantoa.lib.clock import VIETNAM

Language = Literal["vi", "en"]
_MONTHS: tuple[str, ...] = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
)
_MONTHS += ("November", "December")
_FEBRUARY = 2


def count(value: int | Decimal, language: Language) -> str:
    """70949 → 70.949 (English: 70,949)."""
    text = f"{value:,}"
    return text.translate({ord(","): ".", ord("."): ","}) if language == "vi" else text


def hundredths(part: int, whole: int | None) -> Decimal | None:
    """A ratio in hundredths: two places, three below one; None without a whole."""
    if not whole:
        return None
    exact = Decimal(100 * part) / whole
    return exact.quantize(Decimal("0.01") if exact >= 1 or not exact else Decimal("0.001"), ROUND_HALF_EVEN)


def percent(part: int, whole: int | None, language: Language) -> str:
    """1234 of 10000 → 12,34 % (English: 12.34%); nothing without a whole."""
    share = hundredths(part, whole)
    if share is None:
        return ""
    return f"{count(share, language)}\N{NO-BREAK SPACE}%" if language == "vi" else f"{share}%"


def day(value: date, language: Language) -> str:
    """21/10/2025 (English: 21 October 2025), Vietnam's time."""
    local = value.astimezone(VIETNAM) if isinstance(value, datetime) else value
    if language == "vi":
        return f"{local.day}/{local.month}/{local.year}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def moment(value: datetime, language: Language) -> str:
    """15:30 ngày 21/10/2025 (English: 15:30 on 21 October 2025), Vietnam's time."""
    word = "ngày" if language == "vi" else "on"
    return f"{value.astimezone(VIETNAM):%H:%M} {word} {day(value, language)}"


def exact(value: datetime, language: Language) -> str:
    """The same with its seconds, where it has any: 15:30:20 ngày 21/10/2025."""
    word = "ngày" if language == "vi" else "on"
    local = value.astimezone(VIETNAM)
    return f"{local:%H:%M:%S} {word} {day(local, language)}" if local.second else moment(value, language)


def formally(value: datetime, language: Language) -> str:
    """15 giờ 30 phút ngày 21 tháng 10 năm 2025, as documents say it (Decree 30/2020/NĐ-CP: 05 tháng 02 năm 2026)."""
    if language == "en":
        return moment(value, language)
    local = value.astimezone(VIETNAM)
    month = f"{local.month:02}" if local.month <= _FEBRUARY else str(local.month)
    return f"{local.hour} giờ {local:%M} phút ngày {local:%d} tháng {month} năm {local.year}"
