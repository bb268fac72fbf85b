"""A history becomes rows: what registering, learning and sitting would have written, in bulk.

All of it is dated inside the contest's own window. `lantoa rebuild CONTEST --check` finds no difference afterwards.
What is left out: the journal of who did what (nobody did it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.db import transaction

from lantoa.contests.actions import PSEUDONYM
from lantoa.contests.models import Contest, Contestant, Movement
from lantoa.contests.visits import Visit
from lantoa.exams.bank import key_of, open_bank
from lantoa.exams.models import Attempt, Bank, Best
from lantoa.exams.ranking import key
from lantoa.exams.results import Result
from lantoa.exams.sittings import enter_missing
from lantoa.learning.models import Lesson, Progress
from lantoa.lib.bulk import analyze, array, copy, fresh_ids
from lantoa.management.simulate.history import History, stream
from lantoa.management.simulate.papers import Desk, Known, Sheet, Task, drawn
from lantoa.management.simulate.people import Newcomer, newcomers, register_all
from lantoa.management.simulate.published import MILLISECOND, MINUTE
from lantoa.management.simulate.sittings import Sitting
from lantoa.people.models import Account, Consent, Person
from lantoa.units.models import Unit

FLUSHED_BY = -1  # the shard of these visits: no process of the site has it
A_LESSON = 6 * MINUTE  # of those who never sat: so long each
_CONTESTANT = ("id", "contest_id", "person_id", "who", "joined_unit_id", "unit_id", "group", "joined_at", "valid_at")
_ATTEMPT = ("id", "contestant_id", "number", "bank_id", "questions", "orders", "answers", "revision", "saved_at",
            "started_at", "deadline", "submitted_at", "closed_by", "correct", "duration_ms")  # fmt: skip
_BEST = ("contest_id", "contestant_id", "unit_id", "attempt_id", "missed", "ms", "submitted_at")
_MOVEMENT = ("contest_id", "at", "known_at", "unit_id", "contestant_id", "reg", "fin", "att", "old_missed", "old_ms",
             "old_at", "new_missed", "new_ms")  # fmt: skip
_PROGRESS = ("contestant_id", "lesson_code", "cards", "last_card", "completed_at", "updated_at")
_TABLES = (Person, Account, Consent, Contestant, Attempt, Best, Movement, Progress, Visit)


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant as far as the other rows need it."""

    id: int
    who: bytes
    person: Newcomer


@dataclass(frozen=True, slots=True)
class Sat:
    """An attempt with its number and its place among those of the same person."""

    id: int
    entry: Entry
    number: int
    sitting: Sitting
    result: Result
    old: Result | None  # the best before
    better: bool


def load(contest: Contest, history: History, units: Sequence[Unit], *, seed: int, until: datetime) -> list[int]:
    """Write everything in one transaction; returns the primary key of each contestant, by registration.

    The derived tables are for `standings.rebuild` to make afterwards.
    """
    loader = _Loader(contest, history, seed, until)
    with transaction.atomic():
        entries = loader.run([unit.pk for unit in units])
        analyze(*_TABLES)
        enter_missing(contest)
    return entries


