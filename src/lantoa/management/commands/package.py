"""`lantoa package import FOLDER`: a package becomes a contest, or its next version. `facts`: what it leans on."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lantoa.awards.actions import set_prizes
from lantoa.contests.content import NEW, count_version, import_contest, publish_documents
from lantoa.contests.models import Contest
from lantoa.contests.package import Package, read_package
from lantoa.contests.publications import publish_rules, publish_units
from lantoa.exams.items import BadPackage
from lantoa.exams.publish import publish_bank
from lantoa.learning.actions import publish_lessons, set_topics
from lantoa.learning.lessons import read_lessons
from lantoa.learning.lint import facts, lint
from lantoa.lib import clock
from lantoa.lib.frontmatter import BadContent
from lantoa.lib.sheets import Unfit, read
from lantoa.management.tracing import traces
from lantoa.people.journal import note
from lantoa.units.actions import import_units
from lantoa.units.models import Unit
from lantoa_verify.papers import ThinBank


class Command(BaseCommand):
    """Reads everything first: with one fault nothing is imported."""

    help = "Import a contest's package: units, contest, topics, lessons, documents, question bank, prizes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare `import FOLDER` and `facts FOLDER` with their options."""
        parser.add_argument("verb", choices=["import", "facts"])
        parser.add_argument("folder", type=Path)
        parser.add_argument("--publish", action="store_true", help="show the contest to everybody")
        parser.add_argument(
            "--opens", type=date.fromisoformat, metavar="DATE", help="first day, instead of the package's"
        )
        parser.add_argument("--sample", type=int, metavar="N", help="with facts: so many of them, drawn by the seed")
        parser.add_argument("--seed", default="", help="with facts: what draws them")
        parser.add_argument("--closes", type=date.fromisoformat, metavar="DATE", help="last day, which counts whole")

    def handle(self, **options: Any) -> None:
        """Run the import and say what changed; or trace the facts."""
        try:
            if options["verb"] == "facts":
                self._facts(options["folder"], options["sample"], options["seed"])
                return
            changed, notes = import_package(
                **{name: options[name] for name in ("folder", "publish", "opens", "closes")}
            )
        except (BadContent, BadPackage) as error:
            raise CommandError("\n".join(error.messages)) from error
        except (ThinBank, Unfit) as error:
            raise CommandError(str(error)) from error
        for found in notes:
            self.stderr.write(f"nên xem: {found}")
        for line in changed or ["không có gì đổi"]:
            self.stdout.write(line)

    def _facts(self, folder: Path, sample: int | None, seed: str) -> None:
        """Each fact in use with its source and every place that leans on it; fails when one cannot be traced."""
        found, claims = traces(folder)
        shown = found if sample is None else random.Random(seed).sample(found, min(sample, len(found)))  # noqa: S311 - no secret
        for one in shown:
            self.stdout.write(f"{one.id}: {one.fact.text if one.fact else '?'}")
            self.stdout.write(f"    {one.fact.source if one.fact else '?'}")
            self.stdout.write(f"    {', '.join((*one.cards, *one.questions))}")
        for said in claims:
            self.stderr.write(f"nên xem: {said}")
        faults = [f"{one.id}: {what}" for one in found for what in one.faults]
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"{len(shown)}/{len(found)} căn cứ, không thiếu nguồn nào")


def import_package(
    *,
    folder: Path,
    publish: bool = False,
    opens: date | None = None,
    closes: date | None = None,
    at: datetime | None = None,
) -> tuple[list[str], list[str]]:
    """Import a package in one transaction; returns what changed, and what its authors should look at."""
    moment = at or clock.now()
    package = read_package(folder)
    known = facts(folder)
    notes = [found for lesson in read_lessons(folder) for found in lint(lesson, known, moment.date())]
    with transaction.atomic():
        root, changed = _root(package, moment)
        contest, fresh = import_contest(
            package=package, root=root, publish=publish, opens=opens, closes=closes, at=moment
        )
        changed += fresh + fill(contest, package, moment)
        if changed and NEW not in changed:
            count_version(contest=contest)
        publish_units(contest, moment)
        publish_rules(contest, moment)
        if changed:
            note(None, "package.imported", f"contest:{contest.pk}", at=moment, changed=changed)
    return changed, notes


def fill(contest: Contest, package: Package, at: datetime, *, cards: int | None = None) -> list[str]:
    """Bring everything inside a contest to what its package says; what changed. ``cards``: see publish_lessons."""
    changed = set_topics(contest=contest, topics=package.topics)
    changed += publish_lessons(contest=contest, folder=package.folder, at=at, cards=cards)
    changed += publish_documents(contest=contest, pages=package.documents, at=at)
    questions = package.folder / "questions"
    bank, new = publish_bank(contest=contest, folder=questions, blueprint=package.blueprint, at=at)
    changed += [f"ngân hàng câu hỏi bản {bank.version}: {len(bank.questions)} câu"] if new else []
    return changed + set_prizes(contest=contest, prizes=package.prizes)


def _root(package: Package, at: datetime) -> tuple[Unit, list[str]]:
    """The place of the contest, its units imported from the package when it is not there yet."""
    place = package.place
    root = Unit.objects.city(place["code"])
    if root is not None:
        return root, []
    rows = read((package.folder / place["units"]).read_bytes(), required=["code", "name", "type"])
    names = {"root": place["code"], "root_name": place["name"], "source": place["source"]}
    report = import_units(rows, approved_by=place["approved_by"], at=at, dry_run=False, **names)
    if not report.fine:
        raise BadContent([f"{place['units']}: dòng {line}: {what}" for line, what in report.errors])
    root = Unit.objects.city(place["code"])
    assert root is not None
    return root, [f"đơn vị: {len(report.created)}, dân số: {report.populations}"]
