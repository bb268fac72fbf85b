"""The sidebar and the start page: the same groups, each person's own part of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from lantoa.contests.models import Contest
from lantoa.people.models import Account
from lantoa.shares.models import Report, Share

MANY = 100

# Group, then table, its words and its icon (Material Symbols, served by unfold).
GROUPS: list[tuple[Any, list[tuple[str, Any, str]]]] = [
    (
        _("Cuộc thi"),
        [
            ("contest", _("Cuộc thi"), "flag"),
            ("document", _("Văn bản"), "description"),
            ("prize", _("Giải thưởng"), "trophy"),
        ],
    ),
    (
        _("Nội dung"),
        [
            ("topic", _("Chuyên đề"), "category"),
            ("lesson", _("Bài học"), "menu_book"),
            ("question", _("Câu hỏi"), "quiz"),
            ("bank", _("Bản ngân hàng"), "inventory_2"),
        ],
    ),
    (
        _("Người tham gia"),
        [
            ("unit", _("Đơn vị"), "location_city"),
            ("cluster", _("Cụm thi đua"), "hub"),
            ("contestant", _("Thí sinh"), "groups"),
        ],
    ),
    (
        _("Kết quả"),
        [
            ("share", _("Bài chia sẻ"), "rate_review"),
            ("report", _("Bài bị báo"), "report"),
            ("certificate", _("Giấy chứng nhận"), "workspace_premium"),
        ],
    ),
    (
        _("Vận hành"),
        [
            ("account", _("Tài khoản"), "badge"),
            ("succession", _("Sáp nhập"), "merge"),
            ("auditentry", _("Nhật ký"), "history"),
        ],
    ),
]
BADGES = {"share": "lantoa.console.navigation.waiting_badge", "report": "lantoa.console.navigation.reports_badge"}


def groups(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001 (unfold's signature)
    """What unfold draws at the side; it leaves out what a person may not see."""
    home = {"title": _("Việc cần làm"), "icon": "home", "link": reverse_lazy("admin:index")}
    tables = [{"title": title, "items": [_item(*row) for row in rows]} for title, rows in GROUPS]
    return [{"items": [home]}, *tables]


def _item(table: str, title: Any, icon: str) -> dict[str, Any]:
    item = {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:lantoa_{table}_changelist"),
        "permission": _sees(table),
    }
    return {**item, "badge": BADGES[table]} if table in BADGES else item


def _sees(table: str) -> Callable[[HttpRequest], bool]:
    return lambda request: bool(request.user.has_perm(f"lantoa.view_{table}"))


def few(found: Any) -> str:
    """How many there are, counted no further than a hundred; empty when none."""
    number = found[:MANY].count()
    return "" if not number else f"{MANY - 1}+" if number == MANY else str(number)


def waiting_badge(request: HttpRequest) -> str:
    """Shares that wait."""
    return few(Share.objects.in_state(Share.State.RECEIVED)) if _sees("share")(request) else ""


def reports_badge(request: HttpRequest) -> str:
    """Reports that nobody has looked at."""
    return few(Report.objects.open()) if _sees("report")(request) else ""


def start(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The start page: the contests, and what waits for this person."""
    user = cast("Account", request.user)
    contests = [
        {"contest": contest, "phase": contest.phase(contest.moment).value} for contest in Contest.objects.newest()
    ]
    waits = [
        (reverse_lazy("admin:lantoa_share_changelist"), _("bài chia sẻ chờ đăng"), waiting_badge(request)),
        (
            reverse_lazy("admin:lantoa_report_changelist") + "?settled__exact=0",
            _("bài bị báo chưa xem"),
            reports_badge(request),
        ),
    ]
    powers = {"see_results": user.may("see_results"), "run_contest": user.may("run_contest")}
    return {**context, "contests": contests, "waits": [row for row in waits if row[2]], "powers": powers}
