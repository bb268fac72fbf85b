"""How often the key of a question is guessed by the form of its options alone (items.md §7).

Run by hand: `.venv/bin/python tools/guess_by_form.py packages/cong-dan-so-hai-phong`. The guesser never sees a
question, nor what a word means: it counts length, words, commas, digits, quotation marks and the place among the
four; in the second figure also the small words that carry no matter. It learns from the keys of four fifths of the
lessons (a softmax over the four options, plain gradient descent) and guesses in the rest, in turn; the mean of five
ways to part the lessons. Nobody who sits the exam learns so much. 25 % is chance, 32 % the limit for form.
"""

from __future__ import annotations

import math
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from lantoa.exams.items import Item, read_items

FOLDS, WAYS, ROUNDS, RATE, SHRINK = 5, 5, 120, 1.2, 0.008
WORD = re.compile(r"\w+")
SMALL = frozenset(
    WORD.findall(
        "vì nếu để rồi mà nhưng luôn ngay chỉ không chưa cũng vẫn nên và hay hoặc cho đã sẽ thì là hơn nhất thêm cả "
        "mới khi trước sau"
    )
)
Marks = dict[str, float]
Sheet = tuple[list[Marks], int]  # of the four options, and which is the key


def marks(item: Item, *, words: bool) -> list[Marks]:
    """What the guesser sees of each option."""
    sizes = [len(text) for text in item.options]
    spoken = [WORD.findall(text.lower()) for text in item.options]
    mean, usual = sum(sizes) / 4, sum(map(len, spoken)) / 4
    seen = []
    for place, text in enumerate(item.options):
        one = {
            "size": 5 * (sizes[place] / mean - 1),
            "words": 5 * (len(spoken[place]) / usual - 1),
            "longest": float(sizes[place] == max(sizes)),
            "shortest": float(sizes[place] == min(sizes)),
            "comma": float("," in text),
            "digit": float(any(sign.isdigit() for sign in text)),
            "quoted": float("“" in text),
            f"place {place}": 1.0,
        }
        seen.append(one | (dict.fromkeys(SMALL.intersection(spoken[place]), 1.0) if words else {}))
    return seen


def scores(weights: Marks, options: list[Marks]) -> list[float]:
    """How much each option looks like a key."""
    return [sum(weights.get(name, 0.0) * value for name, value in one.items()) for one in options]


def learned(sheets: list[Sheet]) -> Marks:
    """What keys have in common that other options have not."""
    weights: Marks = defaultdict(float)
    for _ in range(ROUNDS):
        slope: Marks = defaultdict(float)
        for options, key in sheets:
            raised = [math.exp(score) for score in scores(weights, options)]
            for place, one in enumerate(options):
                wrong = (place == key) - raised[place] / sum(raised)
                for name, value in one.items():
                    slope[name] += wrong * value
        for name, value in slope.items():
            weights[name] += RATE * (value / len(sheets) - SHRINK * weights[name])
    return weights


def guessed(items: Iterable[Item], *, words: bool) -> float:
    """The share of keys that are guessed; ties count by their share."""
    sheets = [(item.lesson, (marks(item, words=words), item.key)) for item in items]
    return sum(_parted(sheets, random.Random(way)) for way in range(WAYS)) / WAYS


def _parted(sheets: list[tuple[str, Sheet]], draw: random.Random) -> float:
    """The same for one way to part the lessons."""
    lessons = sorted({lesson for lesson, _ in sheets})
    draw.shuffle(lessons)
    right = 0.0
    for fold in range(FOLDS):
        asked = set(lessons[fold::FOLDS])
        weights = learned([sheet for lesson, sheet in sheets if lesson not in asked])
        for options, key in (sheet for lesson, sheet in sheets if lesson in asked):
            found = scores(weights, options)
            best = [place for place, score in enumerate(found) if score > max(found) - 1e-9]
            right += (key in best) / len(best)
    return right / len(sheets)


def main() -> None:
    """Print both shares."""
    items = [item for item in read_items(Path(sys.argv[1]) / "questions") if item.status != "retired"]
    print(f"{len(items)} questions; by form {guessed(items, words=False):.1%}", end="; ")
    print(f"with the small words {guessed(items, words=True):.1%}")


if __name__ == "__main__":
    main()
