"""Who stands where: contestants, units, clusters (experience.md page 9)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import get_format
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from lantoa.contests.models import Contest, Contestant
from lantoa.exams.ranking import SENTENCE
from lantoa.lib import written
from lantoa.lib.hashed import Hashed
from lantoa.lib.text import fold
from lantoa.site.doors import whoever
from lantoa.standings import ranks
from lantoa.standings.figures import STATES, ClusterFigures, Figures, Measure, UnitFigures, figures, ranked
from lantoa.standings.small_cells import Withheld, withheld
from lantoa.units.models import Unit

# In the address and on the page; the ratio first, since it lets a small commune lead.
MEASURES = {"ty-le": Measure.RATIO, "hoan-thanh": Measure.FINISHED, "dang-ky": Measure.REGISTERED}
FURTHEST = 10**6  # pages
NEAR = 1  # pages named on either side


@dataclass(frozen=True, slots=True)
class Line:
    """A unit or cluster in the table."""

    rank: int | None
    row: UnitFigures | ClusterFigures
    mine: bool = False
    closed: bool = False  # its attempts are withheld

    @property
    def attempts(self) -> int | None:
        """Exams handed in; None where they are withheld."""
        return None if self.closed else self.row.attempts

    @property
    def percent(self) -> Decimal | None:
        """The ratio in hundredths: two places, three below one."""
        return written.hundredths(self.row.finished, self.row.population)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A contestant in the table; milliseconds decide, so they are shown."""

    row: ranks.Row
    right: int
    mine: bool

    @property
    def time(self) -> str:
        """425320 → 7:05,320."""
        seconds, thousandths = divmod(self.row.ms, 1000)
        return f"{seconds // 60}:{seconds % 60:02}{get_format('DECIMAL_SEPARATOR')}{thousandths:03}"


@require_safe
def contestants(request: HttpRequest, contest: str) -> HttpResponse:
    """Fifty a page, of the contest or of one unit; somebody who takes part sees their own places first."""
    found, me, moment = whoever(request, contest)
    common = {"contest": found, "me": me, "moment": moment, "here": "standings", "tab": "people"}
    if asked := request.GET.get("q", "").strip():
        matching = _matching(list(Unit.objects.communes_of(found.root)), asked)
        if len(matching) == 1:
            return redirect(f"{reverse('standings', args=[contest])}?{urlencode({'don-vi': matching[0].code})}")
        return render(request, "site/standings/choose_unit.html", {**common, "q": asked, "matching": matching})
    number = _page_number(request)
    try:
        page = ranks.page(found, number, request.GET.get("don-vi") or None)
    except Unit.DoesNotExist as unknown:
        raise Http404 from unknown
    if number > page.pages:
        raise Http404
    context = {
        "page": page,
        "lines": [
            PersonLine(row, found.asked - row.missed, me is not None and row.contestant == me.pk) for row in page.rows
        ],
        "before": str(number - 1),
        "after": str(number + 1),
        "pages": _pages(number, page.pages),
        "phase": found.phase(moment).value,
        "sentence": SENTENCE.get(get_language() or "vi", SENTENCE["vi"]),
        **_mine(me, page),
    }
    return render(request, "site/standings/contestants.html", {**common, **context})


@require_safe
def units(request: HttpRequest, contest: str) -> HttpResponse:
    """All units by one measure; a search without marks, or one cluster with the ranks inside it."""
    found, me, moment = whoever(request, contest)
    counted, measure = figures(found, moment), _measure(request)
    cluster = next((c for c in counted.clusters if c.code == request.GET.get("cum")), None)
    lines = _lines(counted.units, withheld(counted), _my_unit(counted, me), cluster and cluster.code, measure)
    asked = request.GET.get("q", "").strip()
    context = {
        **_common(found, me, counted, "units", measure),
        "mine": next((line for line in lines if line.mine), None),
        "lines": tuple(line for line in lines if fold(asked) in fold(line.row.name)) if asked else lines,
        "clusters": bool(counted.clusters) and cluster is None,
        "q": asked,
        "cluster": cluster,
        "withheld": any(line.closed for line in lines),
    }
    return render(request, "site/standings/units.html", context)


