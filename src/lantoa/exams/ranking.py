"""How attempts rank. The only place in the house that knows (M8, seed B Bước 4).

Fewer missed (more correct) answers first; then the shorter time; then the earlier submission.
Equal in all three is an equal rank: no row id ever decides a prize (law 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

RANKING = ("missed", "ms", "submitted_at")  # all ascending; the index, ORDER BY and every comparison are made from it
SENTENCE = {
    "vi": "Lần tốt nhất được tính. So theo thứ tự: nhiều câu đúng hơn, làm nhanh hơn, nộp sớm hơn. "
    "Bằng nhau cả ba thì đồng hạng.",
    "en": "Your best attempt counts. Compared in this order: more right answers, shorter time, earlier submission. "
    "Equal in all three is an equal rank.",
}


class Ranked(Protocol):
    """Anything that holds the three criteria."""

    @property
    def missed(self) -> int:
        """Asked minus right."""

    @property
    def ms(self) -> int:
        """Milliseconds from start to submission."""

    @property
    def submitted_at(self) -> datetime:
        """By the database's clock."""


R = TypeVar("R", bound=Ranked)


def key(result: Ranked) -> tuple[int, int, datetime]:
    """The order in plain Python: the least key is first. A property test holds it equal to the database's order."""
    return (result.missed, result.ms, result.submitted_at)


def row(alias: str = "") -> str:
    """The key as an SQL row, to compare with `<`: `(b.missed,b.ms,b.submitted_at)`."""
    return "(" + ",".join(f"{alias}{column}" for column in RANKING) + ")"


def ranks(ordered: Sequence[Ranked], *, first: int = 1) -> list[int]:
    """Competition ranks (1, 2, 2, 4) of results that are already in order."""
    found: list[int] = []
    for place, result in enumerate(ordered):
        same = place > 0 and key(ordered[place - 1]) == key(result)
        found.append(found[-1] if same else first + place)
    return found


def best(results: Iterable[R]) -> R:
    """The result that ranks."""
    return min(results, key=key)
