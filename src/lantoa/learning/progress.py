"""How far a contestant has come, and whether that is enough to sit the exam (M6, M7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from lantoa.contests.models import Contestant
from lantoa.learning.models import Lesson, Outline, TopicWords


@dataclass(frozen=True)
class Place:
    """One lesson as this contestant has left it; equal to anybody's who left it so, whenever."""

    lesson: Outline
    done: frozenset[int]
    last: int
    complete: bool
    touched: str = field(compare=False)  # the moment of the last card, as text that sorts; "" when never

    @classmethod
    def of(cls, lesson: Outline, seen: dict[str, Any] | None) -> Place:
        """Read what the database knows of it (`Lesson.objects.seen_by`)."""
        known = seen or {"cards": [], "last": 0, "completed": None, "at": ""}
        here = frozenset(card for card in known["cards"] if card <= lesson.size)
        last = known["last"] if len(here) < lesson.size else 0  # which matters only while a card is left
        return cls(lesson, here, last, known["completed"] is not None, known["at"])

    @property
    def next_card(self) -> int:
        """The card to open: the first one after the last that is not done, else the first not done, else the first."""
        left = [card for card in range(1, self.lesson.size + 1) if card not in self.done]
        return next((card for card in left if card > self.last), left[0] if left else 1)

    @property
    def minutes_left(self) -> int:
        """About how long the rest takes."""
        return -(-self.lesson.minutes * (self.lesson.size - len(self.done)) // self.lesson.size)


@dataclass(frozen=True)
class Chapter:
    """One topic with its lessons."""

    topic: TopicWords
    places: tuple[Place, ...]

    @property
    def complete(self) -> bool:
        """A topic is complete when its compulsory lessons are."""
        return all(place.complete for place in self.places if place.lesson.compulsory)

    @property
    def begun(self) -> bool:
        """Whether any card is done."""
        return any(place.done for place in self.places)

    @property
    def cards(self) -> int:
        """How many cards there are."""
        return sum(place.lesson.size for place in self.places)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(len(place.done) for place in self.places)

    @property
    def minutes(self) -> int:
        """About how long all of it takes."""
        return sum(place.lesson.minutes for place in self.places)

    @property
    def minutes_left(self) -> int:
        """About how long the rest takes."""
        return sum(place.minutes_left for place in self.places if not place.complete)


@dataclass(frozen=True)
class Course:
    """All topics of a contest."""

    chapters: tuple[Chapter, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """All lessons in order."""
        return tuple(place for chapter in self.chapters for place in chapter.places)

    @property
    def finished(self) -> bool:
        """Whether all topics are complete."""
        return all(chapter.complete for chapter in self.chapters)

    @property
    def cards(self) -> int:
        """How many cards there are."""
        return sum(chapter.cards for chapter in self.chapters)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(chapter.done for chapter in self.chapters)

    @property
    def here(self) -> Place | None:
        """Where to go on: the lesson left last in the middle, else the first to do; None when all are complete."""
        open_ones = [place for place in self.places if not place.complete]
        begun = [place for place in open_ones if place.done]
        compulsory = [place for place in open_ones if place.lesson.compulsory]
        return max(begun, key=lambda place: place.touched) if begun else next(iter(compulsory or open_ones), None)

    def after(self, code: str) -> Place | None:
        """The lesson to take up after this one: the next that is not complete, else the first such."""
        codes = [place.lesson.code for place in self.places]
        turn = codes.index(code) + 1 if code in codes else 0
        ordered = [*self.places[turn:], *self.places[:turn]]
        return next((place for place in ordered if not place.complete and place.lesson.code != code), None)


def course(contestant: Contestant) -> Course:
    """The whole course as this contestant has left it; one query."""
    places = [Place.of(*found) for found in Lesson.objects.seen_by(contestant)]
    grouped = groupby(places, key=lambda place: place.lesson.topic)
    return Course(tuple(Chapter(topic, tuple(of_topic)) for topic, of_topic in grouped))


def finished(contestant: Contestant) -> bool:
    """Whether all topics are complete, so that the exam opens; one query."""
    return not Lesson.objects.owes(contestant)


def where_to_continue(contestant: Contestant) -> tuple[str, int] | None:
    """The lesson and card to go on with, on whatever device; None when everything is complete. One query."""
    here = course(contestant).here
    return (here.lesson.code, here.next_card) if here else None
