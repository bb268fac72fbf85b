"""The first pages: the platform's home, a contest's landing, a unit's own page, and the QR codes that lead there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.awards.models import Prize
from lantoa.contests import calendar
from lantoa.contests.documents import Document
from lantoa.contests.models import Contest, Contestant
from lantoa.learning.models import Topic
from lantoa.lib import clock, qr
from lantoa.site.doors import contest_or_404, whoever
from lantoa.site.public_pages import as_everybody
from lantoa.site.ripples import POSTER, ripples
from lantoa.site.templatetags.lantoa import day, local
from lantoa.site.whole import Shown, whole
from lantoa.standings.figures import Figures, Measure, UnitFigures, figures
from lantoa.standings.small_cells import withheld
from lantoa.units.models import Unit

TOP = 5
DOCUMENTS = 6  # on the landing; all of them have a page of their own
READ_FIRST = {Document.Kind.RULES, Document.Kind.GUIDE, Document.Kind.LETTER, Document.Kind.ANNOUNCEMENT}
PHONE = re.compile(r"(?:\+84|\b0)(?:[ .]?\d){8,10}\b")
PRIVATE = (
    "/quan-tri/",
    "/dang-nhap/",
    "/*/ho-so/",
    "/*/hoc/",
    "/*/thi/",
    "/*/ket-qua/",
    "/kiem-tra/",
    "/en/dang-nhap/",
)
KEPT = "public, max-age=86400"
KEPT_IN_FRONT = "20"  # seconds: a unit's page is no file, and there are many units (deploy/nginx)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All public contests; the only one there is opens at once (M19)."""
    contests = list(Contest.objects.public())
    if len(contests) == 1:
        return redirect("contest", contest=contests[0].slug)
    context = {"groups": _groups(contests), "ripples": ripples(114, 114)}
    return render(request, "site/home.html", context)


def _groups(contests: list[Contest]) -> list[dict[str, Any]]:
    """The contests by what can be done with them now: open, to come, closed."""
    if not contests:
        return []
    now = clock.now()
    titles = {
        calendar.Phase.OPEN: (_("Đang diễn ra"), "badge--right"),
        calendar.Phase.BEFORE: (_("Sắp mở"), "badge--heed"),
        calendar.Phase.CLOSED: (_("Đã khép lại"), "badge--plain"),
    }
    groups = []
    for phase, (title, badge) in titles.items():
        shown = [{"contest": c, "words": _words(c), **_days(c)} for c in contests if c.phase(now) is phase]
        if shown:
            groups.append({"title": title, "badge": badge, "contests": shown})
    return groups


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What is known of a contest at a moment, and what its organiser says; equal to itself alone."""

    figures: Figures
    topics: list[Topic]
    prizes: list[Prize]
    documents: list[Document]


def _state(contest: Contest, moment: datetime) -> State:
    papers = [paper for paper in Document.objects.named(contest) if paper.kind in READ_FIRST]
    return State(
        figures(contest, moment), Topic.objects.of(contest), list(Prize.objects.of(contest)), papers[:DOCUMENTS]
    )


@require_safe
def contest(request: HttpRequest, contest: str) -> HttpResponse:
    """What, until when, one big button; then everything that makes somebody press it (experience.md page 1)."""
    found, me, moment = whoever(request, contest)
    state, again = as_everybody(request, _state, found, moment)
    phase = found.phase(moment)
    shows = {
        "state": state,
        "here": "contest",
        "phase": phase.value,
        "left": _left(found.opens_at if phase is calendar.Phase.BEFORE else found.closes_at, moment),
        "me": me is not None,
        "own_unit": next((row["unit"].id for row in _top(state.figures) if me and me.unit_id == row["unit"].id), None),
    }
    own = {"now": date_format(timezone.localtime(moment), "c")}
    if me:
        own |= {"who": me.person.full_name, "my_unit": me.unit.full_name}
    return whole(
        request, "site/landing/contest.html", contest=found, shows=shows, follows=_contest, own=own, again=again
    )


def _contest(contest: Shown, state: State, **_: object) -> dict[str, Any]:
    """The figures, the picture, the words."""
    counted = state.figures
    lit = sum(unit.registered > 0 for unit in counted.units)
    return {
        **_words_of(contest),
        "figures": counted,
        "attempts": None if withheld(counted).total else counted.total.attempts,
        "units": len(counted.units),
        "lit": lit,
        "ripples": ripples(len(counted.units), lit),
        "topics": state.topics,
        "prizes": state.prizes,
        "top": _top(counted),
        "documents": state.documents,
        "contact": _contact(contest),
        "address": _address("contest", contest=contest.slug),
    }


@require_safe
def unit(request: HttpRequest, contest: str, code: str) -> HttpResponse:
    """Where a unit's QR leads: its figures and places, its poster, the button that registers with the unit chosen."""
    found, me, moment = whoever(request, contest)
    counted = figures(found, moment)
    here = _unit_or_404(counted, code)
    address = _address("unit-entry", contest=found.slug, code=code)
    context = {
        **_about(found, me, moment),
        "figures": counted,
        "unit": here,
        "attempts": None if withheld(counted).holds(here) else here.attempts,
        "units": len(counted.units),
        "places": [_place(counted, here, measure) for measure in (Measure.REGISTERED, Measure.FINISHED, Measure.RATIO)],
        "ripples": ripples(len(counted.units), len(counted.units)),
        "percent": None if here.ratio is None else number_format(float(here.ratio) * 100, 2),
        "circles": ripples(len(counted.units), len(counted.units), POSTER),
        "contact": _contact(found)[:1],
        "address": address,
        "short_address": address.partition("://")[2].rstrip("/"),
    }
    response = render(request, "site/landing/unit.html", context)
    if me is None:
        response.headers["X-Accel-Expires"] = KEPT_IN_FRONT
    return response


