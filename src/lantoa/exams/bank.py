"""Banks as a process holds them: drawn from, shown, marked. A bank never changes, so it never goes stale."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from lantoa.exams.marking import ORDER_INDEX, ORDERS, hits
from lantoa.exams.models import Bank, Question
from lantoa.lib.sealing import unseal
from lantoa_verify.papers import Bank as Draw
from lantoa_verify.papers import Blueprint, Candidate, hash_of
from lantoa_verify.streams import contest_key, paper_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantoa.contests.models import Contest


@dataclass(frozen=True)
class Asked:
    """What a question says to a contestant, options in the author's order: no key, no explanation, no id."""

    stem: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class OpenBank:
    """One bank in memory; `questions` by primary key."""

    bank: Bank
    questions: Mapping[int, Question]

    @cached_property
    def draw(self) -> Draw:
        """The draw of its papers, indexed once."""
        candidates = [_candidate(question) for question in self.questions.values()]
        return Draw(Blueprint.from_data(self.bank.blueprint), candidates, self.bank.weights)

    @cached_property
    def by_code(self) -> dict[str, Question]:
        """Questions by the id that their author gave."""
        return {question.code: question for question in self.questions.values()}

    def keys(self, questions: Sequence[int]) -> list[int]:
        """The right options (author's order) of a paper's questions. Never leaves this room."""
        return [self.questions[pk].key for pk in questions]

    def topics(self, questions: Sequence[int]) -> list[int]:
        """The topic of each question of a paper."""
        return [self.questions[pk].topic for pk in questions]

    def drawn(self, key: bytes) -> tuple[list[int], list[int]]:
        """The paper of a key: its questions, and for each the place in ORDERS of how its options are shown."""
        paper = self.draw.draw(key)
        return [self.by_code[code].pk for code in paper.questions], [ORDER_INDEX[order] for order in paper.options]

    def shown(self, questions: Sequence[int], orders: Sequence[int]) -> bytes:
        """The hash of a paper, as the log names it."""
        codes = [self.questions[pk].code for pk in questions]
        return hash_of(self.bank.version, codes, [ORDERS[order] for order in orders])

    def right(self, questions: Sequence[int], orders: Sequence[int], answers: Sequence[int]) -> int:
        """How many answers are right."""
        return sum(hits(answers, orders, self.keys(questions)))

    def asked(self, question: int) -> Asked:
        """What a question says."""
        asked = self.questions[question]
        return Asked(asked.stem, tuple(asked.options))


def _candidate(question: Question) -> Candidate:
    return Candidate(
        id=question.code,
        topic=question.topic,
        lesson=question.lesson,
        level=question.level,
        words=question.words,
        enemies=frozenset(question.enemies),
        fixed=not question.shuffle,
    )


@lru_cache(maxsize=64)
def open_bank(pk: int) -> OpenBank:
    """The bank of that primary key; two queries at first sight in a process, none after."""
    bank = Bank.objects.get(pk=pk)
    return OpenBank(bank, Question.objects.in_bulk(bank.questions))


@lru_cache(maxsize=64)
def _contest_key(contest: int, sealed: bytes, value: str) -> bytes:
    seed = unseal(sealed, table="contest", column="seed", row=str(contest))
    return contest_key(seed, value.encode())


def key_of(contest: Contest, who: bytes, number: int) -> bytes:
    """The key of one paper: from the contest's seed and public number, the pseudonym and the attempt's number."""
    return paper_key(_contest_key(contest.pk, bytes(contest.seed_sealed), contest.number_value), who, number)


def digest(content: object) -> str:
    """SHA-256 of the canonical JSON of ``content``: tells whether something changed since it was published."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
