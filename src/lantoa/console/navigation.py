"""The sidebar and the start page: the same groups, each person's own part of them."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from lantoa.awards.erasure import POWER as MAY_ERASE
from lantoa.console import state
from lantoa.contests.calendar import last_day
from lantoa.contests.erasure import asking_erasure
from lantoa.contests.models import Contest, Contestant
from lantoa.people.models import Account
from lantoa.shares.models import Report, Share

MANY = 100
ASKED, WAITING = "xoa", "cho"  # in the address of the contestants' table: those who asked to be erased

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
            ("succession", _("Sáp nhập"), "merge"),
            ("contestant", _("Thí sinh"), "groups"),
        ],
    ),
    (
        _("Kết quả"),
        [
            ("bulletin", _("Bản tin"), "newspaper"),
            ("share", _("Bài chia sẻ"), "rate_review"),
            ("report", _("Bài bị báo"), "report"),
            ("certificate", _("Giấy chứng nhận"), "workspace_premium"),
        ],
    ),
    (
        _("Vận hành"),
        [
            ("account", _("Tài khoản"), "badge"),
            ("auditentry", _("Nhật ký"), "history"),
        ],
    ),
]


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """What unfold draws at the side; it leaves out what a person may not see."""
    numbers = {table: number for table, _link, _words, number in waiting(request)}
    home = {"title": _("Việc cần làm"), "icon": "home", "link": reverse_lazy("admin:index")}
    tables = [{"title": title, "items": [_item(*row, numbers) for row in rows]} for title, rows in GROUPS]
    return [{"items": [home]}, *tables]


def _item(table: str, title: Any, icon: str, numbers: dict[str, str]) -> dict[str, Any]:
    link = reverse_lazy(f"admin:lantoa_{table}_changelist")
    item = {"title": title, "icon": icon, "link": link, "permission": lambda request: _sees(request, table)}
    return {**item, "badge": numbers[table], "badge_variant": "warning"} if table in numbers else item


def _sees(request: HttpRequest, table: str) -> bool:
    return bool(request.user.has_perm(f"lantoa.view_{table}"))


def few(found: Any) -> str:
    """How many there are, counted no further than a hundred; empty when none."""
    number = found[:MANY].count()
    return "" if not number else f"{MANY - 1}+" if number == MANY else str(number)


def waiting(request: HttpRequest) -> list[tuple[str, str, Any, str]]:
    """What waits for this person: table, address, words, how many; nothing that is empty. Counted once a request."""
    if not hasattr(request, "waiting"):
        request.waiting = _waiting(request)  # type: ignore[attr-defined]
    return request.waiting  # type: ignore[attr-defined,no-any-return]


def _waiting(request: HttpRequest) -> list[tuple[str, str, Any, str]]:
    found = []
    if _sees(request, "share"):
        shares = few(Share.objects.in_state(Share.State.RECEIVED))
        found.append(("share", reverse("admin:lantoa_share_changelist"), _("bài chia sẻ chờ đăng"), shares))
    if _sees(request, "report"):
        page = reverse("admin:lantoa_report_changelist") + "?settled__exact=0"
        found.append(("report", page, _("bài bị báo chưa xem"), few(Report.objects.open())))
    if cast("Account", request.user).may(MAY_ERASE) and _sees(request, "contestant"):
        page = reverse("admin:lantoa_contestant_changelist") + f"?{ASKED}={WAITING}"
        found.append(("contestant", page, _("người xin xóa thông tin"), few(asking_erasure(Contestant.objects.all()))))
    return [row for row in found if row[-1]]


def start(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The start page: the contests, and what waits for this person."""
    user = cast("Account", request.user)
    contests = [
        {"contest": contest, "phase": contest.phase(contest.moment).value, "last_day": last_day(contest.closes_at)}
        for contest in Contest.objects.newest()
    ]
    powers = {power: user.may(power) for power in ("see_results", "run_contest", "see_answer_key")}
    work = state.shown() if contests else None
    return {**context, "contests": contests, "waits": waiting(request), "powers": powers, "work": work}
