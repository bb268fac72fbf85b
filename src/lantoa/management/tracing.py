"""Which facts a package leans on, where, and whether each can be traced: `lantoa package facts FOLDER`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lantoa.exams.items import Fact, FactSheet, Item, read_facts, read_items
from lantoa.learning.lessons import Lesson, read_lessons
from lantoa.learning.lint import texts

WEAK = "C"  # confidence: an excerpt only, never enough for a key (items.md §6)


@dataclass(frozen=True, slots=True)
class Trace:
    """A fact with every place that leans on it: cards ("3.3 thẻ 6") and questions ("T3-3.3-001")."""

    id: str
    fact: Fact | None  # None: the package does not know it
    cards: tuple[str, ...]
    questions: tuple[str, ...]
    faults: tuple[str, ...]


def traces(folder: Path) -> tuple[list[Trace], list[str]]:
    """Every fact in use, by id; and each card whose words hold an outdated or unverified claim.

    Raises BadContent or BadPackage when the package cannot be read.
    """
    sheet, lessons = read_facts(folder / "facts.toml"), read_lessons(folder)
    cards, questions = defaultdict(list), defaultdict(list)
    for lesson in lessons:
        for card in lesson.cards:
            for one in card["facts"]:
                cards[one].append(f"{lesson.code} thẻ {card['n']}")
    items: list[Item] = [item for item in read_items(folder / "questions") if item.status != "retired"]
    for item in items:
        for one in item.fact_ids:
            questions[one].append(item.id)
    used = sorted({*cards, *questions})
    found = [_trace(one, sheet, cards[one], questions[one]) for one in used]
    return found, [said for lesson in lessons for said in _claims(lesson, sheet)]


def _trace(one: str, sheet: FactSheet, cards: Iterable[str], questions: Iterable[str]) -> Trace:
    fact, tested = sheet.facts.get(one), tuple(questions)
    faults = {
        "không có trong facts.toml": fact is None,
        "không có địa chỉ nguồn": fact is not None and "://" not in fact.source,
        "chưa kiểm chứng mà câu hỏi dựa vào": bool(tested) and one in sheet.not_verified,
        "chỉ là trích đoạn (C) mà câu hỏi dựa vào": bool(tested) and fact is not None and fact.confidence == WEAK,
    }
    return Trace(one, fact, tuple(cards), tested, tuple(what for what, holds in faults.items() if holds))


def _claims(lesson: Lesson, sheet: FactSheet) -> Iterable[str]:
    """Words of a lesson that the package itself says are outdated or that nobody has verified."""
    for card in lesson.cards:
        for claim in sheet.claims:
            hit = next((found for text in texts(card) for one in claim.patterns if (found := one.search(text))), None)
            if hit:
                yield f"{lesson.code} thẻ {card['n']}: “{hit[0]}”: {claim.says}; {claim.advice}"
