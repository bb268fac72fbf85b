"""A contest that exists to be rushed before the opening: made from a real package, marked for life, listed nowhere.

Its people are invented (people/rehearsals.py) and take part in nothing else; a trigger holds that. What it wrote is the
only thing that the tables to which one only appends give back: awards/rehearsals.py takes it away whole.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from lantoa.contests.content import import_contest
from lantoa.contests.models import Contest
from lantoa.contests.package import Package
from lantoa.lib.clock import VIETNAM
from lantoa.units.models import Unit

PREFIX = "dien-tap-"
OPEN = timedelta(days=7)  # a rehearsal that nobody removed takes nobody in any more
_MARK, _MARK_EN = "Diễn tập: ", "Rehearsal: "


class Refused(Exception):
    """A rule says no. Codes: exists, no-units."""

    def __init__(self, code: str) -> None:
        """Carry the rule's code; the door turns it into words."""
        super().__init__(code)
        self.code = code


def rehearsals() -> QuerySet[Contest]:
    """Those that are there: one or none."""
    return Contest.objects.filter(rehearsal=True).select_related("root")


@transaction.atomic
def make_rehearsal(package: Package, *, at: datetime) -> tuple[Contest, Package]:
    """The rehearsal contest of a package, open from today on, and the package under its name; still without content.

    One at a time, and only where the package's units are: they stay when it goes. Its address is new each time, so that
    no log is ever continued by another. Raises :class:`Refused`.
    """
    root = Unit.objects.city(package.place["code"])
    if root is None:
        raise Refused("no-units")
    if rehearsals().exists():
        raise Refused("exists")
    today = at.astimezone(VIETNAM).date()
    words = {name: value for name, value in package.contest.items() if name != "bulletins"}
    words |= {
        "slug": f"{PREFIX}{today:%y%m%d}-{secrets.token_hex(3)}",
        "name": f"{_MARK}{words['name']}",
        "name_en": f"{_MARK_EN}{words['name_en']}" if words.get("name_en") else "",
    }
    named = replace(package, contest=words)
    contest, _ = import_contest(
        package=named, root=root, opens=today, closes=today + OPEN, publish=True, rehearsal=True, at=at
    )
    return contest, named
