"""What makes a lesson easy and well-founded (curriculum.md §1, plain_vietnamese.md §1, §8): findings for its author."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lantoa.learning import games
from lantoa.learning.lessons import Card, Lesson
from lantoa.lib import wording
from lantoa.lib.frontmatter import Faults, read_text, read_toml

FEWEST, MOST = 25, 70  # words of a text card
LONGEST = 25  # words of a sentence
ALT = 20  # words of a picture's description
CARDS = (4, 13)
OLD = timedelta(days=365)  # what may change and was not looked at for so long is to be looked at again
_EXPLAINED = re.compile(r"[Đđ]ường dẫn \(link\)|App Store")  # a first use, and a shop's name
_END = re.compile(r"(?<=[.?!:])[”\"]?\s+|\n")


def facts(folder: Path) -> dict[str, date | None]:
    """Return the ids of facts.toml, each with the day it was seen where it is volatile; raises BadContent."""
    faults = Faults()
    report = faults.at("facts.toml")
    data = read_toml(read_text(folder / "facts.toml", report), report)
    faults.settle()
    return {fact["id"]: fact["seen"] if fact.get("volatile") else None for fact in data.get("facts", [])}


def lint(lesson: Lesson, known: Mapping[str, date | None], today: date) -> list[str]:
    """Return what should be better in a lesson on that day, each with its card."""
    found = []
    if not CARDS[0] <= len(lesson.cards) <= CARDS[1]:
        found.append(f"{lesson.code}: {len(lesson.cards)} thẻ, nên có {CARDS[0]}–{CARDS[1]}")
    volatile = {fact: seen for card in lesson.cards for fact in card["facts"] if (seen := known.get(fact))}
    if lesson.review_by is None and volatile:
        found.append(f"{lesson.code}: có điều dễ đổi mà thiếu review_by")
    found += [
        f"{lesson.code}: căn cứ {fact} dễ đổi, xem lần cuối {seen:%d/%m/%Y}: xem lại nguồn"
        for fact, seen in sorted(volatile.items())
        if today - seen > OLD
    ]
    for name, cards in ((lesson.code, lesson.cards), (f"{lesson.code}.en", lesson.cards_en)):
        found += [f"{name} thẻ {card['n']}: {what}" for card in cards for what in _card(card, known)]
    found += [f"{lesson.code} thẻ {card['n']}: {what}" for card in lesson.cards for what in _words(card)]
    return found


def _words(card: Card) -> list[str]:
    """Return what is not plain Vietnamese in a card: words that the style guide replaces, spelling."""
    lines = [line for text in [card["title"], *texts(card)] for line in text.splitlines()]
    return [what for line in lines for what in wording.avoided(_EXPLAINED.sub("", line))]


def _card(card: Card, known: Mapping[str, date | None]) -> list[str]:
    """Return what should be better in a card."""
    found = [f"không có căn cứ {fact}" for fact in card["facts"] if fact not in known]
    size = len(card["text"].split())
    if card["kind"] == "text" and not FEWEST <= size <= MOST:
        found.append(f"{size} từ, nên có {FEWEST}–{MOST}")
    if size > MOST:
        found.append(f"{size} từ, nhiều nhất {MOST}")
    if "picture" in card and not 0 < len(card["alt"].split()) <= ALT:
        found.append(f"lời tả tranh cần 1–{ALT} từ")
    for text in texts(card):
        found += [f"câu dài {len(part.split())} từ: {part}" for part in _END.split(text) if len(part.split()) > LONGEST]
    return found


def texts(card: Card) -> list[str]:
    """Return every text of a card."""
    game = card.get("game")
    return [card["text"], *(_leaves(game["data"]) if game and game["kind"] in games.KINDS else [])]


def _leaves(data: Any) -> list[str]:
    """Return all texts inside tables and lists."""
    if isinstance(data, str):
        return [data]
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for part in parts for text in _leaves(part)]