@lru_cache(STATES)
def _lines(
    units: tuple[UnitFigures, ...], closed: Withheld, mine: UnitFigures | None, cluster: str | None, measure: Measure
) -> Hashed[Line]:
    """The table of a state of the counts: made once, and found at once by the page that keeps it."""
    rows = [unit for unit in units if cluster is None or (unit.cluster and unit.cluster[0] == cluster)]
    return Hashed(Line(rank, row, row is mine, closed.holds(row)) for rank, row in ranked(rows, measure))


@require_safe
def clusters(request: HttpRequest, contest: str) -> HttpResponse:
    """Clusters by one measure, each the sum of its units."""
    found, me, moment = whoever(request, contest)
    counted, measure = figures(found, moment), _measure(request)
    mine = _my_unit(counted, me)
    code = mine.cluster[0] if mine and mine.cluster else None
    closed = withheld(counted)
    lines = [Line(rank, row, row.code == code, closed.holds(row)) for rank, row in ranked(counted.clusters, measure)]
    context = {
        **_common(found, me, counted, "clusters", measure),
        "lines": lines,
        "withheld": any(line.closed for line in lines),
    }
    return render(request, "site/standings/clusters.html", context)


def _common(contest: Contest, me: Contestant | None, counted: Figures, tab: str, measure: Measure) -> dict[str, Any]:
    return {
        "contest": contest,
        "me": me,
        "moment": counted.at,
        "here": "standings",
        "tab": tab,
        "figures": counted,
        "measure": measure.value,
        "by": next(word for word, known in MEASURES.items() if known is measure),
        "phase": contest.phase(counted.at).value,
    }


def _measure(request: HttpRequest) -> Measure:
    return MEASURES.get(request.GET.get("theo", ""), Measure.RATIO)


def _matching(places: list[Unit], asked: str) -> list[Unit]:
    """Units whose name holds the words, without marks; one that is exactly that name stands alone."""
    wanted = fold(asked)
    exact = [place for place in places if asked.casefold() in (place.name.casefold(), place.full_name.casefold())]
    return exact if len(exact) == 1 else [place for place in places if wanted in fold(place.full_name)]


def _my_unit(counted: Figures, me: Contestant | None) -> UnitFigures | None:
    return next((unit for unit in counted.units if me and me.unit_id in unit.parts), None)


def _mine(me: Contestant | None, page: ranks.Page) -> dict[str, Any]:
    """My places, and the page that shows me in the list that is open."""
    place = ranks.my_place(me) if me else None
    if me is None or place is None:
        return {"place": None}
    listed = page.unit is None or page.unit.code == me.unit.code
    rank = place.city if page.unit is None else place.unit
    return {"place": place, "my_page": str(ranks.page_of(rank)) if listed else None}


def _page_number(request: HttpRequest) -> int:
    word = request.GET.get("trang", "1")
    number = int(word) if word.isascii() and word.isdigit() and len(word) < len(str(FURTHEST)) else 0
    if not number:
        raise Http404
    return number


def _pages(number: int, last: int) -> list[int | None]:
    """The pages to name: the first, those near, the last; None where some are left out."""
    named = sorted({1, last, *range(max(1, number - NEAR), min(last, number + NEAR) + 1)})
    shown: list[int | None] = []
    for page in named:
        if shown and isinstance(shown[-1], int) and page > shown[-1] + 1:
            shown.append(None)
        shown.append(page)
    return shown


urlpatterns: list[URLPattern] = [
    path("<slug:contest>/xep-hang/", contestants, name="standings"),
    path("<slug:contest>/xep-hang/don-vi/", units, name="unit-standings"),
    path("<slug:contest>/xep-hang/cum/", clusters, name="cluster-standings"),
]
