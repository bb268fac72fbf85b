"""What is done in a contest: joining it, changing one's unit before the first exam, becoming valid or not."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from lantoa.contests import ledger, statements
from lantoa.contests.calendar import Phase
from lantoa.contests.corrections import decide
from lantoa.contests.models import Contest, Contestant, Correction, Movement
from lantoa.lib import clock
from lantoa.lib.rows import one
from lantoa.people.journal import subject
from lantoa.people.models import TAKING_PART, Account, Person
from lantoa.people.validity import lacking, missing
from lantoa.units.models import Unit

PSEUDONYM = 16  # bytes (log.md §1)
OWN_MOVE = "tự sửa đơn vị trước khi thi"


class Refused(Exception):
    """A rule of the contests room says no; the door turns ``code`` into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def join(*, contest: Contest, person: Person, at: datetime | None = None) -> Contestant:
    """Enter a person into a contest, once: joining again gives the same entry.

    Raises :class:`Refused`: rehearsal, before, closed, no_unit, unit_elsewhere. The entry and its step in the journal
    of figures (figures.md §2) are one transaction.
    """
    moment = clock.whole(at or clock.now())
    refused = _refusal(contest, person, moment)
    if refused is None and (entry := _enter(contest, person, moment)):
        return entry
    if known := contest.contestants.filter(person=person).first():
        return known
    raise Refused(refused or "unknown")


def _refusal(contest: Contest, person: Person, at: datetime) -> str | None:
    """Why somebody who does not take part yet cannot; None: they can."""
    if person.rehearsal is not contest.rehearsal:
        return "rehearsal"
    phase = contest.phase(at)
    if phase is not Phase.OPEN:
        return phase.value
    if person.unit is None:
        return "no_unit"
    return None if person.unit.parent_id == contest.root_id else "unit_elsewhere"


def move(*, contestant: Contestant, unit: Unit, sub_unit: Unit | None, by: Account, at: datetime | None = None) -> None:
    """Take part for another unit, before the first exam is handed in; :class:`Refused`: after_exam, unit_elsewhere.

    A correction with its two signed steps (figures.md §1): facts and past figures stay as they were.
    """
    if unit.parent_id != contestant.contest.root_id:
        raise Refused("unit_elsewhere")
    with transaction.atomic():
        turn = Correction.objects.turn(contestant.contest_id)
        moment = at or turn
        entry = Contestant.objects.select_for_update().get(pk=contestant.pk)
        if entry.movements.filter(att__gt=0).exists():
            raise Refused("after_exam")
        if entry.unit_id != unit.pk:
            _move(entry, unit, by, moment)
        entry.unit, entry.sub_unit = unit, sub_unit
        entry.save(update_fields=["unit", "sub_unit"])


@contextmanager
def rechecking(*, person: Person, at: datetime | None = None) -> Iterator[None]:
    """One transaction around what may change whether an account is valid (`people/validity.py`): both or neither.

    A correction, consent taken back or given again. Afterwards the person's entries are valid from now on, or not valid
    any more. Facts and past figures stay; somebody not valid starts no exam, sends no share, wins nothing, and is not
    named in public.
    """
    with transaction.atomic():
        # The person first, then their entries, as whoever renames them: in another order two could wait for each other.
        Person.objects.hold(person)
        yield
        _recheck(person, at)


def _recheck(person: Person, at: datetime | None) -> None:
    if missing(person):
        person.entries.filter(valid_at__isnull=False).update(valid_at=None)
    else:
        person.entries.filter(valid_at__isnull=True).update(valid_at=at or clock.now())


def _move(entry: Contestant, unit: Unit, by: Account, at: datetime) -> None:
    """The decision and its steps: one less registered there, one more here, from now on."""
    correction = decide(
        kind=Correction.Kind.MOVE, contestant=entry, unit=unit, effective=at, known_at=at, by=by, reason=OWN_MOVE
    )
    for place, step in ((entry.unit, -1), (unit, 1)):
        Movement.objects.create(
            contest_id=entry.contest_id, at=at, known_at=at, unit=place, contestant=entry, reg=step,
            correction=correction,
        )  # fmt: skip


def _enter(contest: Contest, person: Person, at: datetime) -> Contestant | None:
    """Entry, step, the log's line and the journal's in one statement; None: there is one already."""
    assert person.unit is not None
    made = Contestant(contest=contest, person=person, who=secrets.token_bytes(PSEUDONYM), joined_at=at)
    made.unit = made.joined_unit = person.unit
    made.sub_unit, made.group = person.sub_unit, person.group
    account = getattr(person, "account", None)
    values: dict[str, Any] = {name: getattr(made, f"{name}_id") for name in ("contest", "person", "unit", "sub_unit")}
    values |= {"who": made.who, "group": made.group, "at": at, "complete": not lacking(person)}
    values |= {"purpose": TAKING_PART, "actor": account.pk if account else None}
    values |= {"subject": subject(person), "slug": contest.slug}
    values |= ledger.joined(made).parameters(ledger.JOINING)
    row = one(statements.JOIN, values)
    if row is None:
        return None
    made.pk, made.valid_at = row
    made._state.adding, made._state.db = False, connection.alias  # noqa: SLF001 (as `from_db` leaves it)
    return made