@require_safe
def contest_qr(request: HttpRequest, contest: str) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """The contest's QR code as a drawing."""
    found = contest_or_404(contest)
    return _qr(_address("contest", contest=found.slug), found.name)


@require_safe
def unit_qr(request: HttpRequest, contest: str, code: str) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """A unit's QR code as a drawing: it carries contest and unit (M1, B6)."""
    found = contest_or_404(contest)
    try:
        here = Unit.objects.communes_of(found.root).get(code=code)
    except Unit.DoesNotExist as missing:
        raise Http404(code) from missing
    return _qr(_address("unit-entry", contest=found.slug, code=code), f"{found.name}, {here.full_name}")


def _qr(address: str, label: str) -> HttpResponse:
    return HttpResponse(qr.svg(address, label=label), content_type="image/svg+xml", headers={"Cache-Control": KEPT})


def _address(name: str, **where: str) -> str:
    """The full public address of a page, always in Vietnamese: one place has one QR code."""
    with override("vi"):
        return settings.PUBLIC_URL + reverse(name, kwargs=where)


def _about(contest: Contest, me: Contestant | None, moment: datetime) -> dict[str, Any]:
    """Whom the page of a unit is about."""
    phase = contest.phase(moment).value
    return {"contest": contest, "me": me, "here": "contest", "moment": moment, "phase": phase, **_words_of(contest)}


def _words_of(contest: Contest | Shown) -> dict[str, Any]:
    """What both pages of this door say of a contest."""
    name, slogan = _words(contest)
    return {
        "name": name,
        "slogan": slogan.split(", ") if slogan else [],
        "contest_name": local(contest, "name"),
        "contest_summary": local(contest, "summary"),
        "scene": [f"site/landing/scenes/{contest.root.code}.html", "site/landing/scenes/default.html"],
        **_days(contest),
    }


def _words(contest: Contest | Shown) -> tuple[str, str]:
    """A contest's name in two: "Công dân số Hải Phòng" and, after the dash, "Sử dụng thông minh, sống an toàn"."""
    name, _dash, slogan = local(contest, "name").partition(" – ")
    return name, slogan[:1].upper() + slogan[1:]


def _days(contest: Contest | Shown) -> dict[str, str]:
    """The first and the last day as people write them: 11/10 and 11/11/2025, the year once when it is the same."""
    first, last = timezone.localtime(contest.opens_at).date(), calendar.last_day(contest.closes_at)
    short = date_format(first, "j F" if get_language() == "en" else "j/n")
    return {"first_day": short if first.year == last.year else day(first), "last_day": day(last)}


class Left(NamedTuple):
    """How long it is until an instant."""

    days: int
    hours: int
    minutes: int


def _left(until: datetime, moment: datetime) -> Left:
    """Whole days, hours and minutes; a started minute counts."""
    minutes = max(0, -((moment - until) // timedelta(minutes=1)))
    return Left(minutes // 1440, minutes // 60 % 24, minutes % 60)


def _top(counted: Figures) -> list[dict[str, Any]]:
    """The units with most registrations, the longest bar first; none that has nobody."""
    leaders = [(rank, row) for rank, row in counted.by(Measure.REGISTERED)[:TOP] if row.registered]
    longest = max((row.registered for _rank, row in leaders), default=1)
    return [{"rank": rank, "unit": row, "width": f"{100 * row.registered / longest:.1f}%"} for rank, row in leaders]


def _unit_or_404(counted: Figures, code: str) -> UnitFigures:
    found = next((row for row in counted.units if row.code == code), None)
    if found is None:
        raise Http404(code)
    return found


def _place(counted: Figures, here: UnitFigures, measure: Measure) -> dict[str, Any]:
    """The rank of a unit by one measure; none as long as it has nobody, or no population."""
    rank = next(rank for rank, row in counted.by(measure) if row.id == here.id)
    value = here.value(measure)
    title = {
        Measure.REGISTERED: _("số người đăng ký"),
        Measure.FINISHED: _("số người hoàn thành"),
        Measure.RATIO: _("tỷ lệ hoàn thành trên dân số"),
    }[measure]
    return {"title": title, "rank": rank if value else None, "known": value is not None}


def _contact(contest: Contest | Shown) -> list[dict[str, str]]:
    """The lines of whom to ask; a line with a telephone number becomes a button that calls it."""
    lines = []
    for line in filter(None, map(str.strip, contest.contact.splitlines())):
        number = PHONE.search(line)
        found = number[0].strip() if number else ""
        lines.append({"text": line, "number": found, "tel": re.sub(r"[ .]", "", found)})
    return lines


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """Pages for everybody may be found; those of one person need not be asked for."""
    lines = ["User-agent: *", *(f"Disallow: {where}" for where in PRIVATE), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8", headers={"Cache-Control": KEPT})


@require_safe
def security(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """Whom to tell about a weakness (RFC 9116)."""
    expires = clock.now().replace(microsecond=0) + timedelta(days=180)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: vi, en",
        f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """Where browsers look when a page names no icon."""
    found = redirect(static("img/favicon.svg"))
    found.headers["Cache-Control"] = KEPT
    return found


urlpatterns = [
    path("", home, name="home"),
    path("robots.txt", robots, name="robots"),
    path("favicon.ico", favicon, name="favicon"),
    path(".well-known/security.txt", security, name="security"),
    path("<slug:contest>/", contest, name="contest"),
    path("<slug:contest>/qr.svg", contest_qr, name="contest-qr"),
    path("<slug:contest>/don-vi/<slug:code>/", unit, name="unit-entry"),
    path("<slug:contest>/don-vi/<slug:code>/qr.svg", unit_qr, name="unit-qr"),
]
