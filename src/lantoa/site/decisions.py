"""What a contestant reads of decisions about them: what was decided, why, when; whom to ask stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lantoa.contests.models import Correction
from lantoa.exams.corrections import Told

Kind = Correction.Kind


@dataclass(frozen=True, slots=True)
class Decision:
    """One, in words; the reason is the organiser's own."""

    title: str
    reason: str
    at: datetime


def decisions(told: Told, number: int | None = None) -> list[Decision]:
    """All that stand; with ``number`` those by which that attempt does not count here."""
    shown = told.stands
    if number is not None:
        shown = [one for one in shown if one.attempt in (None, number) and one.kind != Kind.MOVE]
    return [Decision(_title(one), one.reason, one.known_at) for one in shown]


def _title(one: Correction) -> str:
    if one.kind == Kind.MERGE:
        return _("Tài khoản này đã gộp vào tài khoản khác của bạn. Các lượt thi được tính ở tài khoản kia.")
    if one.unit is not None:
        return _("Kết quả của bạn được tính cho %(unit)s.") % {"unit": one.unit.full_name}
    if one.attempt is not None:
        return _("Lượt thi %(number)d không được tính.") % {"number": one.attempt}
    return _("Kết quả của bạn không được tính.")
