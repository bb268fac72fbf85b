"""How far somebody is on the way register › learn › exam › share › certificate (seed B, Bước 2–6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from lantoa.awards.models import Certificate
from lantoa.contests.models import Contestant
from lantoa.exams.models import Best
from lantoa.learning.progress import finished
from lantoa.lib.compiled import Compiled, Slot
from lantoa.shares.models import Share


@dataclass(frozen=True)
class Steps:
    """What was done after learning."""

    exam: bool
    share: bool
    certificate: bool


def steps_of(contestant: Contestant) -> Steps:
    """Return whether an exam is finished, a share stands, the certificate issued; one query."""
    return Steps(*STEPS.rows(contestant=contestant.pk)[0])


def _steps() -> QuerySet[Contestant, Any]:
    mine = {"contestant": OuterRef("pk")}
    stands = Share.objects.filter(**mine).exclude(state=Share.State.RETURNED)
    found = Contestant.objects.annotate(
        exam=Exists(Best.objects.filter(**mine)),
        share_sent=Exists(stands),
        certified=Exists(Certificate.objects.filter(**mine)),
    )
    return found.filter(pk=Slot("contestant")).values_list("exam", "share_sent", "certified")


STEPS = Compiled(_steps)


def missing(contestant: Contestant) -> tuple[str, ...]:
    """What the certificate still waits for, in the order of the way: topics, exam, share (M10); two queries."""
    steps = steps_of(contestant)
    done = {"topics": finished(contestant), "exam": steps.exam, "share": steps.share}
    return tuple(step for step, is_done in done.items() if not is_done)
