"""What a voice is given to read: dates, money, ranges and signs in words (plain_vietnamese.md §5, §8)."""

from __future__ import annotations

import re
from collections.abc import Callable

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_MILLION, _BILLION, _THOUSAND = 1_000_000, 1_000_000_000, 1_000


def spoken(text: str) -> str:
    """``text`` as Vietnamese voices say it right."""
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    return text


def _date(found: re.Match[str]) -> str:
    """21/10/2025 → ngày 21 tháng 10 năm 2025; "ngày" is not said twice."""
    return f"ngày {int(found['d'])} tháng {int(found['m'])} năm {found['y']}"


def _money(found: re.Match[str]) -> str:
    """5.000.000 đồng → 5 triệu đồng."""
    value = int(found[1].replace(".", ""))
    for size, word in ((_BILLION, "tỷ"), (_MILLION, "triệu"), (_THOUSAND, "nghìn")):
        if value >= size and value % size == 0:
            return f"{value // size} {word} đồng"
    return f"{value} đồng"


def _time(found: re.Match[str]) -> str:
    """15:30 → 15 giờ 30 phút; 9:00 → 9 giờ."""
    hour, minute = int(found[1]), int(found[2])
    return f"{hour} giờ {minute} phút" if minute else f"{hour} giờ"


def _digits(found: re.Match[str]) -> str:
    """0912 345 678 → 0 9 1 2 3 4 5 6 7 8."""
    return found[1] + " ".join(sign for sign in found[2] if sign.isdigit())


_RULES: tuple[Rule, ...] = (
    (re.compile(r"\b24/24( giờ)?"), "cả ngày đêm"),
    (re.compile(r"(?<![\d/])1/2(?![\d/])"), "một nửa"),
    (re.compile(r"(?<![\d/])1/3(?![\d/])"), "một phần ba"),
    (re.compile(r"(?<![\d/])1/4(?![\d/])"), "một phần tư"),
    (re.compile(r"(?:\bngày )?\b(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})\b"), _date),
    (re.compile(r"\b(\d{1,2})/(\d{4})\b"), r"\1 năm \2"),
    (re.compile(r"\b(\d{1,2}):(\d{2})\b"), _time),
    (re.compile(r"()\b(0\d{3} \d{3} \d{3})\b"), _digits),
    (re.compile(r"\b([Gg]ọi |tổng đài |số )(\d{3,6})\b(?![.,]\d)"), _digits),
    (re.compile(r"(?<=\d) ?– ?(?=\d)"), " đến "),
    (re.compile(r"\b(\d{1,3}(?:\.\d{3})+) đồng"), _money),
    (re.compile(r"\b\d{1,3}(?:\.\d{3})+\b"), lambda found: found[0].replace(".", "")),
    (re.compile(r" ?%"), " phần trăm"),
    (re.compile(r" ?→ ?"), " rồi "),
    (re.compile(r" & "), " và "),
    (re.compile(r"(?<=\w)@(?=\w)"), " a còng "),
    (re.compile("@"), "a còng"),
    (re.compile(r"(?<=[^\W\d_]) ?/ ?(?=[^\W\d_])"), " hoặc "),
    (re.compile(r" – "), ", "),
    (re.compile("[“”★•]"), ""),
)
