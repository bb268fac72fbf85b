"""The moment that a page of figures is asked for: `?luc=2025-10-21T15:30`, Vietnam's time unless it names a zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from lantoa.contests.models import Contest
from lantoa.lib import written
from lantoa.lib.clock import VIETNAM
from lantoa.site.templatetags.lantoa import language, luc


@dataclass(frozen=True, slots=True)
class Asked:
    """Which moment is shown; what was typed; what is wrong with it, if anything (then now is shown)."""

    at: datetime
    past: bool
    typed: str
    error: str

    @property
    def query(self) -> str:
        """What an address carries to mean this moment."""
        return luc(self.at) if self.past else ""


def asked_moment(request: HttpRequest, contest: Contest, now: datetime) -> Asked:
    """Read `luc`; without it, or with one that cannot be, the moment is ``now``."""
    typed = request.GET.get("luc", "").strip()
    if not typed:
        return Asked(at=now, past=False, typed="", error="")
    at = _read(typed)
    if at is None:
        error = _("Không đọc được ngày giờ này. Viết như sau: 2025-10-21T15:30.")
    elif at > now:
        error = _("Thời điểm này chưa tới. Chọn một lúc đã qua.")
    elif at < contest.opens_at:
        error = _("Lúc đó cuộc thi chưa mở. Chọn từ %(at)s trở đi.") % {
            "at": written.moment(contest.opens_at, language())
        }
    else:
        return Asked(at=at, past=True, typed=typed, error="")
    return Asked(at=now, past=False, typed=typed[:40], error=error)


def _read(typed: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(typed)
        return (at if at.tzinfo else at.replace(tzinfo=VIETNAM)).astimezone(VIETNAM)
    except (ValueError, OverflowError):
        return None
