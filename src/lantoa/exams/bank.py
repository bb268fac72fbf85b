"""Banks as a process holds them: drawn from, shown, marked. A bank never changes, so it never goes stale."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from lantoa.exams.marking import ORDERS
from lantoa.exams.models import Attempt, Bank, Question
from lantoa.lib.sealing import unseal
from lantoa_verify.papers import Bank as Draw
from lantoa_verify.papers import Blueprint, Candidate
from lantoa_verify.streams import contest_key, paper_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantoa.contests.models import Contest, Contestant


@dataclass(frozen=True)
class Asked:
    """A question as a contestant sees it: no key, no explanation, no author's order, no id."""

    number: int
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

    def paper(self, attempt: Attempt) -> list[Asked]:
        """The paper of an attempt as it is shown."""
        shown = []
        for number, (pk, order) in enumerate(zip(attempt.questions, attempt.orders, strict=True), 1):
            question = self.questions[pk]
            shown.append(Asked(number, question.stem, tuple(question.options[place] for place in ORDERS[order])))
        return shown


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


def key_of(contest: Contest, contestant: Contestant, number: int) -> bytes:
    """The key of one paper: from the contest's seed and public number, the pseudonym and the attempt's number."""
    key = _contest_key(contest.pk, bytes(contest.seed_sealed), contest.number_value)
    return paper_key(key, bytes(contestant.who), number)


def digest(content: object) -> str:
    """SHA-256 of the canonical JSON of ``content``: tells whether something changed since it was published."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
