"""`lantoa questions check CONTEST`: the automatic checks of a package's question bank (items.md §6)."""

from __future__ import annotations

import sys
import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lantoa.exams import checks

PACKAGES = settings.SRC.parent.parent / "packages"


class Command(BaseCommand):
    """Checks the files: what a question is checked by (misconceptions, sources, tags) stays with its author."""

    help = "Check the question bank of a contest's package."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare `check CONTEST`."""
        parser.add_argument("verb", choices=["check"])
        parser.add_argument("contest", help="the contest's address (slug), or the folder of a package")
        parser.add_argument("--errors", action="store_true", help="leave out the warnings")
        parser.add_argument("--papers", type=int, default=checks.PAPERS, help="how many papers are drawn for a trial")

    def handle(self, **options: Any) -> None:
        """Print findings and counts by cell; exit 1 when something must be mended."""
        folder = find_package(options["contest"])
        if folder is None:
            raise CommandError(f"Không thấy gói nội dung nào của “{options['contest']}”.")
        sys.exit(
            checks.main([str(folder), f"--papers={options['papers']}", *(["--errors"] if options["errors"] else [])])
        )


def find_package(named: str) -> Path | None:
    """The folder of that name, or the package whose contest has that address."""
    if (Path(named) / "contest.toml").exists():
        return Path(named)
    for written in sorted(PACKAGES.glob("*/contest.toml")):
        if tomllib.loads(written.read_text(encoding="utf-8")).get("slug") == named:
            return written.parent
    return None
