"""What a certificate says: taken from the facts once, when it is issued (M10)."""

from __future__ import annotations

from datetime import datetime

from lantoa.awards import numbering
from lantoa.awards.models import Certificate
from lantoa.contests.models import Contestant
from lantoa.exams.models import Best
from lantoa.lib.text import fold

_LONGEST_UNIT = 200


def written(contestant: Contestant, at: datetime) -> Certificate:
    """The certificate as it would be printed at this instant, with a number of its own; not stored yet."""
    contest = contestant.contest
    attempt = Best.objects.select_related("attempt").get(contestant=contestant).attempt
    assert attempt.correct is not None
    return Certificate(
        contestant=contestant,
        number=numbering.draw(contest),
        name=contestant.person.full_name,
        unit_name=unit_line(contestant),
        contest_name=contest.name,
        organiser=contest.organiser,
        correct=attempt.correct,
        asked=len(attempt.questions),
        issued_at=at,
    )


def unit_line(contestant: Contestant) -> str:
    """As people write it: "Thôn Đông Am, xã Vĩnh Bảo"; the commune not twice, and alone where both are too long."""
    commune, below = contestant.unit.full_name, contestant.sub_unit
    if below is None:
        return commune
    if fold(commune) in fold(below.full_name):
        return below.full_name
    both = f"{below.full_name}, {commune[:1].lower()}{commune[1:]}"
    return both if len(both) <= _LONGEST_UNIT else commune
