"""The page for people about the data for programs: every example on it can be pressed (docs/interfaces.md)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from lantoa.contests.models import Contest
from lantoa.lib import clock
from lantoa.lib.clock import VIETNAM
from lantoa.standings.figures import newest_minute

NOBODY = "ten-cuoc-thi"  # stands in the examples while no contest is public


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """What can be had where, with examples of the newest public contest; two queries."""
    newest = next(iter(Contest.objects.public()), None)
    where = [newest.slug if newest else NOBODY]
    hour = newest_minute(clock.now()).astimezone(VIETNAM).replace(minute=0)
    names = ("contest", "statistics", "curve", "standings", "units")
    addresses = {name: settings.PUBLIC_URL + reverse(f"api-{name}", args=where) for name in names}
    context = {
        **addresses,
        "contest": None,  # this page is about all of them: no contest's name in its title and menu
        "contest_address": addresses["contest"],
        "contests": settings.PUBLIC_URL + reverse("api-contests"),
        "document": settings.PUBLIC_URL + reverse("api-openapi"),
        "moment": hour.isoformat(timespec="minutes"),
        "most": settings.API_PER_MINUTE,
    }
    return render(request, "site/open_data.html", context)


urlpatterns: list[URLPattern] = [path("api/", open_data, name="open-data")]
