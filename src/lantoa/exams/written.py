"""What the log says of a submitted attempt (design/log.md §2). Knows no Django: processes that make many use it too."""

from __future__ import annotations

from collections.abc import Sequence

from lantoa.exams.marking import NOTHING, ORDERS
from lantoa_verify import entries as forms
from lantoa_verify.papers import hash_of

LETTERS = "ABCD"  # the options as shown


def body(
    *,
    who: bytes,
    number: int,
    correct: int,
    ms: int,
    rules: int,
    bank: int,
    paper: Sequence[tuple[str, int]],
    answers: Sequence[int],
    secret: bytes,
) -> forms.Sitting:
    """The body of the entry; ``paper`` is the code and the order of each question as shown."""
    shown = hash_of(bank, [code for code, _ in paper], [ORDERS[order] for _, order in paper])
    committed = forms.answers_commitment(forms.inner_salt(secret), choices(answers))
    return forms.Sitting(who, number, correct, len(answers), ms, rules, bank, shown, committed)


def kind(number: int) -> str:
    """What the entry of somebody's attempt of that number is called."""
    return "first" if number == 1 else "again"


def choices(answers: Sequence[int]) -> str:
    """A letter a question in paper order, as shown to the contestant; ``-`` for none."""
    return "".join("-" if answer == NOTHING else LETTERS[answer] for answer in answers)
