"""Rules, guide, letters, announcements, help, privacy, accessibility: the documents of a contest and their files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.awards.models import Prize
from lantoa.contests.calendar import last_day
from lantoa.contests.documents import Attachment, Document
from lantoa.contests.models import Contest
from lantoa.exams import ranking
from lantoa.lib import markdown
from lantoa.site.doors import contest_or_404
from lantoa.site.templatetags.lantoa import count, day

if TYPE_CHECKING:
    from django.urls import URLPattern

# What a browser may show in place; every other file is only offered for keeping (S11: no foreign page on our address).
SHOWN = {".mp4": "video/mp4", ".webm": "video/webm", ".vtt": "text/vtt", ".pdf": "application/pdf"}
ATTACHED, FILMS = "van-ban", "bai-hoc"  # the folders of MEDIA_ROOT that are served at all
_BLANK = re.compile(r"\[\[(\w+)\]\]")
_HERE = {Document.Kind.HELP: "help"}


@require_safe
def documents(request: HttpRequest, contest: str) -> HttpResponse:
    """Every published document of the contest, by kind."""
    found = contest_or_404(contest)
    listed = Document.objects.public(found).defer("body", "body_en")
    return render(request, "site/documents/list.html", {"contest": found, "documents": listed})


@require_safe
def document(request: HttpRequest, contest: str, slug: str) -> HttpResponse:
    """One document."""
    found = contest_or_404(contest)
    try:
        return _page(request, found, Document.objects.public(found).get(slug=slug))
    except Document.DoesNotExist as missing:
        raise Http404(slug) from missing


@require_safe
def by_kind(request: HttpRequest, contest: str, kind: str) -> HttpResponse:
    """The rules, the help and the like, at their own address."""
    found = contest_or_404(contest)
    shown = Document.objects.first_of(found, kind)
    if shown is None:
        raise Http404(kind)
    return _page(request, found, shown)


@require_safe
def kept_file(request: HttpRequest, name: str) -> FileResponse:
    """An attachment of a published document, or a film of a lesson; a draft's file for those who see the draft."""
    asked = PurePosixPath(name)
    folder = asked.parts[0] if asked.parts and ".." not in asked.parts else ""
    public = folder == FILMS or (folder == ATTACHED and Attachment.objects.public(name))
    if not public and not (folder == ATTACHED and request.user.has_perm("lantoa.view_attachment")):
        raise Http404(name)
    try:
        kept = default_storage.open(name)
    except OSError as missing:
        raise Http404(name) from missing
    kind = SHOWN.get(asked.suffix.lower())
    response = FileResponse(kept, as_attachment=kind is None)
    response.headers["Content-Type"] = kind or "application/octet-stream"
    response.headers["Cache-Control"] = "public, max-age=86400" if public else "private, no-store"
    return response


def _page(request: HttpRequest, contest: Contest, shown: Document) -> HttpResponse:
    """A document in the language of the page, its blanks filled with what the contest is now."""
    english = get_language() == "en" and bool(shown.body_en)
    body = _BLANK.sub(lambda blank: _fill(contest, blank), shown.body_en if english else shown.body)
    return render(
        request,
        "site/documents/page.html",
        {
            "contest": contest,
            "document": shown,
            "heading": shown.title_en if english else shown.title,
            "html": markdown.page(body),
            "foreign": get_language() == "en" and not english,
            "here": _HERE.get(Document.Kind(shown.kind), ""),
        },
    )


def _fill(contest: Contest, blank: re.Match[str]) -> str:
    """A fact of the contest, so that a document never says another one; an unknown blank stays as it is."""
    facts = {
        "opens": lambda: day(contest.opens_at),
        "closes": lambda: day(last_day(contest.closes_at)),
        "asked": lambda: str(contest.asked),
        "minutes": lambda: str(int(contest.time_limit.total_seconds() // 60)),
        "organiser": lambda: contest.organiser,
        "operator": lambda: contest.operator or contest.organiser,
        "ranking": lambda: ranking.SENTENCE["en" if get_language() == "en" else "vi"],
        "prizes": lambda: _prizes(contest),
    }
    return facts.get(blank[1], lambda: blank[0])()


def _prizes(contest: Contest) -> str:
    """The prize table."""
    lines = [f"| {_('Giải')} | {_('Mỗi giải')} |", "|---|---|"]
    for prize in contest.prizes.all():
        name = prize.name_en if get_language() == "en" and prize.name_en else prize.name
        how_many = _("%(count)s giải") % {"count": prize.count}
        rule = _(", cho đơn vị có tỷ lệ hoàn thành trên dân số cao nhất") if prize.rule == Prize.Rule.UNIT_RATIO else ""
        also = f", {prize.note}" if prize.note else ""
        lines.append(f"| **{name}** ({how_many}){rule} | {count(prize.amount)} {_('đồng')}{also} |")
    return "\n".join(lines)


urlpatterns: list[URLPattern] = [
    path("tep/<path:name>", kept_file, name="file"),
    path("<slug:contest>/van-ban/", documents, name="documents"),
    path("<slug:contest>/van-ban/<slug:slug>/", document, name="document"),
    path("<slug:contest>/the-le/", by_kind, {"kind": Document.Kind.RULES}, name="rules"),
    path("<slug:contest>/tro-giup/", by_kind, {"kind": Document.Kind.HELP}, name="help"),
    path("<slug:contest>/quyen-rieng-tu/", by_kind, {"kind": Document.Kind.PRIVACY}, name="privacy"),
    path("<slug:contest>/tiep-can/", by_kind, {"kind": Document.Kind.ACCESSIBILITY}, name="accessibility"),
]
