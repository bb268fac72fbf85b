"""What is decided: the prize table announced, certificates issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from lantoa.awards.certificates import written
from lantoa.awards.models import Certificate, Prize
from lantoa.awards.steps import missing
from lantoa.contests.models import Contest, Contestant
from lantoa.lib import clock

DRAWS = 5  # numbers tried before something must be wrong: one of 2⁶⁰ is hardly ever taken


class Refused(Exception):
    """A rule says no. The code is rehearsal, invalid, or the first step that is missing: topics, exam or share."""

    def __init__(self, code: str) -> None:
        """Carry the rule's code; the door turns it into words."""
        super().__init__(code)
        self.code = code


@transaction.atomic
def set_prizes(*, contest: Contest, prizes: Sequence[dict[str, Any]]) -> list[str]:
    """Announce this prize table, in this order, instead of the one before; returns what changed (M11, M12)."""
    Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
    blank = {"name_en": "", "note": ""}
    announced = [{**blank, **fields, "position": position} for position, fields in enumerate(prizes, 1)]
    names = ("rule", "position", "name", "name_en", "count", "amount", "note")
    if announced and list(Prize.objects.filter(contest=contest).order_by("position").values(*names)) == announced:
        return []
    Prize.objects.filter(contest=contest).delete()
    Prize.objects.bulk_create([Prize(contest=contest, **fields) for fields in announced])
    return [f"giải thưởng: {len(announced)} loại"]


def issue_certificate(*, contestant: Contestant, at: datetime | None = None) -> Certificate:
    """Issue the certificate when topics, exam and share are done (M10): once; asking again gives the same.

    Of many requests at once the first insert stands (unique by contestant), and all get what it says.
    """
    known = Certificate.objects.of(contestant)
    if known is not None:
        return known
    if contestant.contest.rehearsal:
        raise Refused("rehearsal")
    if contestant.valid_at is None:
        raise Refused("invalid")
    for step in missing(contestant):
        raise Refused(step)
    moment = at or clock.now()
    for _ in range(DRAWS):
        Certificate.objects.bulk_create([written(contestant, moment)], ignore_conflicts=True)
        issued = Certificate.objects.of(contestant)
        if issued is not None:
            return issued
    raise RuntimeError("no free certificate number")
