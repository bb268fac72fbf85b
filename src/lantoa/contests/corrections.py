"""A later decision is written down here, whatever room makes it: row, mark, log, journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lantoa.contests import ledger
from lantoa.contests.models import Contestant, Correction
from lantoa.people.journal import note, subject
from lantoa.people.models import Account


def decide(
    *, kind: str, contestant: Contestant, by: Account, reason: str, known_at: datetime, **what: Any
) -> Correction:
    """Append a correction known from ``known_at`` on; ``what`` names effective, attempt, unit or target.

    The caller holds the turn (`Correction.objects.turn`) and counts again what the correction changes.
    """
    target: Contestant | None = what.get("target")
    correction = Correction.objects.create(
        contest_id=contestant.contest_id,
        kind=kind,
        contestant=contestant,
        by=by,
        reason=reason,
        known_at=known_at,
        **what,
    )
    concerned = [contestant.pk, *([target.pk] if target else [])]
    Contestant.objects.filter(pk__in=concerned, corrected=False).update(corrected=True)
    contestant.corrected = True
    shown = {name: str(value.pk if name == "target" else value) for name, value in what.items() if value is not None}
    ledger.enter_correction(correction)
    note(by, kind, subject(contestant.person_id), at=known_at, reason=reason, **shown)
    return correction
