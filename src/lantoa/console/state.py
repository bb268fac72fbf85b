"""How the work behind the pages goes, in the organiser's words: on the start page, without any other program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantoa.lib.clock import VIETNAM
from lantoa.lib.written import moment
from lantoa.standings.pulse import MOST, State, state

# As the alarms have it (deploy/watching/alarms.yml).
OVERDUE = timedelta(minutes=2)
UNSIGNED = timedelta(minutes=5)


@dataclass(frozen=True)
class Shown:
    """What is wrong, if anything is, and figures with their words."""

    troubles: list[str]
    figures: list[tuple[str, Any]]


def shown() -> Shown:
    """Now; one query."""
    now = state()
    return Shown(troubles(now), figures(now))


def troubles(now: State) -> list[str]:
    """Sentences: what stands still, what goes on, whom to tell. None when all is well."""
    said = []
    if now.beat is None:
        said.append(_("Phần cập nhật số liệu chưa chạy lần nào. Báo người vận hành."))
    elif not now.worker_lives:
        said.append(
            _("Số liệu ngừng cập nhật từ %(when)s. Mọi người vẫn thi và nộp bài được. Báo người vận hành.")
            % {"when": _clock(now.beat, now)}
        )
    if now.overdue > OVERDUE:
        said.append(_("Có lượt thi đã hết giờ mà chưa được đóng. Báo người vận hành."))
    if now.unsigned is not None and now.now - now.unsigned > UNSIGNED:
        said.append(_("Sổ của cuộc thi có dòng mới chưa được ký. Báo người vận hành."))
    return said


def figures(now: State) -> list[tuple[str, Any]]:
    """What moves: how many sit, up to when figures go, the last signature, what waits."""
    rows: list[tuple[str, Any]] = [(_("Đang làm bài"), now.open_attempts)]
    if now.folded_until is not None:
        rows.append((_("Số liệu tính đến"), _clock(now.folded_until, now)))
    if now.signed is not None:
        rows.append((_("Sổ ký lúc"), _clock(now.signed, now)))
    rows.append((_("Bài chờ xếp hạng"), f"{MOST}+" if now.changes >= MOST else now.changes))
    return rows


def _clock(at: datetime, now: State) -> str:
    """The time of day, with the day when it is not today's."""
    local, today = at.astimezone(VIETNAM), now.now.astimezone(VIETNAM).date()
    return f"{local:%H:%M}" if local.date() == today else moment(at, "en" if get_language() == "en" else "vi")
