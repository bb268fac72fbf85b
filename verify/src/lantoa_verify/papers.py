"""How one contestant's paper is drawn: the same paper for the same key, every paper of the same build.

Sources: log.md §6 (streams and labels; the retry for the reading load is a counter in the label); items.md §1
(blueprint, different lessons within a topic, never two enemies, reading load within 8 %).
The exam itself, the checks of a bank and the verifier all draw with this code.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, prod
from typing import Any

from lantoa_verify.lots import Ballot, fit, rake, whole
from lantoa_verify.streams import Stream, paper_key

MOST_CHANCE = 0.9
FITTING_TRIES = 6000  # picks tried out to allow for enemies
ENOUGH_PICKS = 500
LAST_TRY = 50  # times the tries of the blueprint: only a bank full of enemies ever gets there


class ThinBank(ValueError):
    """The bank cannot give the papers that the blueprint asks for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """So many questions of one topic and level; None stands for any."""

    topic: int | None
    level: int | None
    count: int

    def holds(self, topic: int, level: int) -> bool:
        """Tell whether a question of this topic and level belongs to the cell."""
        return self.topic in (None, topic) and self.level in (None, level)

    def __str__(self) -> str:
        topic = "mọi chuyên đề" if self.topic is None else f"chuyên đề {self.topic}"
        return topic if self.level is None else f"{topic}, mức {self.level}"


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What every paper of a contest is made of; without cells, ``asked`` questions of the whole bank."""

    asked: int = 20
    cells: tuple[Cell, ...] = ()
    different_lessons: bool = True
    load_tolerance: float = 0.08
    tries: int = 20

    def __post_init__(self) -> None:
        """Refuse a blueprint that contradicts itself."""
        if not self.cells:
            object.__setattr__(self, "cells", (Cell(None, None, self.asked),))
        if any(cell.count < 1 for cell in self.cells) or sum(cell.count for cell in self.cells) != self.asked:
            raise ValueError(f"the cells must hold {self.asked} questions together, at least one each")
        if self.tries < 1 or self.load_tolerance < 0:
            raise ValueError("a blueprint needs at least one try and a tolerance of at least 0")

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Blueprint":
        """Read a blueprint as it stands in TOML or JSON: the same names, ``cells`` a list of tables."""
        cells = tuple(Cell(cell.get("topic"), cell.get("level"), cell["count"]) for cell in data.get("cells", ()))
        rest = {name: value for name, value in data.items() if name != "cells"}
        return cls(cells=cells, **rest)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the draw needs to know of a question; no text and no key."""

    id: str
    topic: int
    lesson: str
    level: int
    words: int
    enemies: frozenset[str] = frozenset()
    fixed: bool = False  # the options stay in the author's order
    options: int = 4
    pinned: frozenset[int] = frozenset()  # places of options that stay where they are


@dataclass(frozen=True, slots=True)
class Paper:
    """A drawn paper: questions in order, and for each the author's options in the order shown."""

    questions: tuple[str, ...]
    options: tuple[tuple[int, ...], ...]
    words: int
    tries: int


def paper_hash(bank_version: int, paper: Paper) -> bytes:
    """Return the hash of a drawn paper (log.md §6)."""
    return hash_of(bank_version, paper.questions, paper.options)


def hash_of(bank_version: int, questions: Sequence[str], options: Sequence[Sequence[int]]) -> bytes:
    """Return the hash of a paper that its log entry carries: the questions and the orders as they were shown."""
    lines = (f"{q} {''.join(map(str, shown))}\n" for q, shown in zip(questions, options, strict=True))
    return hashlib.sha256(f"lantoa/paper/1\n{bank_version}\n{''.join(lines)}".encode()).digest()


