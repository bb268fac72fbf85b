"""What may stand behind the question mark: declared once, read strictly, written into the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lantoa.api.problems import Problem

MOST = 100
USUAL = 50
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# An offset must be there; its plus sign, not written as %2B, arrives as a space.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::00)?(?:Z|[-+ ]\d\d:\d\d)", re.ASCII)
CODE = re.compile(r"[-a-zA-Z0-9_]{1,40}", re.ASCII)
KEY = re.compile(r"[-\w]{20,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its schema for programs, its reader (raises ValueError), what to say when it cannot be read."""

    name: str
    about: str
    schema: dict[str, Any]
    read: Callable[[str], Any]
    wrong: Promise


def read(query: QueryDict, declared: Iterable[Parameter]) -> dict[str, Any]:
    """The parameters by name, None for one that is missing; raises :class:`Problem` with a word for each wrong one."""
    known = {parameter.name: parameter for parameter in declared}
    values: dict[str, Any] = dict.fromkeys(known)
    errors: dict[str, Promise | str] = {}
    for name, given in query.lists():
        parameter = known.get(name)
        if parameter is None:
            errors[name[:40]] = _("Không có tham số này.")
        elif len(given) > 1:
            errors[name] = _("Tham số này chỉ viết một lần.")
        else:
            try:
                values[name] = parameter.read(str(given[0]))
            except ValueError:
                errors[name] = parameter.wrong
    if errors:
        raise Problem(400, errors)
    return values


def _moment(word: str) -> datetime:
    if not MOMENT.fullmatch(word):
        raise ValueError(word)
    try:
        at = datetime.fromisoformat(word.replace(" ", "+")).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(word) from error
    if at < EARLIEST:
        raise ValueError(word)
    return at


def _limit(word: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,2}", word) or int(word) > MOST:
        raise ValueError(word)
    return int(word)


def _like(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(word: str) -> str:
        if not pattern.fullmatch(word):
            raise ValueError(word)
        return word

    return read


_TIME = {"type": "string", "format": "date-time", "examples": ["2025-10-21T15:30:00+07:00"]}
_WHEN = _("Viết thời điểm đến phút, kèm múi giờ, từ năm 2000: 2025-10-21T15:30+07:00.")

AS_OF = Parameter(
    "as_of",
    "Whole minute that the figures are of, with its offset. Left out: the newest minute that is settled.",
    _TIME,
    _moment,
    _WHEN,
)
KNOWN_AT = Parameter(
    "known_at",
    "Whole minute up to which corrections are known, not before as_of. Left out: the newest settled minute.",
    _TIME,
    _moment,
    _WHEN,
)
LIMIT = Parameter(
    "limit",
    "How many rows at most.",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    _limit,
    _("Viết một số từ 1 đến 100."),
)
UNIT = Parameter(
    "unit",
    "Code of a unit: only its contestants, with their ranks in it.",
    {"type": "string", "pattern": f"^{CODE.pattern}$"},
    _like(CODE),
    _("Mã đơn vị chỉ có chữ và số, nhiều nhất 40 chữ."),
)
AFTER = Parameter(
    "after",
    "Rows behind this place; it comes with `next` and says nothing by itself.",
    {"type": "string", "pattern": r"^[-_a-zA-Z0-9]{20,80}$"},
    _like(KEY),
    _("Dùng nguyên địa chỉ ghi ở next của lần trước."),
)
