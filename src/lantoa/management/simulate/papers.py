"""Real papers, drawn by the key of each attempt and answered so that the marking finds what the history says.

A paper takes 0.3 ms, so many are drawn in processes of their own, which also make the entries of the log; these import
no Django.
"""

from __future__ import annotations

import multiprocessing
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from lantoa.exams import written
from lantoa.exams.marking import NOTHING, OPTIONS, ORDER_INDEX, ORDERS
from lantoa_verify.entries import SECRET_BYTES, Entry, seal_entry
from lantoa_verify.papers import Bank

PROCESSES = 2
CHUNK = 2000  # attempts; fewer altogether are not worth another process
LEFT_OUT = 0.06  # of what is not right
EASE = {1: 1.0, 2: 0.7, 3: 0.5}  # by level: the harder, the likelier it is among what is not right


class Task(NamedTuple):
    """An attempt as the history says it was."""

    key: bytes  # of the paper
    who: bytes
    number: int
    correct: int
    ms: int
    at_ms: int  # when it was submitted, as the log counts


class Sheet(NamedTuple):
    """What an attempt stores, and its entry in the log with the secret of that."""

    questions: list[int]
    orders: list[int]
    answers: list[int]
    entry: Entry
    secret: bytes


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
    version: int  # of the bank
    rules: int  # version

    def sheets(self, numbered: tuple[int, Sequence[Task]]) -> list[Sheet]:
        """The sheets of one numbered chunk."""
        number, tasks = numbered
        rng = Random(f"lantoa/simulate/1 {self.seed} papers {number}")  # noqa: S311 (invented answers)
        return [self._sheet(rng, task) for task in tasks]

    def _sheet(self, rng: Random, task: Task) -> Sheet:
        paper = self.draw.draw(task.key)
        asked = [self.known[code] for code in paper.questions]
        orders = [ORDER_INDEX[order] for order in paper.options]
        easy = sorted(range(len(asked)), key=lambda place: -rng.random() * EASE[asked[place].level])
        answers = [ORDERS[order].index(question.key) for order, question in zip(orders, asked, strict=True)]
        for place in easy[task.correct :]:
            answers[place] = _wrong(rng, answers[place])
        secret = secrets.token_bytes(SECRET_BYTES)
        body = written.body(
            who=task.who, number=task.number, correct=task.correct, ms=task.ms, rules=self.rules, bank=self.version,
            paper=list(zip(paper.questions, orders, strict=True)), answers=answers, secret=secret,
        )  # fmt: skip
        entry = seal_entry(written.kind(task.number), task.at_ms, body, secret)
        return Sheet([question.pk for question in asked], orders, answers, entry, secret)


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
