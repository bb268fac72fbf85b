"""What was answered, what is right. The key stays in this room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

NOTHING = -1
OPTIONS = 4
# Every way to show four options; an attempt stores the index. ORDERS[0] is the author's own order.
ORDERS: tuple[tuple[int, ...], ...] = tuple(permutations(range(OPTIONS)))
ORDER_INDEX = {order: index for index, order in enumerate(ORDERS)}


def read_sheet(form: Mapping[str, str], asked: int) -> list[int]:
    """The sheet of a posted form: fields `c1` … `c20`, each the place 0–3 of the option as shown; else nothing.

    Anything that is not such a place counts as no answer: a forged field can only hurt its sender.
    """
    sheet = []
    for number in range(1, asked + 1):
        value = form.get(f"c{number}", "")
        sheet.append(int(value) if value in {"0", "1", "2", "3"} else NOTHING)
    return sheet


def hits(answers: Sequence[int], orders: Sequence[int], keys: Sequence[int]) -> list[bool]:
    """For each question whether the option shown at the chosen place is the author's key."""
    return [
        answer != NOTHING and ORDERS[order][answer] == right
        for answer, order, right in zip(answers, orders, keys, strict=True)
    ]


def unanswered(answers: Sequence[int]) -> list[int]:
    """The numbers (from 1) of questions without an answer."""
    return [number for number, answer in enumerate(answers, 1) if answer == NOTHING]