class Bank:
    """A frozen bank version made ready for drawing; built once, asked for every attempt."""

    def __init__(
        self, blueprint: Blueprint, candidates: Iterable[Candidate], weights: Mapping[str, int] | None = None
    ) -> None:
        """Index the bank; raises ThinBank when it can never satisfy the blueprint.

        ``weights`` are those published with the bank version; without them they are fitted, always to the same numbers.
        """
        self.blueprint = blueprint
        self._by_id = {candidate.id: candidate for candidate in sorted(candidates, key=lambda one: one.id)}
        self._words = {one.id: one.words for one in self._by_id.values()}
        self._enemies = _both_ways(self._by_id)
        self.pools = [self._pool(cell) for cell in blueprint.cells]
        self._fair = {one: cell.count / len(pool) for cell, pool in self._stocked() for one in pool}
        if sum(map(len, self.pools)) != len(self._fair):
            raise ValueError("two cells of the blueprint hold the same question")
        self.expected_words = sum(map(self._expected, blueprint.cells, self.pools), Fraction(0))
        tolerance = Fraction(str(blueprint.load_tolerance))
        self.lightest = ceil(self.expected_words * (1 - tolerance))
        self.heaviest = floor(self.expected_words * (1 + tolerance))
        self._shared = self._sharing_lessons()
        self.weights = dict(weights) if weights is not None else self._fitted()
        self._plan = self._planned()

    def _stocked(self) -> Iterable[tuple[Cell, list[str]]]:
        return zip(self.blueprint.cells, self.pools, strict=True)

    def _pool(self, cell: Cell) -> list[str]:
        pool = [one.id for one in self._by_id.values() if cell.holds(one.topic, one.level)]
        if len(pool) < cell.count:
            raise ThinBank(f"{cell}: cần {cell.count} câu, có {len(pool)}")
        return pool

    def _expected(self, cell: Cell, pool: list[str]) -> Fraction:
        return Fraction(cell.count * sum(self._words[one] for one in pool), len(pool))

    def _sharing_lessons(self) -> dict[int, list[int]]:
        """Return the places of the cells that share lessons, by the place of the first of them."""
        first: dict[int, int] = {}
        shared: dict[int, list[int]] = {}
        for place, cell in enumerate(self.blueprint.cells):
            if self.blueprint.different_lessons and cell.topic is not None:
                shared.setdefault(first.setdefault(cell.topic, place), []).append(place)
        return shared

    def _by_lesson(self, places: list[int], wanted: Mapping[str, float]) -> dict[str, list[dict[str, float]]]:
        lessons: dict[str, list[dict[str, float]]] = {}
        for number, place in enumerate(places):
            for one in self.pools[place]:
                lessons.setdefault(self._by_id[one].lesson, [{} for _ in places])[number][one] = wanted[one]
        return lessons

    def _counts(self, places: list[int]) -> list[int]:
        return [self.blueprint.cells[place].count for place in places]

    def _fitted(self) -> dict[str, int]:
        """Fit the weights of the questions whose cells share lessons; enemies are then allowed for by trying it out."""
        wanted = {one: share for cell, pool in self._stocked() for one, share in self._wanted(cell, pool).items()}
        fitted: dict[str, float] = {}
        for places in self._shared.values():
            fitted |= fit(self._counts(places), self._by_lesson(places, wanted))
        cells = [self.pools[place] for places in self._shared.values() for place in places]
        self.weights = whole(fitted, cells)
        if not fitted or not any(map(self._meets_enemies, self._by_id.values())):
            return self.weights
        self._plan = self._planned()
        keys = (paper_key(b"fit", number.to_bytes(16, "big"), 1) for number in range(FITTING_TRIES))
        picks = [chosen for chosen in (self._attempt(key, "") for key in keys) if chosen]
        if len(picks) < ENOUGH_PICKS:
            return self.weights
        factors = rake(picks, self._fair)
        return whole({one: weight * factors[one] for one, weight in self.weights.items()}, cells)

    def _meets_enemies(self, one: Candidate) -> bool:
        return any(self._by_id[enemy].lesson != one.lesson for enemy in self._enemies[one.id])

    def _planned(self) -> list[tuple[int, Ballot | None]]:
        """Return the draws of a try in order: the cell that names the stream, the ballot of its topic."""
        plan: list[tuple[int, Ballot | None]] = []
        members = {place for places in self._shared.values() for place in places}
        for place, cell in enumerate(self.blueprint.cells):
            if place in self._shared:
                places = self._shared[place]
                lessons = self._by_lesson(places, self._fair)
                ballot = Ballot(self._counts(places), lessons, self.weights)
                if not ballot.size:
                    asked = sum(self._counts(places))
                    raise ThinBank(
                        f"chuyên đề {cell.topic}: {len(lessons)} bài học không đủ cho {asked} câu ở các bài khác nhau"
                    )
                plan.append((place, ballot))
            elif place not in members:
                plan.append((place, None))
        return plan

    def _wanted(self, cell: Cell, pool: list[str]) -> dict[str, float]:
        """Say how often a try should hold each question, so that papers hold all of the cell equally often.

        A question whose enemies stand beside it with the chance s is lost in the share s of its tries, so it is tried
        1 / (1 - s) times as often. Enemies of one lesson exclude each other: their chances are added.
        """
        tried = {}
        for one in pool:
            chances: dict[str, float] = {}
            for enemy in sorted(self._enemies[one] & self._fair.keys()):
                lesson = self._by_id[enemy].lesson
                if lesson != self._by_id[one].lesson:
                    chances[lesson] = chances.get(lesson, 0.0) + self._fair[enemy]
            tried[one] = self._fair[one] / prod(1 - min(chance, MOST_CHANCE) for chance in chances.values())
        scale = cell.count / sum(tried.values())
        return {one: share * scale for one, share in tried.items()}

    def draw(self, key: bytes) -> Paper:
        """Draw the paper of this key."""
        chosen, words, tries = self.select(key)
        ordered = Stream(key, "order").shuffle(chosen)
        return Paper(tuple(ordered), tuple(self._arranged(key, one) for one in ordered), words, tries)

    def select(self, key: bytes) -> tuple[list[str], int, int]:
        """Choose the questions: the first try whose words are near the expected sum, else the nearest of the tries.

        A try that holds two enemies is no candidate at all.
        """
        nearest: tuple[Fraction, int, list[str], int] | None = None
        for number in range(self.blueprint.tries * LAST_TRY):
            if number >= self.blueprint.tries and nearest:
                break
            chosen = self._attempt(key, f"try/{number}/" if number else "")
            if chosen is None:
                continue
            words = sum(map(self._words.__getitem__, chosen))
            if self.lightest <= words <= self.heaviest:
                return chosen, words, number + 1
            away = abs(words - self.expected_words)
            if nearest is None or away < nearest[0]:
                nearest = (away, number, chosen, words)
        if nearest is None:
            raise ThinBank("quá nhiều câu loại trừ nhau: không rút được một đề nào")
        return nearest[2], nearest[3], max(number, self.blueprint.tries)

    def _attempt(self, key: bytes, prefix: str) -> list[str] | None:
        """Make one try; None when enemies meet in it."""
        chosen: list[str] = []
        for place, ballot in self._plan:
            stream = Stream(key, f"{prefix}cell/{place}")
            if ballot:
                chosen += ballot.pick(stream.below(ballot.size))
            elif not self._walk(stream, place, chosen):
                return None
        return None if self._at_odds(chosen) else chosen

    def _at_odds(self, chosen: list[str]) -> bool:
        met = set(chosen)
        return any(not self._enemies[one].isdisjoint(met) for one in chosen)

    def _walk(self, stream: Stream, place: int, chosen: list[str]) -> bool:
        """Take the first questions of a Fisher-Yates shuffle that are no enemies of those chosen before."""
        mixed = list(self.pools[place])
        shut = set().union(*map(self._enemies.__getitem__, chosen))
        size, wanted = len(mixed), self.blueprint.cells[place].count
        for i in range(size):
            j = i + stream.below(size - i)
            mixed[i], mixed[j] = mixed[j], mixed[i]
            if mixed[i] in shut:
                continue
            shut |= self._enemies[mixed[i]]
            chosen.append(mixed[i])
            wanted -= 1
            if not wanted:
                return True
        return False

    def _arranged(self, key: bytes, one: str) -> tuple[int, ...]:
        """Order the options of a question; fixed and pinned ones stay in their places."""
        question = self._by_id[one]
        if question.fixed:
            return tuple(range(question.options))
        if not question.pinned:
            return tuple(Stream(key, f"options/{one}").shuffle(range(question.options)))
        free = [place for place in range(question.options) if place not in question.pinned]
        mixed = iter(Stream(key, f"options/{one}").shuffle(free))
        return tuple(place if place in question.pinned else next(mixed) for place in range(question.options))


def _both_ways(by_id: Mapping[str, Candidate]) -> dict[str, set[str]]:
    """Return each question's enemies; written once, it holds both ways (docs/content/package.md)."""
    enemies: dict[str, set[str]] = {one: set() for one in by_id}
    for one, question in by_id.items():
        for enemy in question.enemies & by_id.keys() - {one}:
            enemies[one].add(enemy)
            enemies[enemy].add(one)
    return enemies
