"""A small contest of the house, made by its own actions over some days: what an export of it must prove."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from lantoa.contests.actions import join
from lantoa.contests.calendar import start_of
from lantoa.contests.export import folder_of
from lantoa.contests.models import Contest, Contestant
from lantoa.contests.publications import enter_seed, publish, publish_rules, publish_units
from lantoa.contests.rounds import sequence
from lantoa.exams import actions, corrections
from lantoa.exams.answers import export_answers
from lantoa.exams.bank import open_bank
from lantoa.exams.corrections import Deed
from lantoa.exams.marking import ORDERS
from lantoa.exams.models import Attempt
from lantoa.exams.public_number import enter_number, name_number
from lantoa.exams.publish import plan_text
from lantoa.lib import clock
from lantoa.people.models import Account, Person, Role
from lantoa.standings.ending import end_contest
from lantoa.units.models import Unit
from lantoa_verify.audit import audit
from lantoa_verify.export import Folder, Source
from lantoa_verify.policy import parse_policy
from lantoa_verify.report import Report
from tests.factories.contest import a_bank, a_contest

MINUTE = timedelta(minutes=1)


class House:
    """The contest, its people in the order in which they joined, and the moments that matter."""

    def __init__(self, people: int = 40, *, number: str = "87210") -> None:
        """Prepare everything that stands before the opening; an empty number: none is named."""
        now = clock.now().replace(microsecond=0)
        self.opens, self.closes = now - timedelta(days=2), now + timedelta(days=1)
        self.after = self.closes + timedelta(hours=1)
        self.contest: Contest = a_contest(opens_at=self.opens, closes_at=self.closes)
        before = self.opens - timedelta(days=4)
        bank = a_bank(self.contest)
        publish_rules(self.contest, before)
        publish_units(self.contest, before)
        publish(contest=self.contest, kind="bank", text=plan_text(bank), version=bank.version, at=before)
        enter_seed(self.contest, before)
        self.organiser = Account.objects.create(username="organiser", created_at=before)
        Role.objects.create(account=self.organiser, kind="organiser")
        if number:
            day = (self.opens - timedelta(days=1)).astimezone(clock.VIETNAM).date()
            source = "Xổ số kiến thiết miền Bắc, giải đặc biệt"
            name_number(contest=self.contest, source=source, day=day, by=self.organiser, at=before + MINUTE)
            known = start_of(day) + timedelta(minutes=5)
            where = "xoso.example.vn"
            enter_number(contest=self.contest, number=number, where=where, by=self.organiser, at=known)
            self.contest.refresh_from_db()
        self.people: list[Contestant] = []
        self.wanted = people

    def run(self) -> None:
        """Everybody joins; each third tries twice, each seventh three times, each tenth never."""
        units = list(self.contest.root.children.order_by("code"))
        for number in range(self.wanted):
            self._joined(f"Người {number}", units[number % 3 if number % 5 else 0], self.opens + number * MINUTE)
        for number, who in enumerate(self.people):
            for attempt in range(1, self.attempts(number) + 1):
                self.sit(who, attempt, self.opens + timedelta(hours=2 * attempt, minutes=number))

    @staticmethod
    def attempts(number: int) -> int:
        """How often person ``number`` tries."""
        return 0 if number % 10 == 9 else 3 if number % 7 == 0 else 2 if number % 3 == 0 else 1

    def _joined(self, name: str, unit: Unit, at: datetime) -> None:
        person = Person.objects.create(
            full_name=name, sort_key=name.lower(), unit=unit, group="resident", created_at=at
        )
        Account.objects.create(person=person, created_at=at)
        who = join(contest=self.contest, person=person, at=at)
        Contestant.objects.filter(pk=who.pk).update(valid_at=at)
        self.people.append(Contestant.objects.select_related("contest__root", "person").get(pk=who.pk))

    def sit(self, who: Contestant, attempt: int, at: datetime) -> Attempt:
        """Start, answer at random but for the first questions, hand in some minutes later."""
        who = Contestant.objects.select_related("contest").get(pk=who.pk)
        started = actions.start_attempt(contestant=who, at=at)
        keys = open_bank(started.bank_id).keys(started.questions)
        known = secrets.randbelow(18)
        right = [order.index(key) for order, key in zip(_orders(started), keys, strict=True)]
        answers = [right[n] if n < known else secrets.randbelow(5) - 1 for n in range(20)]
        spent = timedelta(seconds=60 + secrets.randbelow(900), milliseconds=secrets.randbelow(1000))
        return actions.submit_attempt(contestant=who, number=attempt, answers=answers, at=at + spent)

    def correct(self) -> None:
        """One person void, one attempt void, two merged, one moved."""
        deed = Deed(by=self.organiser, reason="Ban tổ chức kết luận.")
        corrections.void(contestant=self.people[1], deed=deed)
        corrections.void(contestant=self.people[3], attempt=1, deed=deed)
        corrections.merge(contestant=self.people[5], target=self.people[6], deed=deed)
        corrections.move(contestant=self.people[4], unit=self.contest.root.children.get(code="11419"), deed=deed)

    def round(self, at: datetime) -> None:
        """What the worker does with the log."""
        self.contest.refresh_from_db()
        sequence(self.contest, at)
        export_answers(self.contest)

    def end(self) -> None:
        """After the closing: seed, key, standing; and two rounds, so that every entry stands under a head."""
        end_contest(contest=self.contest, by=self.organiser, at=self.after)
        for minutes in (1, 2):
            self.round(self.after + minutes * MINUTE)

    def files(self) -> Folder:
        """The public files as they lie there."""
        return Folder(folder_of(self.contest))

    def report(self, files: Source | None = None) -> Report:
        """What the verifier says of the public files, or of changed ones."""
        source = files or self.files()
        policy = parse_policy((source.read("policy") or b"").decode())
        head = policy.open((source.read("checkpoint") or b"").decode(), self.contest.log.origin)
        return audit(source, head, policy.verifiers)


def _orders(attempt: Attempt) -> list[tuple[int, ...]]:
    return [ORDERS[order] for order in attempt.orders]
