"""Start, save, submit, run out: what happens to an attempt. Each is one transaction by the database's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from lantoa.contests.calendar import Phase
from lantoa.contests.models import Contest, Contestant, Correction
from lantoa.exams import slips, statements
from lantoa.exams.bank import key_of, open_bank
from lantoa.exams.marking import NOTHING
from lantoa.exams.models import Attempt, Bank
from lantoa.exams.ranking import Ranked, best, key
from lantoa.exams.results import result_of
from lantoa.exams.settling import counts, family_of, settle
from lantoa.exams.sittings import parameters
from lantoa.lib import clock
from lantoa.lib.rows import one


class Refused(Exception):
    """A rule says no. Codes: before, closed, invalid, void, unlearned, limit, no-bank, no-number, unknown, stale."""

    def __init__(self, code: str) -> None:
        """Carry the rule's code; the door turns it into words."""
        super().__init__(code)
        self.code = code


def start_attempt(*, contestant: Contestant, at: datetime | None = None) -> Attempt:
    """The open attempt, or a new one with its paper; pressing start twice gives the same.

    ``contestant`` comes with its contest. An attempt that ran out is closed first, as of its deadline.
    """
    at = clock.whole(at or clock.now())
    with transaction.atomic():
        last = Attempt.objects.locked().filter(contestant=contestant).order_by("-number").first()
        if last is not None and last.submitted_at is None:
            if at < last.deadline:
                return last
            _close(last, at=last.deadline, answers=last.answers)
        number = last.number + 1 if last else 1
        bank = _admit(contestant, number, at)
        return _open(contestant, number, bank, at)


def slip_to_start(contestant: Contestant, last: Attempt | None, at: datetime) -> slips.Start:
    """What lets this person start the next attempt in one statement (`hot.py`), after the ``last``; raises Refused."""
    contest, number = contestant.contest, last.number + 1 if last else 1
    bank = _admit(contestant, number, at)
    who = bytes(contestant.who)
    return slips.Start(contestant.pk, number, bank.pk, contest.rules_version, contest.package_version, who)


def _admit(contestant: Contestant, number: int, at: datetime) -> Bank:
    """The bank to draw from, when every rule lets this person start attempt ``number``; raises Refused."""
    contest = contestant.contest
    phase = contest.phase(at)
    if phase is not Phase.OPEN:
        raise Refused(phase.value)
    if contest.number_source and not contest.number_value:
        raise Refused("no-number")
    if contestant.valid_at is None:
        raise Refused("invalid")
    if contestant.corrected and not counts(contestant):
        raise Refused("void")
    if contest.attempts_limit is not None and number > contest.attempts_limit:
        raise Refused("limit")
    bank = Bank.objects.current_for(contestant)
    if bank is None:
        raise Refused("no-bank")
    if number == 1 and contest.learn_first and bank.owed:
        raise Refused("unlearned")
    return bank


def _open(contestant: Contestant, number: int, bank: Bank, at: datetime) -> Attempt:
    """Draw the paper and keep it. Of two starts at once the first insert stands; the paper is the same in both."""
    contest = contestant.contest
    questions, orders = open_bank(bank.pk).drawn(key_of(contest, bytes(contestant.who), number))
    attempt = Attempt(
        contestant=contestant,
        number=number,
        bank=bank,
        questions=questions,
        orders=orders,
        answers=[NOTHING] * len(questions),
        started_at=at,
        deadline=min(at + contest.time_limit, contest.closes_at),
    )
    values = {"contestant": contestant.pk, "number": number, "bank": bank.pk, "at": at, "deadline": attempt.deadline}
    paper = {"questions": questions, "orders": orders, "answers": attempt.answers}
    row = one(statements.START_ADMITTED, {**values, **paper})
    if row is None:
        return Attempt.objects.get(contestant=contestant, number=number)
    attempt.pk = row[0]
    return attempt


def save_sheet(
    *, contestant: Contestant, number: int, answers: Sequence[int], revision: int, at: datetime | None = None
) -> int:
    """Keep the whole sheet; the revision that now stands. One statement.

    ``revision`` counts the page's changes: a sheet that is not newer than the stored one is refused as stale, so that a
    delayed or doubled request never overwrites a later answer.
    """
    values = {"contestant": contestant.pk, "number": number, "answers": list(answers), "revision": revision, "at": at}
    if one(statements.SAVE_OWN, values) is None:
        raise Refused(_why_not(contestant, number, at))
    return revision


