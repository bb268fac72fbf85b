"""`lantoa rehearse --prepare | URL | --remove`: rush one's own installation before the opening (decision 0028)."""

from __future__ import annotations

import asyncio
import gc
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lantoa.awards.rehearsals import remove_rehearsals
from lantoa.contests.models import Contest
from lantoa.contests.package import read_package
from lantoa.contests.publications import publish_rules, publish_units
from lantoa.contests.rehearsals import Refused, make_rehearsal
from lantoa.lib import clock
from lantoa.management.commands.demo import PACKAGE
from lantoa.management.commands.package import fill
from lantoa.management.rehearse.capacity import Limits, Rush, Rushes
from lantoa.management.rehearse.checking import Compared
from lantoa.management.rehearse.installation import NotARehearsal
from lantoa.management.rehearse.journey import Manner
from lantoa.management.rehearse.report import write
from lantoa.management.rehearse.running import Asked, Run, Say, compare, drive
from lantoa.management.rehearse.wire import Broken, Wire
from lantoa.standings.rebuild import difference

CARDS = 4
SELDOM = (100_000, 50, 100)  # a crowd lives to the end: looking for what could go is CPU taken from the installation
WHY_NOT = {
    "exists": "đã có một cuộc diễn tập: lantoa rehearse --remove rồi chuẩn bị lại",
    "no-units": "chưa có đơn vị của gói này: nhập gói của cuộc thi thật trước (lantoa package import)",
}


class Command(BaseCommand):
    """On the server: prepare and remove. From anywhere: the rehearsal itself."""

    help = "Rush this or another installation with the reference contest's ten days, and state its capacity."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and how much of it."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("url", nargs="?", help="page of a rehearsal contest, as --prepare prints it")
        which.add_argument("--prepare", action="store_true", help="make the rehearsal contest in this database")
        which.add_argument("--remove", action="store_true", help="take it away with everything that it left")
        parser.add_argument("--package", type=Path, default=PACKAGE, help="whose lessons, questions and rules it has")
        parser.add_argument("--cards", type=int, default=CARDS, help="cards that everybody learns before the exam")
        parser.add_argument("--share", type=float, default=0.01, help="of the reference's 70,949 people")
        parser.add_argument("--minutes", type=float, default=2.0, help="into which its ten days are compressed")
        parser.add_argument("--saves", type=int, default=Manner().saves, help="of the sheet in each exam")
        parser.add_argument("--at-once", type=int, default=24, help="requests under way; others wait their turn")
        parser.add_argument(
            "--p99", type=float, default=1000, help="capacity: milliseconds that 99 of 100 answers keep"
        )
        parser.add_argument("--hold", type=float, default=10, help="capacity: seconds for which a rate is held")
        parser.add_argument("--no-capacity", action="store_true", help="the ten days only")
        parser.add_argument(
            "--here", action="store_true", help="it runs on this machine: look at what is busy, recount"
        )
        parser.add_argument("--report", type=Path, default=Path(), help="folder for the report")
        parser.add_argument("--seed", type=int, default=2025, help="another seed, other people")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Exit 1 if anything failed or differs."""
        if options["prepare"]:
            self.prepare(options["package"], options["cards"])
        elif options["remove"]:
            gone = remove_rehearsals()
            self.stdout.write(f"Đã xóa hết: {gone.total()} dòng ở {len(+gone)} bảng.")
        else:
            self.rehearse(options)

    def prepare(self, folder: Path, cards: int) -> Contest:
        """A marked contest from the same package, listed nowhere; prints its address."""
        now = clock.now()
        try:
            with transaction.atomic():
                contest, package = make_rehearsal(read_package(folder), at=now)
                fill(contest, package, now, cards=cards)
                publish_units(contest, now)
                publish_rules(contest, now)
        except Refused as refused:
            raise CommandError(WHY_NOT[refused.code]) from refused
        self.stdout.write(f"{settings.PUBLIC_URL}/{contest.slug}/")
        return contest

    def rehearse(self, options: dict[str, Any]) -> None:
        """Drive, compare, raise the rate, report."""
        asked = Asked(
            address=options["url"],
            share=options["share"],
            seconds=60 * options["minutes"],
            at_once=options["at_once"],
            seed=options["seed"],
            manner=Manner(saves=options["saves"]),
        )
        gc.set_threshold(*SELDOM)
        limits = None if options["no_capacity"] else Limits(options["p99"] / 1000, options["hold"])
        try:
            run, rushes = asyncio.run(_all(asked, limits, self.stderr.write, here=options["here"]))
        except (NotARehearsal, Broken) as error:
            raise CommandError(str(error)) from error
        if options["here"]:
            lines = difference(Contest.objects.named(asked.slug))
            run.compared.append(Compared("tính lại từ đầu (lantoa rebuild --check)", [], lines))
        self.stdout.write(str(write(options["report"], run, rushes)))
        if not run.fine:
            sys.exit(1)


async def _all(asked: Asked, limits: Limits | None, say: Say, *, here: bool) -> tuple[Run, list[Rush]]:
    """The ten days, what they left, and then how much it carries."""
    async with Wire(asked.address) as wire:
        run = await drive(asked, wire, say)
        run.here = here
        await compare(run, wire, say)
        if limits is None:
            return run, []
        rushes = Rushes(wire, asked.slug, run.books.people, seed=asked.seed, manner=asked.manner)
        return run, await rushes.all(limits, say)
