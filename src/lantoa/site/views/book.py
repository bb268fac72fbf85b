"""The contest's book for citizens: what it is, its newest head, a receipt checked; its files; witnesses' signatures."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from lantoa.contests import receipts, witnesses
from lantoa.contests.export import ending_files, folder_of
from lantoa.contests.log import Head
from lantoa.contests.models import Contest, Contestant
from lantoa.site.doors import contest_or_404, for_contestant, whoever
from lantoa.site.exam_pages import card_of
from lantoa_verify.entries import BadEntry
from lantoa_verify.export import CHECKPOINT, HEADS, POLICY

MUTABLE = ("checkpoint", "heads.txt", "policy", "openings/", "answers/")  # everything else never changes
LONGEST_NOTE = 20_000  # bytes


@require_GET
@for_contestant
def receipt(request: HttpRequest, me: Contestant, number: int) -> HttpResponse:
    """The receipt of one of my attempts by itself: the result page fetches it until the proof is there."""
    card = card_of(me, number)
    if card is None:
        raise Http404(str(number))
    return render(request, "site/book/receipt.html", {"contest": me.contest, "receipt": card, "number": number})


@require_GET
@for_contestant
def receipt_file(_request: HttpRequest, me: Contestant, number: int) -> HttpResponse:
    """The same as a file that stands for itself: the signed promise, later the proof."""
    shown = receipts.stub_of_attempt(me.pk, number)
    if shown is None:
        raise Http404(str(number))
    name, text = receipts.receipt_file(shown)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, contest: str) -> HttpResponse:
    """What the book is, its newest head, and a receipt checked by its code or its whole text."""
    found, me, moment = whoever(request, contest)
    head = Head.objects.newest(found)
    context = {
        "contest": found,
        "me": me,
        "head": head,
        "witnesses": witnesses.counted(found, moment),
        "files": [CHECKPOINT, HEADS, POLICY],
        "ending": ending_files(found),
        **_asked(request, found),
    }
    return render(request, "site/book/book.html", context)


def _asked(request: HttpRequest, contest: Contest) -> dict[str, Any]:
    """What was asked about a receipt, and the answer."""
    if request.method == "POST":
        return {"verdict": receipts.examine(contest, request.POST.get("bien-nhan", ""))}
    typed = request.GET.get("ma", "")[:40]
    if not typed:
        return {}
    try:
        return {"typed": typed, "found": receipts.find(contest, typed), "searched": True}
    except BadEntry:
        return {"typed": typed, "error": _("Mã gồm 12 chữ và số. Xem lại rồi nhập lại.")}


@require_safe
def book_file(_request: HttpRequest, contest: str, name: str) -> HttpResponse:
    """A public file of the log, as the worker wrote it."""
    folder = folder_of(contest_or_404(contest)).resolve()
    asked = folder / name
    try:
        data = b"" if asked.name.startswith(".") or not asked.resolve().is_relative_to(folder) else asked.read_bytes()
    except (OSError, ValueError) as unknown:
        raise Http404(name) from unknown
    if not data:
        raise Http404(name)
    kind = "application/octet-stream" if name.startswith(("tile/", "openings/", "answers/")) else "text/plain"
    kind += "; charset=utf-8" if kind == "text/plain" else ""
    response = HttpResponse(data, content_type=kind)  # all but the list of heads are some kilobytes
    changes = name.startswith(MUTABLE)
    response["Cache-Control"] = "public, max-age=5" if changes else "public, max-age=31536000, immutable"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@csrf_exempt
@require_POST
def cosignature(request: HttpRequest, contest: str) -> HttpResponse:
    """A witness hands in the head that it signed: the checkpoint with its line under it, as plain text."""
    found = contest_or_404(contest)
    if request.content_type != "text/plain":
        return HttpResponse("text/plain\n", status=400, content_type="text/plain")
    if len(request.body) > LONGEST_NOTE:
        return HttpResponse(status=413)
    try:
        names = witnesses.accept(contest=found, note=request.body.decode("utf-8", "replace"))
    except witnesses.Refused as refused:
        status = {"head": 404, "witness": 403}.get(refused.code, 400)
        return HttpResponse(f"{refused.code}\n", status=status, content_type="text/plain")
    return HttpResponse("".join(f"{name}\n" for name in names), content_type="text/plain")


urlpatterns = [
    path("log/<slug:contest>/cosignature", cosignature, name="cosignature"),
    path("log/<slug:contest>/<path:name>", book_file, name="book-file"),
    path("<slug:contest>/so/", book, name="book"),
    path("<slug:contest>/ket-qua/<int:number>/bien-nhan/", receipt, name="receipt"),
    path("<slug:contest>/ket-qua/<int:number>/bien-nhan.txt", receipt_file, name="receipt-file"),
]
