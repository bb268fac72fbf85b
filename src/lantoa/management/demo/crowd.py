"""About three thousand invented contestants over all units: they register, learn, sit exams.

Bulk-loaded for speed, yet by the rooms' own rules: papers come from the contest's seed, marks from the key, sealed
numbers from people, and `lantoa rebuild --check` must find no difference afterwards (a test holds it).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from lantoa.contests.models import Contest, Contestant, Movement
from lantoa.contests.visits import Visit
from lantoa.exams.bank import OpenBank, key_of, open_bank
from lantoa.exams.marking import NOTHING, OPTIONS, ORDER_INDEX, ORDERS, hits
from lantoa.exams.models import Attempt, Bank, Best
from lantoa.exams.ranking import key
from lantoa.exams.results import Result
from lantoa.exams.sittings import enter_missing
from lantoa.learning.models import Lesson, Progress
from lantoa.lib.text import name_key
from lantoa.management.demo import names
from lantoa.management.demo.pulse import Pulse
from lantoa.people import numbers
from lantoa.people.models import TAKING_PART, Account, Consent, Group, Person
from lantoa.units.models import Population, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# As in the reference contest (domain.md §0): 59.4 % of the registered finish, 1.42 attempts a finisher, 17 visits each.
FINISH = 0.6
AGAIN = 0.3
VISITS = 17
SHARE_OF_GROUPS = {
    Group.RESIDENT: 9,
    Group.PUPIL: 5,
    Group.MEMBER: 3,
    Group.WORKER: 2,
    Group.PUBLIC_EMPLOYEE: 2,
    Group.CIVIL_SERVANT: 1,
    Group.OFFICIAL: 1,
}
GROUPS = [group for group, share in SHARE_OF_GROUPS.items() for _ in range(share)]
BATCH = 1000
LEARNING = timedelta(minutes=40)  # from registering to the last card, at the quickest
FLUSHED_BY = -1  # the shard of these visits: no process of the site has it


@dataclass
class Crowd:
    """What one run makes, in the order in which it is written."""

    contest: Contest
    now: datetime
    rng: Random
    lessons: list[Lesson]
    opened: OpenBank
    pulse: Pulse

    @property
    def last_start(self) -> datetime:
        """After this moment nobody of the crowd begins an exam: all of them are over by now."""
        return self.now - self.contest.time_limit

    def people(self, size: int, units: list[tuple[Unit, int]]) -> list[Contestant]:
        """Register ``size`` people over the units by population and zeal; where they suffice, two in every unit."""
        weights = [population**0.93 * self.rng.lognormvariate(0, 0.42) for _, population in units]
        chosen = [unit for unit, _ in units] * 2 if size > 2 * len(units) else []
        chosen += self.rng.choices([unit for unit, _ in units], weights, k=size - len(chosen))
        made = [self._person(serial, unit) for serial, unit in enumerate(chosen, 1)]
        Person.objects.bulk_create([person for person, _ in made], BATCH)
        Account.objects.bulk_create([self._account(person) for person, _ in made], BATCH)
        Consent.objects.bulk_create([self._consent(person) for person, _ in made], BATCH)
        contestants = [contestant for _, contestant in made]
        Contestant.objects.bulk_create(contestants, BATCH)
        Movement.objects.bulk_create([self._joined(contestant) for contestant in contestants], BATCH)
        return contestants

    def _person(self, serial: int, unit: Unit) -> tuple[Person, Contestant]:
        full_name, sex = names.name(self.rng)
        group, at = self.rng.choice(GROUPS), self.pulse.moment(self.contest.opens_at)
        person = Person(full_name=full_name, sort_key=name_key(full_name), unit=unit, group=group, created_at=at)
        numbers.put(
            person,
            phone_number=names.phone_number(serial),
            citizen_number=names.citizen_number(self.rng, sex, serial),
        )
        contestant = Contestant(
            contest=self.contest,
            person=person,
            who=self.rng.randbytes(16),
            joined_unit=unit,
            unit=unit,
            group=group,
            joined_at=at,
            valid_at=at,
        )
        return person, contestant

    def _account(self, person: Person) -> Account:
        account = Account(person=person, created_at=person.created_at)
        account.set_unusable_password()
        return account

    def _consent(self, person: Person) -> Consent:
        version = str(self.contest.package_version)
        return Consent(person=person, purpose=TAKING_PART, text_version=version, given_at=person.created_at)

    def _joined(self, contestant: Contestant) -> Movement:
        at = contestant.joined_at
        return Movement(
            contest=self.contest, at=at, known_at=at, unit=contestant.unit, contestant=contestant, reg=1, fin=0, att=0
        )

    def visits(self, people: int) -> None:
        """Pages seen: every minute of the contest has its share."""
        seen = self.pulse.spread(VISITS * people)
        Visit.objects.bulk_create(
            (Visit(contest=self.contest, minute=minute, shard=FLUSHED_BY, n=n) for minute, n in seen.items()), BATCH
        )

    def learn(self, contestants: list[Contestant]) -> list[Contestant]:
        """Everybody learns something; those who learn everything go on to the exam."""
        rows: list[Progress] = []
        finishers = []
        for contestant in contestants:
            all_of_it = self.rng.random() < FINISH and contestant.joined_at + LEARNING < self.last_start
            if all_of_it:
                finishers.append(contestant)
            rows += self._progress(contestant, all_of_it=all_of_it)
        Progress.objects.bulk_create(rows, BATCH)
        return finishers

    def _progress(self, contestant: Contestant, *, all_of_it: bool) -> Iterator[Progress]:
        lessons = self.lessons if all_of_it else self.lessons[: self.rng.randrange(len(self.lessons))]
        at = min(contestant.joined_at + LEARNING, self.now)
        for lesson in lessons:
            size = lesson.size if all_of_it else self.rng.randint(1, lesson.size)
            yield Progress(
                contestant=contestant,
                lesson_code=lesson.code,
                cards=list(range(1, size + 1)),
                last_card=size,
                completed_at=at if size == lesson.size else None,
                updated_at=at,
            )

    def sit(self, contestants: list[Contestant]) -> None:
        """One or more attempts each; facts, best results and movements as the submitting transaction writes them."""
        attempts = [attempt for contestant in contestants for attempt in self._attempts(contestant)]
        Attempt.objects.bulk_create(attempts, BATCH)
        bests: dict[int, tuple[Result, Attempt]] = {}
        movements = []
        for attempt in attempts:
            result = _result(attempt)
            old = bests.get(attempt.contestant_id)
            better = old is None or key(result) < key(old[0])
            movements.append(self._finished(attempt, old[0] if old else None, result if better else None))
            if better:
                bests[attempt.contestant_id] = (result, attempt)
        Movement.objects.bulk_create(movements, BATCH)
        Best.objects.bulk_create([self._best(*bests[who]) for who in bests], BATCH)

    def _attempts(self, contestant: Contestant) -> Iterator[Attempt]:
        skill = min(0.97, max(0.3, self.rng.gauss(0.76, 0.11)))
        ready = contestant.joined_at + LEARNING
        at = self.pulse.moment(ready, min(self.last_start, ready + self._pause()))
        number = 1
        while True:
            attempt = self._attempt(contestant, number, at, skill)
            yield attempt
            at = _result(attempt).submitted_at + timedelta(minutes=self.rng.expovariate(1 / 90) + 1)
            if self.rng.random() >= AGAIN or at > self.last_start:
                return
            number, skill = number + 1, min(0.98, skill + 0.06)

    def _pause(self) -> timedelta:
        """Most sit the exam on the day they register, some come back a few days later."""
        return timedelta(hours=2 + self.rng.expovariate(1 / 24))

    def _attempt(self, contestant: Contestant, number: int, at: datetime, skill: float) -> Attempt:
        paper = self.opened.draw.draw(key_of(self.contest, bytes(contestant.who), number))
        questions = [self.opened.by_code[code].pk for code in paper.questions]
        orders = [ORDER_INDEX[order] for order in paper.options]
        keys = self.opened.keys(questions)
        answers = [self._answer(order, right, skill) for order, right in zip(orders, keys, strict=True)]
        limit = self.contest.time_limit.total_seconds()
        took = timedelta(milliseconds=int(1000 * min(limit - 1, self.rng.lognormvariate(math.log(limit / 3), 0.45))))
        return Attempt(
            contestant=contestant,
            number=number,
            bank=self.opened.bank,
            questions=questions,
            orders=orders,
            answers=answers,
            revision=1,
            saved_at=at + took,
            started_at=at,
            deadline=at + self.contest.time_limit,
            submitted_at=at + took,
            closed_by=Attempt.ClosedBy.SUBMIT,
            correct=sum(hits(answers, orders, keys)),
            duration_ms=took // timedelta(milliseconds=1),
        )

    def _answer(self, order: int, right: int, skill: float) -> int:
        if self.rng.random() < skill:
            return ORDERS[order].index(right)
        wrong: int = self.rng.choice([NOTHING, *range(OPTIONS)])
        return wrong

    def _finished(self, attempt: Attempt, old: Result | None, new: Result | None) -> Movement:
        at = _result(attempt).submitted_at
        return Movement(
            contest=self.contest,
            at=at,
            known_at=at,
            unit=attempt.contestant.unit,
            contestant=attempt.contestant,
            reg=0,
            fin=int(old is None),
            att=1,
            old_missed=old.missed if old else None,
            old_ms=old.ms if old else None,
            old_at=old.submitted_at if old else None,
            new_missed=new.missed if new else None,
            new_ms=new.ms if new else None,
        )

    def _best(self, result: Result, attempt: Attempt) -> Best:
        return Best(
            contest=self.contest,
            contestant=attempt.contestant,
            unit=attempt.contestant.unit,
            attempt=attempt,
            missed=result.missed,
            ms=result.ms,
            submitted_at=result.submitted_at,
        )


def _result(attempt: Attempt) -> Result:
    assert attempt.submitted_at is not None
    assert attempt.correct is not None
    assert attempt.duration_ms is not None
    return Result(len(attempt.questions) - attempt.correct, attempt.duration_ms, attempt.submitted_at)


def crowd(*, contest: Contest, size: int, now: datetime, seed: int = 2025) -> list[Contestant]:
    """Make the crowd; returns those who finished.

    The same seed gives the same people, not the same papers: the contest's own seed is secret.
    """
    bank = Bank.objects.current(contest)
    assert bank is not None, "the contest has no question bank"
    rng = Random(seed)  # noqa: S311 (invented people, no secret)
    pulse = Pulse(rng, contest.opens_at, now)
    made = Crowd(contest, now, rng, list(Lesson.objects.current(contest)), open_bank(bank.pk), pulse)
    communes = list(Unit.objects.communes_of(contest.root))
    people = Population.objects.latest_of(communes)
    finishers = made.learn(made.people(size, [(unit, people.get(unit.pk, 30_000)) for unit in communes]))
    made.sit(finishers)
    enter_missing(contest)
    made.visits(size)
    return finishers
