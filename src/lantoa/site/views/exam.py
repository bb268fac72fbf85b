"""The exam: start, answer, save, submit, result. Every rule is in the room; this module only shows and asks."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantoa.contests.models import Contestant
from lantoa.exams import actions, results
from lantoa.exams.corrections import told
from lantoa.exams.marking import NOTHING, read_sheet, unanswered
from lantoa.exams.models import NEWEST, Attempt
from lantoa.learning.progress import finished
from lantoa.site.doors import for_contestant
from lantoa.site.exam_pages import result_page, start_page
from lantoa.site.paper import frame_of, paper

MOST_REVISIONS = 10_000_000  # far above what a page can count in an attempt


def _page(request: HttpRequest, template: str, me: Contestant, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, {"contest": me.contest, "here": "topics", **context}, status=status)


@require_GET
@for_contestant
def exam(request: HttpRequest, me: Contestant) -> HttpResponse:
    """The open paper; or what the exam is, with the button that starts it; or why it is not open to me."""
    attempts = results.attempts_of(me)
    last = attempts[0] if attempts else None
    if last is not None and last.submitted_at is None:
        if me.moment < last.deadline:
            return _paper(request, me, last)
        return _submitted(me, actions.submit_attempt(contestant=me, number=last.number))
    if older := _older(request):
        attempts = results.attempts_of(me, before=older) or attempts
    learned = bool(attempts) or not me.contest.learn_first or finished(me)
    refusal = _words(request.GET.get("tu-choi", ""))
    shows = {"learned": learned, "refusal": refusal, "later": bool(attempts) and attempts[0] != last}
    return start_page(request, me, attempts, told(me), **shows, slip=_slip(me, last))


def _older(request: HttpRequest) -> int:
    """Before which attempt those are that somebody wants to see; 0: the newest."""
    word = request.GET.get("truoc", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < len(str(NEWEST)) else 0


def _paper(request: HttpRequest, me: Contestant, attempt: Attempt) -> HttpResponse:
    frame = frame_of(me.contest, get_language() or "vi")
    page = paper(frame, attempt, who=bytes(me.who), at=me.moment, token=get_token(request))
    return HttpResponse(page)


def _slip(me: Contestant, last: Attempt | None) -> str:
    """What lets the start be one statement; nothing for who may not start."""
    try:
        return actions.slip_to_start(me, last, me.moment).sealed(me.contest.slug)
    except actions.Refused:
        return ""


def _words(code: str) -> str:
    return {
        "before": _("Cuộc thi chưa mở. Bạn quay lại khi đến giờ."),
        "closed": _("Cuộc thi đã khép lại. Bạn vẫn xem được kết quả và giấy chứng nhận."),
        "invalid": _("Tài khoản chưa hợp lệ. Mở Trang của tôi để xem còn thiếu gì."),
        "void": _("Ban tổ chức đã quyết định không tính bài thi của bạn. Mở Trợ giúp để liên hệ."),
        "unlearned": _("Bạn học xong các chuyên đề rồi bắt đầu thi."),
        "limit": _("Bạn đã thi đủ số lượt của cuộc thi này."),
        "no-bank": _("Cuộc thi chưa có câu hỏi. Ban tổ chức đang chuẩn bị."),
        "no-number": _("Đề còn chờ con số công khai đã hẹn trước. Bạn quay lại sau ít phút."),
    }.get(code, "")


@require_POST
@for_contestant
def start(request: HttpRequest, me: Contestant) -> HttpResponse:
    """Start, or go on with the open paper: pressing twice is the same as once. The answer is the paper itself."""
    try:
        attempt = actions.start_attempt(contestant=me, at=me.moment)
    except actions.Refused as refused:
        response = redirect("exam", contest=me.contest.slug)
        response["Location"] += f"?tu-choi={refused.code}"
        return response
    return _paper(request, me, attempt)


@require_POST
@for_contestant
def save(request: HttpRequest, me: Contestant, number: int) -> HttpResponse:
    """Keep the whole sheet. The page's script gets JSON; a form without script comes back to the paper."""
    answers = read_sheet(request.POST, me.contest.asked)
    revision = request.POST.get("ban", "")
    if not revision.isdecimal() or not revision.isascii() or int(revision) > MOST_REVISIONS:
        return JsonResponse({"error": "revision"}, status=400)
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    try:
        kept = actions.save_sheet(contestant=me, number=number, answers=answers, revision=int(revision))
    except actions.Refused as refused:
        return _not_saved(me, number, refused.code) if wants_json else redirect("exam", contest=me.contest.slug)
    if wants_json:
        return JsonResponse({"revision": kept})
    return redirect("exam", contest=me.contest.slug)


def _not_saved(me: Contestant, number: int, code: str) -> JsonResponse:
    """Why not, and for a stale sheet what stands: the page then merges and sends again."""
    found = results.attempt_of(me, number)
    if found is None:
        return JsonResponse({"error": "unknown"}, status=404)
    return JsonResponse({"error": code, "revision": found.revision, "answers": found.answers}, status=409)


@require_http_methods(["GET", "POST"])
@for_contestant
def submit(request: HttpRequest, me: Contestant, number: int) -> HttpResponse:
    """Submit once; ask first, naming what is unanswered, unless the form says that it was asked."""
    if request.method == "GET":
        return redirect("exam", contest=me.contest.slug)
    answers = read_sheet(request.POST, me.contest.asked)
    missing = unanswered(answers)
    if missing and request.POST.get("chac") != "1":
        return _page(
            request,
            "site/exam/confirm.html",
            me,
            number=number,
            missing=missing,
            revision=request.POST.get("ban", "1"),
            slip=request.POST.get("phieu", ""),
            sheet=[(place, answer) for place, answer in enumerate(answers, 1) if answer != NOTHING],
        )
    try:
        attempt = actions.submit_attempt(contestant=me, number=number, answers=answers)
    except actions.Refused as refused:
        raise Http404(str(number)) from refused
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"next": _result_of(me, attempt)})
    return _submitted(me, attempt)


def _submitted(me: Contestant, attempt: Attempt) -> HttpResponse:
    return redirect(_result_of(me, attempt))


def _result_of(me: Contestant, attempt: Attempt) -> str:
    return reverse("result", kwargs={"contest": me.contest.slug, "number": attempt.number})


@require_GET
@for_contestant
def result(request: HttpRequest, me: Contestant, number: int) -> HttpResponse:
    """Number right, time, moment, rank as of now, what to study next; never which answers were right."""
    attempt = results.attempt_of(me, number)
    if attempt is None:
        raise Http404(str(number))
    if attempt.submitted_at is None:
        return redirect("exam", contest=me.contest.slug)
    return result_page(request, me, attempt, told(me))


urlpatterns = [
    path("<slug:contest>/thi/", exam, name="exam"),
    path("<slug:contest>/thi/bat-dau/", start, name="exam-start"),
    path("<slug:contest>/thi/<int:number>/luu/", save, name="exam-save"),
    path("<slug:contest>/thi/<int:number>/nop/", submit, name="exam-submit"),
    path("<slug:contest>/ket-qua/<int:number>/", result, name="result"),
]
