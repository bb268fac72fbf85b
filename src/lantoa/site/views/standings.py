"""Who stands where: contestants, units, clusters (experience.md page 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
from lantoa.lib.mould import Mould
from lantoa.lib.text import fold
from lantoa.site.doors import whoever
from lantoa.site.public_pages import as_everybody
from lantoa.site.templatetags.lantoa import count
from lantoa.site.whole import Shown, part, whole
from lantoa.standings import ranks
from lantoa.standings.figures import STATES, ClusterFigures, Figures, Measure, UnitFigures, figures, ranked
from lantoa.standings.small_cells import Withheld, withheld
from lantoa.units.models import Unit

# In the address and on the page; the ratio first, since it lets a small commune lead.
MEASURES = {"ty-le": Measure.RATIO, "hoan-thanh": Measure.FINISHED, "dang-ky": Measure.REGISTERED}
FURTHEST = 10**6  # pages
NEAR = 1  # pages named on either side
QUARTERS = 4  # of a table, as its template names them


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


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """A page of the standings at a moment; equal to itself alone."""

    page: ranks.Page
    moment: datetime


def _board(contest: Contest, number: int, unit: str | None, moment: datetime) -> Board:
    return Board(ranks.page(contest, number, unit), moment)


@require_safe
def contestants(request: HttpRequest, contest: str) -> HttpResponse:
    """Fifty a page, of the contest or of one unit; somebody who takes part sees their own places first."""
    found, me, moment = whoever(request, contest)
    if asked := request.GET.get("q", "").strip():
        return _choose(request, found, asked)
    number = _page_number(request)
    try:
        board, again = as_everybody(request, _board, found, number, request.GET.get("don-vi") or None, moment)
    except Unit.DoesNotExist as unknown:
        raise Http404 from unknown
    if number > board.page.pages:
        raise Http404
    shows, own = _mine(me, board.page)
    return whole(
        request,
        "site/standings/contestants.html",
        contest=found,
        shows={"board": board, "phase": found.phase(moment).value, "here": "standings", "tab": "people", **shows},
        follows=_contestants,
        own=own,
        again=again,
    )


def _choose(request: HttpRequest, contest: Contest, asked: str) -> HttpResponse:
    """To the one unit that is meant, or to choose among several."""
    matching = _matching(list(Unit.objects.communes_of(contest.root)), asked)
    if len(matching) == 1:
        return redirect(f"{reverse('standings', args=[contest.slug])}?{urlencode({'don-vi': matching[0].code})}")
    context = {"contest": contest, "here": "standings", "q": asked, "matching": matching}
    return render(request, "site/standings/choose_unit.html", context)


def _contestants(contest: Shown, board: Board, mine: int | None, **_: object) -> dict[str, Any]:
    """The lines, and the way to other pages."""
    page = board.page
    return {
        "page": page,
        "moment": board.moment,
        "lines": [PersonLine(row, contest.asked - row.missed, row.contestant == mine) for row in page.rows],
        "before": str(page.number - 1),
        "after": str(page.number + 1),
        "pages": _pages(page.number, page.pages),
        "sentence": SENTENCE.get(get_language() or "vi", SENTENCE["vi"]),
    }


@require_safe
def units(request: HttpRequest, contest: str) -> HttpResponse:
    """All units by one measure; a search without marks, or one cluster with the ranks inside it."""
    found, me, moment = whoever(request, contest)
    counted, again = as_everybody(request, figures, found, moment)
    common = _common(request, found, counted, "units")
    chosen, q = request.GET.get("cum", ""), request.GET.get("q", "").strip()
    cluster = next((known for known in counted.clusters if known.code == chosen), None)
    lines = _lines(counted.units, withheld(counted), cluster and cluster.code, Measure(common["measure"]))
    if q:
        lines = Hashed(line for line in lines if fold(q) in fold(line.row.name))
    clusters = bool(counted.clusters) and cluster is None
    said = {"contest": found.slug, "measure": common["measure"], "clusters": clusters}
    return whole(
        request,
        "site/standings/units.html",
        contest=found,
        shows={**common, "lines": lines, "cluster": cluster, "q": q, "clusters": clusters},
        follows=_units,
        own=_rows(lines, _my_unit(counted, me), said, ahead=not q),
        again=again,
    )


def _units(figures: Figures, lines: tuple[Line, ...], **_: object) -> dict[str, Any]:
    return {"moment": figures.at, "withheld": any(line.closed for line in lines)}


def _rows(lines: Hashed[Line], mine: UnitFigures | None, said: dict[str, Any], *, ahead: bool) -> dict[str, Mould]:
    """The rows of the table in quarters, and somebody's own unit ahead of them.

    So everybody is shown the same page and three of the same quarters: a unit costs its own quarter, no table.
    """
    own = mine and mine.code

    def rows(some: Hashed[Line], look: str = "is-me") -> Mould:
        here = own if any(line.row.code == own for line in some) else None
        return part("site/standings/unit_rows.html", lines=some, mine=here, look=look, **said)

    first = Hashed(line for line in lines if ahead and line.row.code == own)
    quarters = {f"quarter_{n}": rows(quarter) for n, quarter in enumerate(_quarters(lines), 1)}
    return {"ahead": rows(first, "is-me is-first"), **quarters}


@lru_cache(STATES)
def _lines(units: tuple[UnitFigures, ...], closed: Withheld, cluster: str | None, measure: Measure) -> Hashed[Line]:
    """The table of a state of the counts: made once, and found at once by the page that keeps it."""
    rows = [unit for unit in units if cluster is None or (unit.cluster and unit.cluster[0] == cluster)]
    return Hashed(Line(rank, row, closed=closed.holds(row)) for rank, row in ranked(rows, measure))


@lru_cache(STATES)
def _quarters(lines: Hashed[Line]) -> tuple[Hashed[Line], ...]:
    """In the same order."""
    size = -(-len(lines) // QUARTERS)
    return tuple(Hashed(lines[at * size : (at + 1) * size]) for at in range(QUARTERS))


@require_safe
def clusters(request: HttpRequest, contest: str) -> HttpResponse:
    """Clusters by one measure, each the sum of its units."""
    found, me, moment = whoever(request, contest)
    counted, again = as_everybody(request, figures, found, moment)
    mine = _my_unit(counted, me)
    shows = {**_common(request, found, counted, "clusters"), "own": mine.cluster[0] if mine and mine.cluster else None}
    return whole(request, "site/standings/clusters.html", contest=found, shows=shows, follows=_clusters, again=again)


def _clusters(figures: Figures, own: str | None, measure: str, **_: object) -> dict[str, Any]:
    closed = withheld(figures)
    rows = ranked(figures.clusters, Measure(measure))
    lines = [Line(rank, row, row.code == own, closed.holds(row)) for rank, row in rows]
    return {"moment": figures.at, "lines": lines, "withheld": any(line.closed for line in lines)}


def _common(request: HttpRequest, contest: Contest, counted: Figures, tab: str) -> dict[str, Any]:
    measure = _measure(request)
    return {
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


def _mine(me: Contestant | None, page: ranks.Page) -> tuple[dict[str, Any], dict[str, str]]:
    """Which of my places the page shows; and my places, with the page that shows me in the list that is open."""
    place = ranks.my_place(me) if me else None
    if me is None or place is None:
        return {"me": me is not None, "placed": False, "listed": False, "mine": None}, {}
    listed = page.unit is None or page.unit.code == me.unit.code
    rank = place.city if page.unit is None else place.unit
    shows = {
        "me": True,
        "placed": True,
        "listed": listed,
        "mine": me.pk if any(row.contestant == me.pk for row in page.rows) else None,
    }
    own = {
        **{name: count(getattr(place, name)) for name in ("city", "city_total", "unit", "unit_total")},
        "my_page": str(ranks.page_of(rank)),
        "my_unit": me.unit.full_name,
        "my_code": me.unit.code,
    }
    return shows, own


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
