"""The end of a contest (log.md §6): its seed, its answer key and its last standing, published once and together.

Until then nothing of them leaves the house; from then on anybody draws every paper and marks every exam again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from lantoa.contests import ledger
from lantoa.contests.calendar import Phase
from lantoa.contests.log import Log
from lantoa.contests.models import Contest
from lantoa.contests.publications import commitment_of
from lantoa.contests.sequencer import number_all
from lantoa.exams.models import Attempt
from lantoa.exams.publish import key_text
from lantoa.lib import clock
from lantoa.people.journal import note
from lantoa.people.models import Account
from lantoa.standings.statements import STANDING
from lantoa_verify import entries as forms
from lantoa_verify.export import digest_of, standing_text

POWER = "run_contest"


class Refused(Exception):
    """A rule says no. Codes: forbidden, ended, open, running."""

    def __init__(self, code: str) -> None:
        """Carry the rule's code; the door turns it into words."""
        super().__init__(code)
        self.code = code


def end_contest(*, contest: Contest, by: Account | None, at: datetime | None = None) -> Contest:
    """Close the log's book of exams and reveal the seed, the right options and the last standing; ``by`` None: command.

    Once, after the closing, when nobody's exam is running any more; it cannot be taken back, and the contest cannot be
    opened again (`contest_ends_after_closing`). The sequencer publishes the files. Raises :class:`Refused`.
    """
    if by is not None and not by.may(POWER):
        raise Refused("forbidden")
    with transaction.atomic():
        held = Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
        moment = at or clock.now()
        if code := why_not(held, moment):
            raise Refused(code)
        number_all(held)
        _enter(held, moment)
        held.ended_at = moment
        held.save(update_fields=["ended_at"])
        note(by, "end_contest", f"contest:{held.pk}", at=moment)
    return held


def why_not(contest: Contest, at: datetime) -> str:
    """Why the contest cannot be ended now: ended, open, running; empty when it can."""
    if contest.ended_at is not None:
        return "ended"
    if contest.phase(at) is not Phase.CLOSED:
        return "open"
    return "running" if Attempt.objects.running(contest) else ""


def _enter(contest: Contest, at: datetime) -> None:
    """The entries of the end, with the texts that they name."""
    as_of, standing, keys = ledger.milliseconds(at), _standing(contest), key_text(contest)
    known = Log.objects.filter(pk=contest.pk).values_list("size", flat=True).first() or 0
    said: list[tuple[str, forms.Public, str | None]] = [
        ("close", forms.Close(), None),
        ("standing", forms.Standing(as_of, known, digest_of(standing.encode())), standing),
        ("reveal", forms.Reveal(commitment_of(contest), digest_of(keys.encode())), keys),
    ]
    for kind, fields, text in said:
        ledger.append(contest.pk, ledger.public(kind, at, fields, text))


def _standing(contest: Contest) -> str:
    """Rank and entry of everybody's best exam, as everything stands now; all of them are numbered."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"contest": contest.pk})
        return standing_text(cursor.fetchall()).decode()
