"""Giải tạm tính: who would win each prize as of now, with the evidence. Looking decides nothing."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from lantoa.awards.winners import Community, Person, PrizeWinners, provisional
from lantoa.console.admin_site import console
from lantoa.contests.models import Contest
from lantoa.people.models import Account

PERSON = [_("Họ tên"), _("Đơn vị"), _("Câu đúng"), _("Thời gian"), _("Nộp lúc"), _("Lượt")]
COMMUNITY = [_("Đơn vị"), _("Người hoàn thành"), _("Dân số"), _("Tỷ lệ")]


def table(winners: PrizeWinners) -> dict[str, Any]:
    """A prize as a table of evidence: every criterion of its rule in full, so that anybody can check the order."""
    rows = [{"rank": place.rank, "tied": place.tied, "cells": cells(place.who)} for place in winners.places]
    heads = COMMUNITY if winners.places and isinstance(winners.places[0].who, Community) else PERSON
    for row in rows:
        row["cells"] = list(zip(heads, cast("list[str]", row["cells"]), strict=True))
    return {"prize": winners.prize, "tied": winners.tied, "heads": heads, "rows": rows}


def cells(who: Person | Community) -> list[str]:
    """What decides, to the thousandth of a second."""
    if isinstance(who, Community):
        finished = number_format(who.finished, force_grouping=True)
        population = number_format(who.population, force_grouping=True)
        return [who.unit, finished, population, f"{number_format(100 * float(who.ratio), 4)} %"]
    minutes, ms = divmod(who.ms, 60_000)
    spent = _("%(minutes)d phút %(seconds)s giây") % {"minutes": minutes, "seconds": number_format(ms / 1000, 3)}
    local = localtime(who.submitted_at)
    fraction = f"{local.microsecond:06d}".removesuffix("000")
    handed_in = f"{local:%H:%M:%S},{fraction} {local:%d/%m/%Y}"
    return [who.name, who.unit, f"{who.correct}/{who.asked}", spent, handed_in, str(who.attempt)]


def winners(request: HttpRequest, contest: int) -> HttpResponse:
    """Each prize with those in reach of it; ties are shown as ties."""
    if not cast("Account", request.user).may("see_results"):
        raise PermissionDenied
    try:
        shown = Contest.objects.newest().get(pk=contest)
    except Contest.DoesNotExist as missing:
        raise Http404(contest) from missing
    context = {
        **console.each_context(request),
        "title": _("Giải tạm tính"),
        "subtitle": shown.name,
        "contest": shown,
        "moment": shown.moment,
        "prizes": [table(found) for found in provisional(shown, shown.moment)],
    }
    return TemplateResponse(request, "console/winners.html", context)


console.page("giai-tam-tinh/<int:contest>/", winners, "provisional_winners")
