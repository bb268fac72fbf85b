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
    return forms.Sitting(who, number, correct, len(answers), ms, rules, bank, shown, _committed(answers, secret))


def around(
    *, who: bytes, number: int, correct: int, bank: int, shown: bytes, answers: Sequence[int], secret: bytes
) -> dict[str, str]:
    """The same body without milliseconds and rules, which the statement puts between: what stands before and after."""
    told = forms.Sitting(who, number, correct, len(answers), 0, 0, bank, shown, _committed(answers, secret))
    words = forms.write_body(kind(number), told).decode().split(" ")
    place = forms.Sitting._fields.index("ms")
    return {"log_head": " ".join(words[:place]) + " ", "log_tail": " " + " ".join(words[place + 2 :])}


def _committed(answers: Sequence[int], secret: bytes) -> bytes:
    return forms.answers_commitment(forms.inner_salt(secret), choices(answers))


def kind(number: int) -> str:
    """What the entry of somebody's attempt of that number is called."""
    return "first" if number == 1 else "again"


def choices(answers: Sequence[int]) -> str:
    """A letter a question in paper order, as shown to the contestant; ``-`` for none."""
    return "".join("-" if answer == NOTHING else LETTERS[answer] for answer in answers)
