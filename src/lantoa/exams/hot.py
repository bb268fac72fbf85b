"""What everybody does in the last hour, in one statement each: start, save, submit with a slip (design/performance.md).

None of them explains anything. What is not exactly as the slip says gives None, nothing is written, and the caller asks
`actions.py`, which does the same by the same rules and knows every reason. ``session`` is the key of who is signed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from lantoa.contests.models import Contest
from lantoa.exams import statements
from lantoa.exams.bank import key_of, open_bank
from lantoa.exams.marking import NOTHING
from lantoa.exams.sittings import parameters
from lantoa.exams.slips import Paper, Start
from lantoa.lib.rows import array, one


class Drawn(NamedTuple):
    """An attempt that was just made, as its row has it."""

    pk: int
    started_at: datetime
    deadline: datetime
    contestant_id: int
    number: int
    bank_id: int
    questions: list[int]
    orders: list[int]
    answers: list[int]
    revision: int = 0
    saved_at: None = None


def start(*, slip: Start, contest: Contest, session: bytes) -> Drawn | None:
    """A new attempt with its paper; ``contest`` may be some seconds old: the statement looks whether it still is so."""
    questions, orders = open_bank(slip.bank).drawn(key_of(contest, slip.who, slip.number))
    answers = [NOTHING] * len(questions)
    paper = {"bank": slip.bank, "questions": array(questions), "orders": array(orders), "answers": array(answers)}
    versions = {"rules": slip.rules, "package": slip.package, "public_number": contest.number_value}
    whose = {"session": session, "contest": contest.pk, "contestant": slip.contestant, "number": slip.number}
    row = one(statements.START, {**whose, **versions, **paper})
    if row is None:
        return None
    pk, started_at, deadline = row
    return Drawn(pk, started_at, deadline, slip.contestant, slip.number, slip.bank, questions, orders, answers)


def save(*, slip: Paper, session: bytes, answers: Sequence[int], revision: int) -> bool:
    """Keep the whole sheet, if it is newer than what is kept."""
    if len(answers) != len(slip.questions):
        return False
    values = {"session": session, "attempt": slip.attempt, "answers": array(answers), "revision": revision}
    return one(statements.SAVE, values) is not None


def submit(*, slip: Paper, session: bytes, answers: Sequence[int]) -> bool:
    """Submit, mark, count and enter into the log, in time and for the first time; nobody's under a correction."""
    if len(answers) != len(slip.questions):
        return False
    opened = open_bank(slip.bank)
    correct = opened.right(slip.questions, slip.orders, answers)
    told = parameters(
        who=slip.who,
        number=slip.number,
        correct=correct,
        bank=opened.bank.version,
        shown=slip.shown,
        answers=answers,
    )
    facts = {"correct": correct, "missed": len(answers) - correct, "answers": array(answers)}
    return one(statements.SUBMIT, {"session": session, "attempt": slip.attempt, **facts, **told}) is not None
