"""The certificate: what is missing, issuing it, sheet, PDF and picture; and the public page that checks a number."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods

from lantoa.awards import certificates, numbering, paper
from lantoa.awards.actions import Refused, issue_certificate
from lantoa.awards.models import Certificate
from lantoa.awards.steps import missing
from lantoa.contests.models import Contestant
from lantoa.lib import qr
from lantoa.lib.documents import letterhead
from lantoa.site.doors import for_contestant


def _public(name: str, **kwargs: str) -> str:
    """An address for paper and pictures: absolute, in Vietnamese whoever asks."""
    with override("vi"):
        return f"{settings.PUBLIC_URL}{reverse(name, kwargs=kwargs)}"


def _check_url(certificate: Certificate) -> str:
    return _public("check-number", number=certificate.number)


def _invite_url(me: Contestant) -> str:
    return _public("unit-entry", contest=me.contest.slug, code=me.unit.code)


@require_http_methods(["GET", "POST"])
@for_contestant
def certificate(request: HttpRequest, me: Contestant) -> HttpResponse:
    """The sheet once it is issued; before that what it waits for, or the button that issues it."""
    if request.method == "POST":
        return _issue(me)
    issued = Certificate.objects.of(me)
    context: dict[str, Any] = {"contest": me.contest, "me": me, "here": "topics"}
    if issued is None:
        waits_for = missing(me)
        context["waits_for"] = waits_for
        context["draft"] = None if waits_for else certificates.written(me, me.moment)
        return render(request, "site/certificate/to_come.html", context)
    check_url = _check_url(issued)
    context |= {
        "certificate": issued,
        "letterhead": letterhead(issued.organiser),
        "art": mark_safe(paper.art()),  # noqa: S308 (a drawing of this repository)
        "code": mark_safe(qr.svg(check_url, label=_("Mã QR để kiểm tra giấy chứng nhận"))),  # noqa: S308 (escaped there)
        "check_url": check_url,
        "check_place": _public("check").partition("://")[2].rstrip("/"),
        "invite_url": _invite_url(me),
    }
    return render(request, "site/certificate/sheet.html", context)


def _issue(me: Contestant) -> HttpResponse:
    """Once; a step that is missing is what the page tells anyway."""
    with suppress(Refused):
        issue_certificate(contestant=me)
    return redirect("certificate", contest=me.contest.slug)


@require_GET
@for_contestant
def certificate_pdf(request: HttpRequest, me: Contestant) -> HttpResponse:  # noqa: ARG001 (a view's signature)
    """My certificate as one A4 sheet."""
    issued = Certificate.objects.of(me)
    if issued is None:
        return redirect("certificate", contest=me.contest.slug)
    made = paper.pdf(issued, check_url=_check_url(issued))
    return _file(made, "application/pdf", f"giay-chung-nhan-{issued.number}.pdf")


@require_GET
@for_contestant
def certificate_png(request: HttpRequest, me: Contestant) -> HttpResponse:  # noqa: ARG001 (a view's signature)
    """My picture to share, which invites to my unit."""
    issued = Certificate.objects.of(me)
    if issued is None:
        return redirect("certificate", contest=me.contest.slug)
    made = paper.png(issued, invite_url=_invite_url(me))
    return _file(made, "image/png", f"lan-toa-{issued.number}.png")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Where a number is typed in."""
    typed = request.GET.get("so", "").strip()
    number = numbering.read(typed)
    if number is not None:
        return redirect("check-number", number=number)
    error = _("Số giấy chứng nhận có dạng HP25-7K3M-9Q2X-4TBD.") if "so" in request.GET else ""
    return _check_page(request, typed=typed, error=error)


@require_GET
def check_number(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm name (while its owner agrees), contest and date, nothing more; or say that there is no such number."""
    canonical = numbering.read(number)
    if canonical is not None and canonical != number:
        return redirect("check-number", number=canonical)
    found = Certificate.objects.numbered(canonical) if canonical else None
    if found is None:
        return _check_page(request, typed=number, unknown=True, status=404)
    facts = {"name": found.named, "contest_name": found.contest_name, "issued_at": found.issued_at}
    return _check_page(request, typed=found.number, facts=facts)


def _check_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, "site/certificate/check.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("kiem-tra/", check, name="check"),
    path("kiem-tra/<str:number>/", check_number, name="check-number"),
    path("<slug:contest>/giay-chung-nhan/", certificate, name="certificate"),
    path("<slug:contest>/giay-chung-nhan.pdf", certificate_pdf, name="certificate-pdf"),
    path("<slug:contest>/giay-chung-nhan.png", certificate_png, name="certificate-png"),
]
