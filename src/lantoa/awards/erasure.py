"""Erasing a person by law: from the last room, because it reaches into all of them.

Gone: who it was, sealed numbers, the account, the share, the certificate, and what the log could open. What stays names
nobody: the row of the entry, its exams as facts. So figures, ranks and every proof stay what they were.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lantoa.awards.models import Certificate
from lantoa.contests.erasure import erase_entries
from lantoa.contests.models import Contestant
from lantoa.exams.models import Attempt
from lantoa.lib import clock
from lantoa.people.erasure import erase_identity
from lantoa.people.journal import note, subject
from lantoa.people.models import Account, Person
from lantoa.shares.models import Share

POWER = "erase_people"


class Refused(Exception):
    """A rule says no. Codes: forbidden, erased, running, staff."""

    def __init__(self, code: str) -> None:
        """Carry the rule's code; the door turns it into words."""
        super().__init__(code)
        self.code = code


def erase_person(*, person: Person, by: Account | None, at: datetime | None = None) -> int:
    """Erase somebody for ever, in all contests; how many entries of logs were closed. ``by`` None: by command.

    Not while an exam of theirs is running, and not somebody who works here. It cannot be taken back. Raises
    :class:`Refused`.
    """
    if by is not None and not by.may(POWER):
        raise Refused("forbidden")
    with transaction.atomic():
        held = Person.objects.select_for_update().get(pk=person.pk)
        moment = at or clock.now()
        entries = list(Contestant.objects.select_related("contest").filter(person=held).order_by("pk"))
        if code := _why_not(held, entries):
            raise Refused(code)
        closed = sum(erase_entries(contestant=entry, at=moment) for entry in entries)
        erase_identity(person=held, by=by, at=moment)
        mine = [entry.pk for entry in entries]
        Share.objects.filter(contestant__in=mine).delete()
        Certificate.objects.filter(contestant__in=mine).delete()
        Contestant.objects.filter(pk__in=mine).update(valid_at=None, sub_unit=None)
        note(by, "erase_person", subject(held), at=moment, entries=closed)
    return closed


def _why_not(person: Person, entries: list[Contestant]) -> str:
    """Why somebody cannot be erased now; empty when they can."""
    if person.erased_at is not None:
        return "erased"
    account = Account.objects.filter(person=person).first()
    if account is not None and account.username is not None:
        return "staff"
    return "running" if Attempt.objects.filter(contestant__in=entries, submitted_at__isnull=True).exists() else ""
