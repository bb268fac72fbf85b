"""Real papers, drawn by the key of each attempt and answered so that the marking finds what the history says.

A paper takes 0.3 ms, so many are drawn in processes of their own; these import no Django.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from lantoa.exams.marking import NOTHING, OPTIONS, ORDER_INDEX, ORDERS
from lantoa_verify.papers import Bank

PROCESSES = 2
CHUNK = 2000  # attempts; fewer altogether are not worth another process
LEFT_OUT = 0.06  # of what is not right
EASE = {1: 1.0, 2: 0.7, 3: 0.5}  # by level: the harder, the likelier it is among what is not right

Task = tuple[bytes, int]  # the key of the paper, how many answers are right
Sheet = tuple[list[int], list[int], list[int]]  # questions, orders, answers as an attempt stores them


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a question here."""

    pk: int
    key: int
    level: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A bank to draw from; goes to the processes as it is."""

    draw: Bank
    known: dict[str, Known]
    seed: int

    def sheets(self, numbered: tuple[int, Sequence[Task]]) -> list[Sheet]:
        """The sheets of one numbered chunk."""
        number, tasks = numbered
        rng = Random(f"lantoa/simulate/1 {self.seed} papers {number}")  # noqa: S311 (invented answers)
        return [self._sheet(rng, key, correct) for key, correct in tasks]

    def _sheet(self, rng: Random, key: bytes, correct: int) -> Sheet:
        paper = self.draw.draw(key)
        asked = [self.known[code] for code in paper.questions]
        orders = [ORDER_INDEX[order] for order in paper.options]
        easy = sorted(range(len(asked)), key=lambda place: -rng.random() * EASE[asked[place].level])
        answers = [ORDERS[order].index(question.key) for order, question in zip(orders, asked, strict=True)]
        for place in easy[correct:]:
            answers[place] = _wrong(rng, answers[place])
        return [question.pk for question in asked], orders, answers


def _wrong(rng: Random, right: int) -> int:
    if rng.random() < LEFT_OUT:
        return NOTHING
    return (right + rng.randrange(1, OPTIONS)) % OPTIONS


_desk: list[Desk] = []  # in a process of its own: the one that it draws for


@contextmanager
def drawn(desk: Desk, tasks: Sequence[Task]) -> Iterator[Iterator[Sheet]]:
    """The sheets of all tasks in their order; drawing goes on while the caller does something else."""
    chunks = list(enumerate(tasks[low : low + CHUNK] for low in range(0, len(tasks), CHUNK)))
    if len(chunks) <= 1:
        yield (sheet for chunk in chunks for sheet in desk.sheets(chunk))
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn, initializer=_sit_down, initargs=(desk,)) as pool:
        found = pool.map(_there, chunks)
        yield (sheet for sheets in found for sheet in sheets)


def _sit_down(desk: Desk) -> None:
    _desk.append(desk)


def _there(chunk: tuple[int, Sequence[Task]]) -> list[Sheet]:
    return _desk[0].sheets(chunk)
