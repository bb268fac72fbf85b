"""The figures of a contest with their moment, for everybody (experience.md page 10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from lantoa.contests.models import Contest
from lantoa.lib import sheets
from lantoa.site.charts import NARROW, WIDE, Chart, rising
from lantoa.site.doors import contest_or_404, whoever
from lantoa.site.moments import asked_moment
from lantoa.site.public_pages import as_everybody
from lantoa.site.views.standings import Line
from lantoa.site.whole import whole
from lantoa.standings.figures import STATES, Day, Figures, Measure, curve, figures
from lantoa.standings.small_cells import small, withheld

TOP = 10
# The sheet's columns; outsiders may rely on them (docs/interfaces.md).
COLUMNS = (
    *("ma", "don_vi", "cum", "dang_ky", "hoan_thanh", "luot_thi", "dan_so", "ty_le"),
    *("hang_dang_ky", "hang_hoan_thanh", "hang_ty_le", "tinh_den"),
)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What is known of a contest at a moment; equal to itself alone."""

    figures: Figures
    days: tuple[Day, ...]


def _state(contest: Contest, moment: datetime) -> State:
    counted = figures(contest, moment)
    return State(counted, curve(contest, moment) if counted.total.registered else ())


@require_safe
def statistics(request: HttpRequest, contest: str) -> HttpResponse:
    """Four figures, the curve by day, two charts of the first ten units, and the table by ratio."""
    found, _me, now = whoever(request, contest)
    asked = asked_moment(request, found, now)
    state, again = as_everybody(request, _state, found, asked.at)
    return whole(
        request,
        "site/statistics/statistics.html",
        contest=found,
        shows={
            "state": state,
            "asked": asked if asked.past else replace(asked, at=state.figures.at),
            "now": now.replace(second=0, microsecond=0),  # as the page names it
            "here": "statistics",
            "phase": found.phase(asked.at).value,
        },
        follows=_statistics,
        again=again,
        status=422 if asked.error else 200,
    )


def _statistics(state: State, **_: object) -> dict[str, Any]:
    """The charts and tables of a state."""
    counted, days = state.figures, state.days
    return {
        "moment": counted.at,
        "figures": counted,
        "attempts": None if withheld(counted).total else counted.total.attempts,
        "days": tuple((day, None if small(day) else day.attempts) for day in days),
        "charts": _charts(days) if days else (),
        "registered": _bars(counted, Measure.REGISTERED),
        "finished": _bars(counted, Measure.FINISHED),
        "ratio": tuple(Line(rank, unit) for rank, unit in counted.by(Measure.RATIO)[:TOP] if unit.ratio),
    }


@lru_cache(STATES)
def _charts(days: tuple[Day, ...]) -> tuple[tuple[str, Chart], ...]:
    """The same rise in two sizes: of the same days it is drawn once."""
    return ("only-wide", rising(days, WIDE)), ("only-narrow", rising(days, NARROW))


def _bars(counted: Figures, measure: Measure) -> list[dict[str, Any]]:
    """The first ten that have anything, each with the length of its bar."""
    leaders = [(rank, unit, int(unit.value(measure) or 0)) for rank, unit in counted.by(measure)[:TOP]]
    longest = max((value for _, _, value in leaders), default=0)
    return [
        {"rank": rank, "unit": unit, "value": value, "width": f"{100 * value / longest:.1f}%"}
        for rank, unit, value in leaders
        if value
    ]


@require_safe
def sheet(request: HttpRequest, contest: str) -> HttpResponse:
    """Every unit with every measure, as CSV, of the moment asked for."""
    found = contest_or_404(contest)
    asked = asked_moment(request, found, found.moment)
    if asked.error:
        return HttpResponse(asked.error, status=422, content_type="text/plain; charset=utf-8")
    counted = figures(found, asked.at)
    at = timezone.localtime(counted.at)
    closed = withheld(counted)
    places = {measure: {unit.code: rank for rank, unit in counted.by(measure)} for measure in Measure}
    rows = (
        [
            *(unit.code, unit.name, unit.cluster[1] if unit.cluster else "", unit.registered, unit.finished),
            *(
                None if closed.holds(unit) else unit.attempts,
                unit.population,
                None if unit.ratio is None else f"{float(unit.ratio):.6f}",
            ),
            *(places[measure][unit.code] for measure in (Measure.REGISTERED, Measure.FINISHED, Measure.RATIO)),
            at.isoformat(timespec="seconds"),
        ]
        for unit in counted.units
    )
    response = HttpResponse(sheets.write(COLUMNS, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="so-lieu-{found.slug}-{at:%Y%m%d-%H%M}.csv"'
    return response


urlpatterns: list[URLPattern] = [
    path("<slug:contest>/thong-ke/", statistics, name="statistics"),
    path("<slug:contest>/thong-ke.csv", sheet, name="statistics-csv"),
]
