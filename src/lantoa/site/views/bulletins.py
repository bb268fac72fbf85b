"""Published bulletins: the list, one with its tables, pictures, text and seal, and its files (M13, M18, M20)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from mimetypes import guess_type
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.cache import get_conditional_response
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lantoa.contests.log import Head
from lantoa.contests.models import Contest
from lantoa.lib import markdown, written
from lantoa.site.doors import contest_or_404, whoever
from lantoa.site.templatetags.lantoa import language
from lantoa.standings.bulletins import as_known_today
from lantoa.standings.editions import as_published
from lantoa.standings.models import Bulletin
from lantoa.standings.outputs.formats import FILES
from lantoa.standings.outputs.press import press
from lantoa.standings.outputs.tables import TOPS, top

_OFFICE = "application/vnd.openxmlformats-officedocument"  # not every machine's list of types knows them
TYPES = {
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}
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
FIGURES = ("registered", "finished", "attempts", "visits")
# What each file is for, in the order in which they are asked for.
DOWNLOADS = (
    ("bao-cao.docx", _("Báo cáo Word"), _("Báo cáo gửi cấp trên: điền số, ngày rồi ký.")),
    ("bao-cao.pdf", _("Báo cáo PDF"), _("Cùng báo cáo ấy, để in.")),
    ("ban-tin.xlsx", _("Bảng Excel"), _("Mọi bảng số, mỗi bảng một trang.")),
    ("ban-tin.csv", _("Bảng CSV"), _("Cùng các bảng ấy, cho phần mềm khác.")),
    ("ban-tin.md", _("Bài viết"), _("Bài cho báo chí, để sửa tiếp.")),
    ("ban-tin.json", _("Dữ liệu JSON"), _("Cho chương trình máy tính.")),
    ("niem-phong.json", _("Bản niêm phong"), _("Đúng từng chữ đã ký, để kiểm tra chữ ký.")),
)
PICTURED = {"registered": "dang-ky", "finished": "hoan-thanh", "ratio": "ty-le"}
TODAY = "hom-nay"  # in the address: the same moment as known today


@require_safe
def bulletins(request: HttpRequest, contest: str) -> HttpResponse:
    """All bulletins of a contest, the newest first and with its figures."""
    found, me, moment = whoever(request, contest)
    newest = Bulletin.objects.last(found)
    context = {
        "contest": found,
        "me": me,
        "moment": moment,
        "here": "statistics",
        "newest": newest,
        "said": newest.data if newest else {},
        "figures": _figures(newest.data, newest.data) if newest else [],
        "older": list(Bulletin.objects.listed(found)[1:]),
    }
    return render(request, "site/bulletins/list.html", context)


@require_safe
def newest(_request: HttpRequest, contest: str) -> HttpResponse:
    """An address that leads to the newest one, or to the empty list."""
    number = Bulletin.objects.newest_number(contest_or_404(contest))
    return redirect("bulletin", contest=contest, number=number) if number else redirect("bulletins", contest=contest)


@require_safe
def bulletin(request: HttpRequest, contest: str, number: int) -> HttpResponse:
    """One: as it was published, or with ``?hom-nay`` the same moment with every later correction."""
    found, me, moment = whoever(request, contest)
    shown = _bulletin_or_404(found, number)
    published, today = shown.data, as_known_today(shown, moment)
    late = TODAY in request.GET
    said = today.content if late else published
    context = {
        "contest": found,
        "me": me,
        "moment": moment,
        "here": "statistics",
        "bulletin": shown,
        "late": late,
        "said": said,
        "figures": _figures(said, published),
        "changes": [(change, NAMES[change.what]) for change in today.changes],
        "tops": [_top(said, measure) for measure in TOPS if said["top"][measure]],
        "lines": _lines(said),
        "before": number - 1,
        "after": number + 1 if number < Bulletin.objects.newest_number(found) else 0,
        "method": said["method"][language()],
        **({} if late else _sealed(shown)),
    }
    return render(request, "site/bulletins/page.html", context)


def _figures(said: Mapping[str, Any], published: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The four of the whole contest; ``was`` where the published one is another."""
    return [
        {
            "name": NAMES[what],
            "value": said[what],
            "units": said["finished_units"] if what == "finished" else 0,
            "was": published[what] if published[what] != said[what] else None,
        }
        for what in FIGURES
    ]


def _lines(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every unit, by ratio; those without one by people finished."""
    units = sorted(said["units"], key=lambda unit: (*_place(unit["rank"]["ratio"]), unit["rank"]["finished"]))
    return [
        {
            "rank": unit["rank"]["ratio"],
            "row": unit,
            "percent": written.percent(unit["finished"], unit["population"], language()),
        }
        for unit in units
    ]


def _place(rank: int | None) -> tuple[bool, int]:
    return rank is None, rank or 0


def _sealed(shown: Bulletin) -> dict[str, Any]:
    """What only the published one has: text, files, signature, and where it stands in the contest's book."""
    head = Head.objects.covering(shown.contest, shown.known_size) if shown.known_size else None
    sizes = _sizes(shown, language())
    return {
        "text": mark_safe(markdown.page(_HEADING.sub("###", press(shown.data, language()).decode()))),  # noqa: S308 (markdown without HTML)
        "files": [(name, label, use, sizes[name]) for name, label, use in DOWNLOADS],
        "signature": bytes(shown.signature).hex(),
        "key": bytes(shown.key).hex(),
        "head": head,
        "root": bytes(head.root).hex() if head else "",
    }


@lru_cache(maxsize=64)
def _sizes(shown: Bulletin, language: written.Language) -> dict[str, int]:
    """The bytes of each file; a bulletin never changes, so they are counted once."""
    edition = as_published(shown)
    return {name: len(FILES[name](edition, language)) for name, _label, _use in DOWNLOADS}


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
        response = HttpResponse(FILES[name](as_published(shown), language()), content_type=kind)
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
    path("<slug:contest>/ban-tin/moi-nhat/", newest, name="newest-bulletin"),
    path("<slug:contest>/ban-tin/<int:number>/", bulletin, name="bulletin"),
    path("<slug:contest>/ban-tin/<int:number>/<str:name>", bulletin_file, name="bulletin-file"),
]
