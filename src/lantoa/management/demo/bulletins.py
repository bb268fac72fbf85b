"""What the demonstration's contest published by its schedule on two past days, and what was decided since."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

from lantoa.contests.sequencer import number_waiting
from lantoa.exams.corrections import Deed, void
from lantoa.lib.clock import VIETNAM
from lantoa.standings.bulletins import publish_bulletin

if TYPE_CHECKING:
    from lantoa.contests.models import Contest, Contestant
    from lantoa.people.models import Account

DAYS_AGO = (2, 1)
VOID_REASON = "Thí sinh nhờ người khác làm bài thay."


def publish(contest: Contest, *, by: Account, now: datetime, finishers: list[Contestant]) -> None:
    """The scheduled bulletins, and one attempt of theirs that is void since: "as known today" has something to tell.

    The log's lines are numbered before, so that each bulletin names the size of the log that it follows from.
    """
    while number_waiting(contest):
        pass
    today = now.astimezone(VIETNAM).date()
    for days, clock in product(DAYS_AGO, contest.bulletin_times):
        as_of = datetime.combine(today - timedelta(days=days), clock, tzinfo=VIETNAM)
        publish_bulletin(contest=contest, as_of=as_of, by=None, scheduled=True)
    for first in sorted(finishers, key=lambda finisher: finisher.joined_at)[:1]:
        void(contestant=first, attempt=1, deed=Deed(by=by, reason=VOID_REASON))
