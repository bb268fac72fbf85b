"""The share: sent by its author, read on the wall by everybody, reported by anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantoa.contests.models import Contest, Contestant
from lantoa.exams.results import has_finished
from lantoa.lib.text import mask_name
from lantoa.shares import actions, wall
from lantoa.shares.models import Share
from lantoa.shares.rules import LONGEST_REASON, Length, lengths
from lantoa.site.doors import contest_or_404, for_contestant
from lantoa.units.models import Unit


@dataclass(frozen=True)
class Kind:
    """One of the three choices, as the form shows it."""

    value: str
    name: str
    what: str
    ask: str
    least: int
    most: int


def _kinds(contest: Contest) -> list[Kind]:
    found = lengths(contest)

    def kind(value: str, name: str, what: str, ask: str) -> Kind:
        return Kind(value, name, what, ask, found[value].least, found[value].most)

    return [
        kind("slogan", _("Khẩu hiệu"), _("Một câu ngắn, dễ nhớ"), _("Một câu bạn muốn mọi người nhớ.")),
        kind(
            "message",
            _("Thông điệp"),
            _("Vài câu gửi người thân, hàng xóm"),
            _("Gửi ai? Bạn muốn người ấy làm gì?"),
        ),
        kind("story", _("Câu chuyện"), _("Việc thật: bạn đã học, đã giúp ai"), _("Ai? Ở đâu? Điều gì đã đổi khác?")),
    ]


@require_http_methods(["GET", "POST"])
@for_contestant
def share(request: HttpRequest, me: Contestant) -> HttpResponse:
    """My share: what it may be, its state, and the form as long as it can be sent or changed."""
    if request.method == "POST":
        return _send(request, me)
    mine = Share.objects.of(me)
    typed = {"kind": mine.kind, "text": mine.text, "agreed": mine.may_publish} if mine else {"kind": "story"}
    return _share_page(request, me, mine, typed)


def _send(request: HttpRequest, me: Contestant) -> HttpResponse:
    typed: dict[str, Any] = {
        "kind": request.POST.get("loai", ""),
        "text": request.POST.get("noi-dung", ""),
        "agreed": request.POST.get("dang") == "1",
    }
    try:
        actions.send_share(contestant=me, kind=typed["kind"], text=typed["text"], may_publish=typed["agreed"])
    except actions.Refused as refused:
        errors = _errors(refused.code, lengths(me.contest).get(typed["kind"]))
        return _share_page(request, me, Share.objects.of(me), typed, errors=errors, status=422)
    messages.success(request, _("Đã nhận bài chia sẻ của bạn."))
    return redirect("share", contest=me.contest.slug)


def _errors(code: str, length: Length | None) -> dict[str, str]:
    """Which field, and what to do; rules that no field can mend stand above the form."""
    if code == "kind":
        return {"kind": _("Chọn khẩu hiệu, thông điệp hoặc câu chuyện.")}
    if code == "short" and length:
        words = ngettext("Viết ít nhất %d ký tự.", "Viết ít nhất %d ký tự.", length.least)
        return {"text": words % length.least}
    if code == "long" and length:
        words = ngettext("Bài dài quá %d ký tự. Bỏ bớt vài chữ.", "Bài dài quá %d ký tự. Bỏ bớt vài chữ.", length.most)
        return {"text": words % length.most}
    return {
        "form": {
            "before": _("Cuộc thi chưa mở. Bạn quay lại khi đến giờ."),
            "closed": _("Cuộc thi đã khép lại. Bài chia sẻ không gửi được nữa."),
            "invalid": _("Tài khoản chưa hợp lệ. Mở Trang của tôi để xem còn thiếu gì."),
            "unfinished": _("Bạn thi xong một lượt rồi gửi bài chia sẻ."),
            "published": _("Bài của bạn đã lên trang chung nên không sửa được nữa."),
        }.get(code, _("Chưa gửi được. Thử lại sau 1 phút."))
    }


def _share_page(
    request: HttpRequest,
    me: Contestant,
    mine: Share | None,
    typed: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    phase = me.contest.phase(me.moment).value
    finished = mine is not None or has_finished(me)
    context = {
        "contest": me.contest,
        "me": me,
        "here": "topics",
        "mine": mine,
        "kinds": _kinds(me.contest),
        "typed": typed,
        "errors": errors or {},
        "finished": finished,
        "phase": phase,
        "can_send": finished and phase == "open" and (mine is None or mine.state != Share.State.PUBLISHED),
        "shown_name": mask_name(me.person.full_name),
    }
    return render(request, "site/share/mine.html", context, status=status)


@require_POST
@for_contestant
def withdraw(request: HttpRequest, me: Contestant) -> HttpResponse:
    """Take my share off the wall; it still counts as sent."""
    actions.withdraw_share(contestant=me)
    messages.success(request, _("Bài của bạn không còn trên trang chung."))
    return redirect("share", contest=me.contest.slug)


@require_GET
def show_wall(request: HttpRequest, contest: str) -> HttpResponse:
    """Published shares; by kind and unit, older ones by a link."""
    found = contest_or_404(contest)
    units = list(Unit.objects.communes_of(found.root))
    unit = next((u for u in units if u.code == request.GET.get("don-vi")), None)
    kinds = _kinds(found)
    kind = next((k.value for k in kinds if k.value == request.GET.get("loai")), "")
    page = wall.page(found, kind=kind, unit=unit, after=request.GET.get("truoc", ""))
    context = {
        "contest": found,
        "here": "wall",
        "page": page,
        "kinds": kinds,
        "kind": kind,
        "units": units,
        "unit": unit,
        "later": "truoc" in request.GET,
    }
    return render(request, "site/share/wall.html", context)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, contest: str, share: int) -> HttpResponse:
    """Say why a share should not stand."""
    found = contest_or_404(contest)
    entry = wall.entry(found, share)
    if entry is None:
        raise Http404(str(share))
    reason, error = request.POST.get("ly-do", ""), ""
    if request.method == "POST":
        try:
            actions.report_share(contest=found, share=share, reason=reason)
        except actions.Refused as refused:
            error = {
                "reason": _("Viết một câu: bài này sai ở đâu?"),
                "long": _("Viết ngắn hơn: nhiều nhất %d ký tự.") % LONGEST_REASON,
            }.get(refused.code, _("Bài này không còn trên trang chung."))
        else:
            messages.success(request, _("Cảm ơn bạn. Ban tổ chức sẽ xem lại bài này."))
            return redirect("wall", contest=contest)
    context = {"contest": found, "here": "wall", "entry": entry, "reason": reason, "error": error}
    return render(request, "site/share/report.html", context, status=422 if error else 200)


urlpatterns = [
    path("<slug:contest>/chia-se/", share, name="share"),
    path("<slug:contest>/chia-se/go/", withdraw, name="share-withdraw"),
    path("<slug:contest>/lan-toa/", show_wall, name="wall"),
    path("<slug:contest>/lan-toa/<int:share>/bao-cao/", report, name="report-share"),
]