class _Loader:
    def __init__(self, contest: Contest, history: History, seed: int, until: datetime) -> None:
        self.contest, self.history, self.seed, self.until = contest, history, seed, until

    def run(self, units: Sequence[int]) -> list[int]:
        entries = self._entries(units)
        sat = self._sat(entries)
        with drawn(self._desk(), self._tasks(sat)) as sheets:
            rng = stream(self.seed, "people")
            register_all(rng, [e.person for e in entries], consent_version=str(self.contest.package_version))
            copy(Contestant, _CONTESTANT, map(self._contestant, entries))
            copy(Movement, _MOVEMENT, self._movements(entries, sat))
            lessons = list(Lesson.objects.current(self.contest))
            copy(Progress, _PROGRESS, self._learned(lessons, entries, sat))
            copy(Visit, ("contest_id", "minute", "shard", "n"), self._visits())
            copy(Attempt, _ATTEMPT, map(self._attempt, sat, sheets))
        copy(Best, _BEST, self._bests(sat))
        return [entry.id for entry in entries]

    def _at(self, when: int) -> datetime:
        return self.contest.opens_at + when * MILLISECOND

    def _entries(self, units: Sequence[int]) -> list[Entry]:
        rng = stream(self.seed, "entries")
        people = newcomers(rng, [(self._at(when), units[place]) for when, place in self.history.registrations])
        ids = fresh_ids(Contestant, len(people))
        return [Entry(pk, rng.randbytes(PSEUDONYM), one) for pk, one in zip(ids, people, strict=True)]

    def _contestant(self, entry: Entry) -> tuple[object, ...]:
        one = entry.person
        return entry.id, self.contest.pk, one.id, entry.who, one.unit, one.unit, one.group, one.at, one.at

    def _sat(self, entries: Sequence[Entry]) -> list[Sat]:
        """Each attempt beside the best one before it, as the submitting transaction sees them."""
        bests: dict[int, Result] = {}
        numbers: dict[int, int] = {}
        found = []
        ids = fresh_ids(Attempt, len(self.history.sittings))
        for pk, sitting in zip(ids, self.history.sittings, strict=True):
            result = Result(self.contest.asked - sitting.correct, sitting.took, self._at(sitting.at))
            old = bests.get(sitting.who)
            better = old is None or key(result) < key(old)
            number = numbers[sitting.who] = numbers.get(sitting.who, 0) + 1
            found.append(Sat(pk, entries[sitting.who], number, sitting, result, old, better))
            if better:
                bests[sitting.who] = result
        return found

    def _desk(self) -> Desk:
        bank = Bank.objects.current(self.contest)
        assert bank is not None, "the contest has no question bank"
        self.bank = bank
        opened = open_bank(bank.pk)
        known = {code: Known(q.pk, q.key, q.level) for code, q in opened.by_code.items()}
        return Desk(opened.draw, known, self.seed)

    def _tasks(self, sat: Sequence[Sat]) -> list[Task]:
        return [(key_of(self.contest, Contestant(who=one.entry.who), one.number), one.sitting.correct) for one in sat]

    def _attempt(self, one: Sat, sheet: Sheet) -> tuple[object, ...]:
        submitted = one.result.submitted_at
        started = submitted - one.result.ms * MILLISECOND
        questions, orders, answers = map(array, sheet)
        return (
            one.id, one.entry.id, one.number, self.bank.pk, questions, orders, answers, 1, submitted, started,
            started + self.contest.time_limit, submitted, Attempt.ClosedBy.SUBMIT.value, one.sitting.correct,
            one.result.ms,
        )  # fmt: skip

    def _bests(self, sat: Sequence[Sat]) -> Iterator[tuple[object, ...]]:
        standing = {one.entry.id: one.id for one in sat if one.better}  # the last better one is the best
        for one in sat:
            if standing[one.entry.id] == one.id:
                result, unit = one.result, one.entry.person.unit
                yield self.contest.pk, one.entry.id, unit, one.id, result.missed, result.ms, result.submitted_at

    def _movements(self, entries: Sequence[Entry], sat: Sequence[Sat]) -> list[tuple[object, ...]]:
        """The steps of the figures, in the order in which they happened."""
        contest = self.contest.pk
        steps: list[tuple[object, ...]] = [
            (contest, e.person.at, e.person.at, e.person.unit, e.id, 1, 0, 0, None, None, None, None, None)
            for e in entries
        ]
        for one in sat:
            at, old = one.result.submitted_at, one.old
            before = (old.missed, old.ms, old.submitted_at) if old else (None, None, None)
            after = (one.result.missed, one.result.ms) if one.better else (None, None)
            steps.append(
                (contest, at, at, one.entry.person.unit, one.entry.id, 0, int(old is None), 1, *before, *after)
            )
        return sorted(steps, key=itemgetter(1))

    def _learned(
        self, lessons: Sequence[Lesson], entries: Sequence[Entry], sat: Sequence[Sat]
    ) -> Iterator[tuple[object, ...]]:
        """Those who sat had completed every lesson before; the others as many as they came to."""
        cards = {lesson.code: array(range(1, lesson.size + 1)) for lesson in lessons}
        began = {one.entry.id: one.result.submitted_at - one.result.ms * MILLISECOND for one in sat if one.number == 1}
        rng = stream(self.seed, "learning")
        for entry in entries:
            joined, exam = entry.person.at, began.get(entry.id)
            count = len(lessons) if exam else rng.randrange(len(lessons) + 1)
            over = exam or min(joined + count * A_LESSON * MILLISECOND, self.until)
            for place, lesson in enumerate(lessons[:count], 1):
                done = joined + (over - joined) * place / (count + 1)
                yield entry.id, lesson.code, cards[lesson.code], lesson.size, done, done

    def _visits(self) -> Iterator[tuple[object, ...]]:
        for minute, count in enumerate(self.history.visits):
            if count:
                yield self.contest.pk, self._at(minute * MINUTE), FLUSHED_BY, count
