"""`lantoa simulate CONTEST | --new`: the reference contest's days made again, with its published figures.

How: figures.md §7. The contest is over when it is made: everything is dated inside its own window, 11/10 to 11/11/2025.
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lantoa.awards.actions import issue_certificate
from lantoa.awards.steps import missing
from lantoa.contests.log import Leaf
from lantoa.contests.models import Contest, Contestant
from lantoa.contests.sequencer import number_all
from lantoa.exams.models import Bank
from lantoa.lib import clock
from lantoa.lib.bulk import references_last
from lantoa.lib.clock import VIETNAM
from lantoa.management.commands.demo import (
    PACKAGE,
    PREPARED,
    SHARERS,
    keep_sign_ins,
    make_staff,
    new_sign_in,
    share,
    told_sign_ins,
)
from lantoa.management.commands.package import import_package
from lantoa.management.simulate.history import History, make
from lantoa.management.simulate.loading import TABLES, load
from lantoa.management.simulate.people import phone_of
from lantoa.management.simulate.published import CLOSES, MILLISECOND, OPENS, REFERENCE, since_opening, smaller
from lantoa.management.simulate.sittings import Exam
from lantoa.people.models import Account
from lantoa.standings.bulletins import publish_bulletin
from lantoa.standings.models import Bucket, BucketRun, Totals, VisitTotal
from lantoa.standings.rebuild import rebuild
from lantoa.units.models import Population, Unit

if TYPE_CHECKING:
    from lantoa.people.models import Person

SEED = 2025
BEFORE = OPENS - PREPARED
KNOWN = timedelta(minutes=1)  # after a moment its facts are known; so long again, and the bulletin is out
MANY = 100_000  # entries numbered at once
DERIVED = (Bucket, BucketRun, Totals, VisitTotal, Leaf)
UNKNOWN_POPULATION = 30_000


class Command(BaseCommand):
    """Never touches a contest that somebody takes part in, nor with --new an installation that holds a contest."""

    help = "Make the reference contest's 32 days again: the same figures at the same moments, all the rest invented."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Into which contest, by which seed, how far."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("contest", nargs="?", help="slug of a contest from 11/10 to 11/11/2025 without contestants")
        which.add_argument(
            "--new", action="store_true", help="an empty installation: import the contest, make accounts"
        )
        parser.add_argument("--seed", type=int, default=SEED, help="another seed, another history; the same figures")
        parser.add_argument("--until", type=datetime.fromisoformat, default=CLOSES, help="stop at this moment")
        parser.add_argument("--part", type=int, default=1, metavar="N", help="one of N people only, for a quick look")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Write all or nothing, then fold; print the sign-ins of a new installation each time."""
        until = options["until"]
        until = until if until.tzinfo else until.replace(tzinfo=VIETNAM)
        if not OPENS < until <= min(CLOSES, clock.now()):
            raise CommandError(f"--until: after {OPENS} and not after {CLOSES}")
        given = {"seed": options["seed"], "until": until, "part": options["part"]}
        if not options["new"]:
            self.fill(_existing(options["contest"]), **given)
            return
        if not Contest.objects.exists():
            keep_sign_ins(self.start(**given))
        self.stdout.write(told_sign_ins())

    def start(self, *, seed: int, until: datetime, part: int) -> list[dict[str, str]]:
        """A new installation: the contest, its days, shares and certificates; how to sign in as each role."""
        with transaction.atomic():
            import_package(folder=PACKAGE, publish=True, at=BEFORE)
            contest = Contest.objects.public()[0]
            organiser, accounts = make_staff(contest, BEFORE)
            history, entries = self.fill(contest, seed=seed, until=until, part=part, by=organiser)
            accounts += _afterwards(history, entries, organiser, until)
        return accounts

    def fill(
        self, contest: Contest, *, seed: int, until: datetime, part: int, by: Account | None = None
    ) -> tuple[History, list[int]]:
        """The contest's days, their log and bulletins; the history, and the primary key of each contestant in it."""
        units, populations = _fitting(contest)
        exam = Exam(contest.asked, contest.time_limit // MILLISECOND)
        rows = REFERENCE if part == 1 else smaller(REFERENCE, part)
        history = make(seed, populations, rows=rows, exam=exam).until(since_opening(until))
        with transaction.atomic(), references_last(*TABLES, *DERIVED):
            entries = load(contest, history, units, seed=seed, until=until)
            rebuild(contest)
            _publish(contest, by, until)
        found = history.totals(since_opening(until))
        self.stdout.write(
            f"{contest.slug}: {found.registered} đăng ký, {found.finished} hoàn thành ở {found.units} đơn vị, "
            f"{found.attempts} lượt thi, {found.visits} lượt truy cập; seed {seed}, {history.digest()[:16]}"
        )
        return history, entries


def _existing(slug: str) -> Contest:
    try:
        return Contest.objects.get(slug=slug)
    except Contest.DoesNotExist as unknown:
        raise CommandError(f"no contest named {slug}") from unknown


def _fitting(contest: Contest) -> tuple[list[Unit], list[int]]:
    """The units that compete and their populations; refuses a contest that this history does not fit."""
    faults = {
        "it is not open from 11/10 to 11/11/2025": (contest.opens_at, contest.closes_at) != (OPENS, CLOSES),
        "somebody takes part in it already": contest.contestants.exists(),
        "it limits the attempts": contest.attempts_limit is not None,
        "it has no question bank": Bank.objects.current(contest) is None,
    }
    for fault, is_so in faults.items():
        if is_so:
            raise CommandError(f"{contest.slug}: {fault}")
    units = list(Unit.objects.communes_of(contest.root))
    known = Population.objects.latest_of(units)
    return units, [known.get(unit.pk, UNKNOWN_POPULATION) for unit in units]


def _publish(contest: Contest, by: Account | None, until: datetime) -> None:
    """Number the log in the order of time; in their places in it the bulletins of the moments that were published."""
    for row in REFERENCE:
        known_at = row.at + KNOWN
        if known_at + KNOWN <= until:
            number_all(contest, until=known_at, opened=BEFORE, batch=MANY)
            publish_bulletin(contest=contest, as_of=row.at, by=by, at=known_at + KNOWN)
    number_all(contest, until=until, opened=BEFORE, batch=MANY)


def _afterwards(history: History, entries: list[int], organiser: Account, until: datetime) -> list[dict[str, str]]:
    """Some shares and certificates; somebody certified and somebody who never sat can sign in."""
    finished = sorted({sitting.who for sitting in history.sittings})
    rng = Random(SEED)  # noqa: S311 (examples, no secret)
    some = rng.sample(finished, min(SHARERS, len(finished)))
    sharing = Contestant.objects.in_bulk([entries[who] for who in some])
    share([sharing[entries[who]] for who in some], by=organiser, now=until)
    certified = [who for who in some if _certify(sharing[entries[who]], until)]
    waiting = min(set(range(len(entries))) - set(finished))
    other = Contestant.objects.in_bulk([entries[waiting]])[entries[waiting]]
    return [
        _may_sign_in("certified", sharing[entries[certified[0]]].person, certified[0]),
        _may_sign_in("registered", other.person, waiting),
    ]


def _certify(contestant: Contestant, until: datetime) -> bool:
    """A certificate for those to whom no step is missing: a share may have been returned."""
    if missing(contestant):
        return False
    sent = contestant.share.sent_at
    issue_certificate(contestant=contestant, at=sent + (until - sent) / 20)
    return True


def _may_sign_in(kind: str, person: Person, place: int) -> dict[str, str]:
    """Give one of the crowd a password."""
    sign_in = new_sign_in(kind, phone_of(place))
    person.account.password = make_password(sign_in["password"])
    person.account.save(update_fields=["password"])
    return sign_in
