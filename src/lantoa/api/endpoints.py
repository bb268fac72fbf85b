"""The addresses of the open data: what each is called, takes and returns. The OpenAPI document is made from this."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lantoa.api import views
from lantoa.api.answers import Answer
from lantoa.api.parameters import AFTER, AS_OF, KNOWN_AT, LIMIT, UNIT, Parameter

# What stands inside an address.
WHERE: dict[str, tuple[str, dict[str, Any]]] = {
    "contest": ("Slug of the contest.", {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 80}),
    "code": ("Code of the unit.", {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 40}),
    "number": ("Number of the bulletin.", {"type": "integer", "minimum": 1}),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address below /api/v1/; ``returns`` names a schema."""

    name: str
    route: str
    view: Callable[..., Answer]
    about: str
    returns: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def path(self) -> str:
        """`contests/<slug:contest>/` as OpenAPI writes it: `contests/{contest}/`."""
        return re.sub(r"<\w+:(\w+)>", r"{\1}", self.route)


_ONE = "contests/<slug:contest>/"
_MOMENT = (AS_OF, KNOWN_AT)
ENDPOINTS = (
    Endpoint("contests", "contests/", views.contests, "All public contests", "Contests"),
    Endpoint("contest", _ONE, views.contest, "One contest", "Contest"),
    Endpoint(
        "statistics", f"{_ONE}statistics", views.statistics, "Figures of units, clusters, all", "Statistics", _MOMENT
    ),
    Endpoint("curve", f"{_ONE}curve", views.days, "Running totals by day", "Curve", _MOMENT),
    Endpoint(
        "standings", f"{_ONE}standings", views.standings, "Contestants in order", "Standings", (AFTER, UNIT, LIMIT)
    ),
    Endpoint("units", f"{_ONE}units/", views.units, "Units that compete", "Units", _MOMENT),
    Endpoint("unit", f"{_ONE}units/<slug:code>", views.unit, "One unit", "Unit", _MOMENT),
    Endpoint("bulletins", f"{_ONE}bulletins/", views.bulletins, "Published bulletins, the newest first", "Bulletins"),
    Endpoint("bulletin", f"{_ONE}bulletins/<int:number>", views.bulletin, "One bulletin with its seal", "Bulletin"),
)
