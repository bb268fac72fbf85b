"""Sáp nhập: a unit became part of another (B5). Past figures as published stay; as known today they follow."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import connection, transaction

from lantoa.contests import ledger
from lantoa.contests.models import Contest, Contestant
from lantoa.contests.publications import publish_units
from lantoa.lib import clock
from lantoa.lib.text import tidy
from lantoa.people.journal import note
from lantoa.people.models import Account
from lantoa.units.models import COMMUNE_LEVEL, Succession, Unit
from lantoa_verify import entries as forms

POWER = "edit_units"
LONGEST_REASON = 500


class Refused(Exception):
    """A rule says no. Codes: forbidden, reason, same, elsewhere, gone, ahead, circle, running."""

    def __init__(self, code: str) -> None:
        """Carry the rule's code; the door turns it into words."""
        super().__init__(code)
        self.code = code


@transaction.atomic
def merge_units(
    *,
    unit: Unit,
    successor: Unit,
    since: date,
    reason: str,
    by: Account,
    while_open: bool = False,
    at: datetime | None = None,
) -> Succession:
    """Write down that ``unit`` is part of ``successor`` from the day ``since`` on (0:00 in Vietnam); for good.

    ``unit`` is offered to nobody from then on. Every contest of the city enters it into its log. While a contest is
    open in which people take part for ``unit``, only with ``while_open``: its tables change before everybody's eyes.
    """
    if not by.may(POWER):
        raise Refused("forbidden")
    with connection.cursor() as cursor:  # one after another: two mergers at once could close a circle
        cursor.execute("LOCK TABLE lantoa_succession IN SHARE ROW EXCLUSIVE MODE")
    moment = at or clock.now()
    effective = datetime.combine(since, time.min, clock.VIETNAM)
    units = {one.pk: one for one in Unit.objects.select_for_update(no_key=True).filter(pk__in=(unit.pk, successor.pk))}
    if code := _fault(units[unit.pk], units[successor.pk], effective, moment, tidy(reason)):
        raise Refused(code)
    contests = list(Contest.objects.filter(root=unit.parent_id).order_by("pk"))
    if not while_open and any(_runs(contest, unit, moment) for contest in contests):
        raise Refused("running")
    made = Succession.objects.create(
        unit=unit, successor=successor, effective=effective, known_at=moment, reason=tidy(reason)
    )
    Unit.objects.filter(pk=unit.pk).update(valid_to=moment.astimezone(clock.VIETNAM).date())
    for contest in contests:
        _enter(contest, made)
    note(by, "merge_units", f"unit:{unit.pk}", at=moment, into=successor.code, since=str(since), reason=made.reason)
    return made


def _fault(unit: Unit, successor: Unit, effective: datetime, moment: datetime, reason: str) -> str:
    """Why this cannot be; empty when it can."""
    faults = {
        "reason": not reason or len(reason) > LONGEST_REASON,
        "same": unit.pk == successor.pk,
        "elsewhere": not {unit.kind, successor.kind} <= set(COMMUNE_LEVEL) or unit.parent_id != successor.parent_id,
        "gone": unit.valid_to is not None or successor.valid_to is not None,
        "ahead": effective > moment,
        "circle": unit.pk in _line(successor.pk),
    }
    return next((code for code, is_so in faults.items() if is_so), "")


def _line(unit: int) -> set[int]:
    """The unit and all that it ever became part of."""
    line, edge = {unit}, {unit}
    while edge:
        found = Succession.objects.filter(unit__in=edge).values_list("successor", flat=True)
        edge = set(found) - line
        line |= edge
    return line


def _runs(contest: Contest, unit: Unit, moment: datetime) -> bool:
    open_now = contest.published and contest.opens_at <= moment < contest.closes_at
    return open_now and Contestant.objects.filter(contest=contest, unit=unit).exists()


def _enter(contest: Contest, made: Succession) -> None:
    """One line in the contest's log, and the units as they compete from now on."""
    fields = forms.Succession(
        ledger.code_of(made.unit), ledger.code_of(made.successor), ledger.milliseconds(made.effective)
    )
    ledger.append(contest.pk, ledger.public("succession", made.known_at, fields))
    if contest.published:
        publish_units(contest, made.known_at)