def _why_not(contestant: Contestant, number: int, at: datetime | None) -> str:
    attempt = Attempt.objects.filter(contestant=contestant, number=number).first()
    if attempt is None:
        return "unknown"
    over = attempt.submitted_at is not None or (at or clock.now()) >= attempt.deadline
    return "closed" if over else "stale"


def submit_attempt(
    *, contestant: Contestant, number: int, answers: Sequence[int] | None = None, at: datetime | None = None
) -> Attempt:
    """Submit an attempt once and for all; repeated, delayed or doubled submissions return the same attempt.

    After its deadline an attempt is submitted as of that moment with what was saved; ``answers`` then come too late.
    ``answers`` None submits what was saved.
    """
    with transaction.atomic():
        found = Attempt.objects.locked().filter(contestant=contestant, number=number).first()
        if found is None:
            raise Refused("unknown")
        if found.submitted_at is not None:
            return found
        at = clock.whole(at or found.moment)
        in_time = at < found.deadline
        given = answers if answers is not None and in_time else found.answers
        _close(found, at=at if in_time else found.deadline, answers=given)
    return found


def close_overdue(*, limit: int = 200, at: datetime | None = None) -> int:
    """Submit attempts that ran out, as of their deadlines; how many. The worker calls it each second."""
    with transaction.atomic():
        overdue = Attempt.objects.locked(skip=True).filter(submitted_at__isnull=True, deadline__lte=at or clock.now())
        closed = 0
        # Those under a correction first: their turn is taken before anything else is locked.
        for attempt in overdue.order_by("-contestant__corrected", "deadline")[:limit]:
            _close(attempt, at=attempt.deadline, answers=attempt.answers)
            closed += 1
    return closed


def _close(attempt: Attempt, *, at: datetime, answers: Sequence[int]) -> None:
    """Mark the locked attempt and append its facts: result, best if better, movement, queue row; one statement.

    Of somebody under a correction only the facts are appended that way; what they change is settled in its turn.
    """
    contestant = attempt.contestant
    attempt.answers = list(answers)
    attempt.submitted_at = at
    attempt.correct = open_bank(attempt.bank_id).right(attempt.questions, attempt.orders, answers)
    attempt.duration_ms = (at - attempt.started_at) // timedelta(milliseconds=1)
    attempt.closed_by = _closed_by(attempt, contestant.contest, at)
    if not contestant.corrected and _append(attempt, getattr(contestant, "best", None), corrected=False):
        return
    Correction.objects.turn(contestant.contest_id)
    _append(attempt, _best_before(attempt), corrected=True)
    settle(family_of(contestant), at)


def _append(attempt: Attempt, old: Ranked | None, *, corrected: bool) -> bool:
    """The facts of a closed attempt; False, and nothing written, if a correction came since it was read."""
    result, opened = result_of(attempt), open_bank(attempt.bank_id)
    told = parameters(
        who=bytes(attempt.contestant.who),
        number=attempt.number,
        correct=len(attempt.questions) - result.missed,
        bank=opened.bank.version,
        shown=opened.shown(attempt.questions, attempt.orders),
        answers=attempt.answers,
    )
    facts: dict[str, Any] = {
        "attempt": attempt.pk,
        "number": attempt.number,
        "answers": attempt.answers,
        "at": result.submitted_at,
        "closed_by": attempt.closed_by,
        "correct": attempt.correct,
        "contestant": attempt.contestant_id,
        "corrected": corrected,
        "first": old is None,
        "better": old is None or key(result) < key(old),
        "missed": result.missed,
        "ms": result.ms,
        "old_missed": old.missed if old else None,
        "old_ms": old.ms if old else None,
        "old_at": old.submitted_at if old else None,
    }
    return one(statements.SUBMIT_HELD, {**facts, **told}) is not None


def _best_before(attempt: Attempt) -> Ranked | None:
    """The best of the earlier attempts by the facts alone, whatever was decided about them."""
    earlier = [result_of(one) for one in Attempt.objects.submitted(attempt.contestant, attempt.number)]
    return best(earlier) if earlier else None


def _closed_by(attempt: Attempt, contest: Contest, at: datetime) -> str:
    if at < attempt.deadline:
        return Attempt.ClosedBy.SUBMIT
    return Attempt.ClosedBy.CONTEST if attempt.deadline == contest.closes_at else Attempt.ClosedBy.TIME
