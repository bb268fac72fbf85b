"""A history becomes rows: what registering, learning and sitting would have written, in bulk.

All of it is dated inside the contest's own window, and the log's entries come in the order of time.
`lantoa rebuild CONTEST --check` finds no difference afterwards. What is left out: the journal of who did what (nobody
did it).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from operator import itemgetter

from lantoa.contests import ledger
from lantoa.contests.actions import PSEUDONYM
from lantoa.contests.log import Entry, Waiting
from lantoa.contests.models import Contest, Contestant, Movement
from lantoa.contests.visits import Visit
from lantoa.exams.bank import key_of, open_bank
from lantoa.exams.models import Attempt, Bank, Best
from lantoa.exams.ranking import key
from lantoa.exams.results import Result
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
TABLES = (Person, Account, Consent, Contestant, Attempt, Best, Movement, Progress, Visit, Entry, Waiting)

Logged = tuple[int, int, ledger.Written]  # the contestant, the number of the entry among theirs, the entry


@dataclass(frozen=True, slots=True)
class Taker:
    """A contestant as far as the other rows need it."""

    id: int
    who: bytes
    person: Newcomer


@dataclass(frozen=True, slots=True)
class Sat:
    """An attempt with its number and its place among those of the same person."""

    id: int
    taker: Taker
    number: int
    sitting: Sitting
    result: Result
    old: Result | None  # the best before
    better: bool


def load(contest: Contest, history: History, units: Sequence[Unit], *, seed: int, until: datetime) -> list[int]:
    """Write everything, in the caller's transaction; returns the primary key of each contestant, by registration.

    The derived tables are for `standings.rebuild` to make afterwards.
    """
    takers = _Loader(contest, history, seed, until).run(units)
    analyze(*TABLES)
    return takers


class _Loader:
    def __init__(self, contest: Contest, history: History, seed: int, until: datetime) -> None:
        self.contest, self.history, self.seed, self.until = contest, history, seed, until

    def run(self, units: Sequence[Unit]) -> list[int]:
        takers = self._takers([unit.pk for unit in units])
        self.codes = {unit.pk: ledger.code_of(unit) for unit in units}
        sat = self._sat(takers)
        with drawn(self._desk(), self._tasks(sat)) as sheets:
            rng = stream(self.seed, "people")
            register_all(rng, [one.person for one in takers], consent_version=str(self.contest.package_version))
            copy(Contestant, _CONTESTANT, map(self._contestant, takers))
            copy(Movement, _MOVEMENT, self._movements(takers, sat))
            lessons = list(Lesson.objects.current(self.contest))
            copy(Progress, _PROGRESS, self._learned(lessons, takers, sat))
            copy(Visit, ("contest_id", "minute", "shard", "n"), self._visits())
            self._sittings(takers, sat, sheets)
        copy(Best, _BEST, self._bests(sat))
        return [one.id for one in takers]

    def _sittings(self, takers: Sequence[Taker], sat: Sequence[Sat], sheets: Iterator[Sheet]) -> None:
        """Attempts as their papers come; with each batch the log, joinings among them, up to its last moment."""
        pairs, entered = zip(sat, sheets, strict=True), 0
        while batch := list(islice(pairs, ledger.BATCH)):
            copy(Attempt, _ATTEMPT, (self._attempt(one, sheet) for one, sheet in batch))
            upto = bisect_right(takers, batch[-1][0].result.submitted_at, key=lambda taker: taker.person.at)
            joined = map(self._joined, islice(takers, entered, upto))
            lines = merge(joined, (self._logged(one, sheet) for one, sheet in batch), key=lambda line: line[2].at_ms)
            ledger.append_many(self.contest.pk, lines)
            entered = upto
        ledger.append_many(self.contest.pk, map(self._joined, islice(takers, entered, None)))

    def _joined(self, taker: Taker) -> Logged:
        written = ledger.joining(taker.who, self.codes[taker.person.unit], taker.person.at)
        return taker.id, ledger.JOINING, written

    def _logged(self, one: Sat, sheet: Sheet) -> Logged:
        at_ms = ledger.milliseconds(one.result.submitted_at)
        return one.taker.id, one.number, ledger.kept(at_ms, sheet.entry, sheet.secret)

    def _at(self, when: int) -> datetime:
        return self.contest.opens_at + when * MILLISECOND

    def _takers(self, units: Sequence[int]) -> list[Taker]:
        rng = stream(self.seed, "entries")
        people = newcomers(rng, [(self._at(when), units[place]) for when, place in self.history.registrations])
        ids = fresh_ids(Contestant, len(people))
        return [Taker(pk, rng.randbytes(PSEUDONYM), one) for pk, one in zip(ids, people, strict=True)]

    def _contestant(self, taker: Taker) -> tuple[object, ...]:
        one = taker.person
        return taker.id, self.contest.pk, one.id, taker.who, one.unit, one.unit, one.group, one.at, one.at

    def _sat(self, takers: Sequence[Taker]) -> list[Sat]:
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
            found.append(Sat(pk, takers[sitting.who], number, sitting, result, old, better))
            if better:
                bests[sitting.who] = result
        return found

    def _desk(self) -> Desk:
        bank = Bank.objects.current(self.contest)
        assert bank is not None, "the contest has no question bank"
        self.bank = bank
        opened = open_bank(bank.pk)
        known = {code: Known(q.pk, q.key, q.level) for code, q in opened.by_code.items()}
        return Desk(opened.draw, known, self.seed, bank.version, self.contest.rules_version)

    def _tasks(self, sat: Sequence[Sat]) -> list[Task]:
        return [
            Task(
                key_of(self.contest, one.taker.who, one.number), one.taker.who, one.number,
                one.sitting.correct, one.result.ms, ledger.milliseconds(one.result.submitted_at),
            )
            for one in sat
        ]  # fmt: skip

    def _attempt(self, one: Sat, sheet: Sheet) -> tuple[object, ...]:
        submitted = one.result.submitted_at
        started = submitted - one.result.ms * MILLISECOND
        questions, orders, answers = map(array, sheet[:3])
        return (
            one.id, one.taker.id, one.number, self.bank.pk, questions, orders, answers, 1, submitted, started,
            started + self.contest.time_limit, submitted, Attempt.ClosedBy.SUBMIT.value, one.sitting.correct,
            one.result.ms,
        )  # fmt: skip

    def _bests(self, sat: Sequence[Sat]) -> Iterator[tuple[object, ...]]:
        standing = {one.taker.id: one.id for one in sat if one.better}  # the last better one is the best
        for one in sat:
            if standing[one.taker.id] == one.id:
                result, unit = one.result, one.taker.person.unit
                yield self.contest.pk, one.taker.id, unit, one.id, result.missed, result.ms, result.submitted_at

    def _movements(self, takers: Sequence[Taker], sat: Sequence[Sat]) -> list[tuple[object, ...]]:
        """The steps of the figures, in the order in which they happened."""
        contest = self.contest.pk
        steps: list[tuple[object, ...]] = [
            (contest, t.person.at, t.person.at, t.person.unit, t.id, 1, 0, 0, None, None, None, None, None)
            for t in takers
        ]
        for one in sat:
            at, old = one.result.submitted_at, one.old
            before = (old.missed, old.ms, old.submitted_at) if old else (None, None, None)
            after = (one.result.missed, one.result.ms) if one.better else (None, None)
            steps.append(
                (contest, at, at, one.taker.person.unit, one.taker.id, 0, int(old is None), 1, *before, *after)
            )
        return sorted(steps, key=itemgetter(1))

    def _learned(
        self, lessons: Sequence[Lesson], takers: Sequence[Taker], sat: Sequence[Sat]
    ) -> Iterator[tuple[object, ...]]:
        """Those who sat had completed every lesson before; the others as many as they came to."""
        cards = {lesson.code: array(range(1, lesson.size + 1)) for lesson in lessons}
        began = {one.taker.id: one.result.submitted_at - one.result.ms * MILLISECOND for one in sat if one.number == 1}
        rng = stream(self.seed, "learning")
        for taker in takers:
            joined, exam = taker.person.at, began.get(taker.id)
            count = len(lessons) if exam else rng.randrange(len(lessons) + 1)
            over = exam or min(joined + count * A_LESSON * MILLISECOND, self.until)
            for place, lesson in enumerate(lessons[:count], 1):
                done = joined + (over - joined) * place / (count + 1)
                yield taker.id, lesson.code, cards[lesson.code], lesson.size, done, done

    def _visits(self) -> Iterator[tuple[object, ...]]:
        for minute, count in enumerate(self.history.visits):
            if count:
                yield self.contest.pk, self._at(minute * MINUTE), FLUSHED_BY, count
