"""Published bulletins: the list, one with its tables, pictures, text and seal, and its files (M13, M18, M20)."""

from __future__ import annotations

import re
from hashlib import sha256
from mimetypes import guess_type
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.cache import get_conditional_response
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lantoa.contests.models import Contest
from lantoa.lib import markdown, written
from lantoa.site.doors import contest_or_404, whoever
from lantoa.site.templatetags.lantoa import language
from lantoa.standings.bulletins import as_known_today
from lantoa.standings.models import Bulletin
from lantoa.standings.outputs.formats import FILES
from lantoa.standings.outputs.press import press
from lantoa.standings.outputs.tables import TOPS, top

TYPES = {".md": "text/markdown; charset=utf-8", ".csv": "text/csv; charset=utf-8", ".svg": "image/svg+xml"}
_HEADING = re.compile("^#", re.MULTILINE)  # the page has its own first heading
MOST_BARS = 15  # shown of a first ten whose last place many share
KEPT = "public, max-age=31536000, immutable"
NAMES = {
    "registered": _("người đăng ký"),
    "finished": _("người hoàn thành"),
    "attempts": _("lượt thi"),
    "population": _("dân số"),
    "finished_units": _("đơn vị có người hoàn thành"),
    "visits": _("lượt truy cập"),
}
DOWNLOADS = (
    ("ban-tin.xlsx", _("Bảng số (Excel)")),
    ("ban-tin.csv", _("Bảng số (CSV)")),
    ("ban-tin.md", _("Bài viết")),
    ("ban-tin.json", _("Dữ liệu (JSON)")),
    ("niem-phong.json", _("Bản niêm phong")),
)
PICTURED = {"registered": "dang-ky", "finished": "hoan-thanh", "ratio": "ty-le"}


@require_safe
def bulletins(request: HttpRequest, contest: str) -> HttpResponse:
    """All bulletins of a contest, the newest first."""
    found, me, moment = whoever(request, contest)
    context = {
        "contest": found,
        "me": me,
        "moment": moment,
        "here": "statistics",
        "bulletins": list(Bulletin.objects.listed(found)),
    }
    return render(request, "site/bulletins/list.html", context)


@require_safe
def bulletin(request: HttpRequest, contest: str, number: int) -> HttpResponse:
    """One: as it was published, and what later corrections change."""
    found, me, moment = whoever(request, contest)
    shown = _bulletin_or_404(found, number)
    said = shown.data
    changes = [(change, NAMES[change.what]) for change in as_known_today(shown, moment).changes]
    context = {
        "contest": found,
        "me": me,
        "moment": moment,
        "here": "statistics",
        "bulletin": shown,
        "said": said,
        "tops": [_top(said, measure) for measure in TOPS if said["top"][measure]],
        "text": mark_safe(markdown.page(_HEADING.sub("##", press(said, language()).decode()))),  # noqa: S308 (markdown without HTML)
        "changes": changes,
        "files": DOWNLOADS,
        "before": number - 1,
        "method": said["method"][language()],
        "signature": bytes(shown.signature).hex(),
        "key": bytes(shown.key).hex(),
    }
    return render(request, "site/bulletins/page.html", context)


@require_safe
def bulletin_file(request: HttpRequest, contest: str, number: int, name: str) -> HttpResponse:
    """One of its files in the reader's language: made from its content, so that it may be kept for ever."""
    if name not in FILES:
        raise Http404(name)
    shown = _bulletin_or_404(contest_or_404(contest), number)
    said = f"{shown.digest}/{name}/{language()}"
    etag = f'"{sha256(said.encode()).hexdigest()[:32]}"'
    if known := get_conditional_response(request, etag=etag):
        response: HttpResponse = known if isinstance(known, HttpResponseNotModified) else HttpResponse(status=412)
    else:
        suffix = f".{name.rpartition('.')[2]}"
        kind = TYPES.get(suffix) or guess_type(name)[0] or "application/octet-stream"
        response = HttpResponse(FILES[name](shown.data, language()), content_type=kind)
        response["Content-Disposition"] = f'inline; filename="{shown.contest.slug}-{number}-{name}"'
    response["ETag"] = etag
    response["Cache-Control"] = KEPT
    return response


def _bulletin_or_404(contest: Contest, number: int) -> Bulletin:
    found = Bulletin.objects.numbered(contest, number) if number < 2**31 else None
    if found is None:
        raise Http404(number)
    found.contest = contest
    return found


def _top(said: dict[str, Any], measure: str) -> dict[str, Any]:
    """One first ten with its bars; in a picture's name stands ``picture``."""
    units = {unit["code"]: unit for unit in said["units"]}
    rows = [units[code] for code in said["top"][measure]]
    values = [_share(unit) if measure == "ratio" else unit[measure] for unit in rows]
    bars = [
        {
            "rank": unit["rank"][measure],
            "name": unit["name"],
            "value": written.percent(unit["finished"], unit["population"], language())
            if measure == "ratio"
            else written.count(unit[measure], language()),
            "width": f"{100 * value / values[0]:.1f}%",
        }
        for unit, value in zip(rows, values, strict=True)
    ]
    shown, more = bars[:MOST_BARS], max(0, len(bars) - MOST_BARS)
    return {"title": top(said, measure, language()).title, "picture": PICTURED[measure], "bars": shown, "more": more}


def _share(unit: dict[str, Any]) -> float:
    return float(unit["finished"] / unit["population"])


urlpatterns: list[URLPattern] = [
    path("<slug:contest>/ban-tin/", bulletins, name="bulletins"),
    path("<slug:contest>/ban-tin/<int:number>/", bulletin, name="bulletin"),
    path("<slug:contest>/ban-tin/<int:number>/<str:name>", bulletin_file, name="bulletin-file"),
]
