"""Submitted attempts in the contest's log (design/log.md §2): kind `first` or `again`, numbered without a gap."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from lantoa.contests import ledger
from lantoa.contests.models import Contest
from lantoa.exams import written
from lantoa.exams.bank import OpenBank, open_bank
from lantoa.exams.models import Attempt
from lantoa_verify import entries as forms


def sitting(attempt: Attempt, opened: OpenBank, secret: bytes | None = None) -> ledger.Written:
    """The entry of a submitted attempt, whose contestant and contest are at hand; made again from its secret."""
    assert attempt.submitted_at is not None
    assert attempt.correct is not None
    assert attempt.duration_ms is not None
    secret = secret or secrets.token_bytes(forms.SECRET_BYTES)
    codes = [opened.questions[pk].code for pk in attempt.questions]
    body = written.body(
        who=bytes(attempt.contestant.who),
        number=attempt.number,
        correct=attempt.correct,
        ms=attempt.duration_ms,
        rules=attempt.contestant.contest.rules_version,
        bank=opened.bank.version,
        paper=list(zip(codes, attempt.orders, strict=True)),
        answers=attempt.answers,
        secret=secret,
    )
    return ledger.personal(written.kind(attempt.number), attempt.submitted_at, body, secret)


def parameters(
    *, who: bytes, number: int, correct: int, bank: int, shown: bytes, answers: Sequence[int]
) -> dict[str, Any]:
    """The same as parameters of a statement that knows moment, duration and rules itself (`ledger.sealed`)."""
    secret = secrets.token_bytes(forms.SECRET_BYTES)
    told = written.around(
        who=who, number=number, correct=correct, bank=bank, shown=shown, answers=answers, secret=secret
    )
    return {**ledger.secrets_of(written.kind(number), secret), **told}


def enter_missing(contest: Contest) -> int:
    """Write down who takes part and every submitted attempt that has no entry yet; how many.

    For facts that were loaded in bulk, and for those from before there was a log. Call it in a transaction, while
    nobody else writes into this contest.
    """
    count = ledger.enter_missing_joinings(contest)
    attempts = Attempt.objects.without_entry(contest).iterator(ledger.BATCH)
    made = ((one.contestant_id, one.number, sitting(one, open_bank(one.bank_id))) for one in attempts)
    return count + ledger.append_many(contest.pk, made)
