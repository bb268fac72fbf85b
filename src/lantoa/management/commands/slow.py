"""`lantoa slow [FILE]`: the statements that cost the database most, without values."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from textwrap import fill
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection, transaction

from lantoa.lib.watch import statements
from lantoa.lib.watch.statements import Cost

LONGEST = 600  # letters of a statement that are shown
WHY_NOT = """The database does not count its statements.
The embedded one begins to with its next start. A server of your own: set shared_preload_libraries to
'pg_stat_statements', start it anew, and run as its owner:
    CREATE EXTENSION pg_stat_statements; GRANT pg_read_all_stats TO lantoa;
Or name a log that it wrote with log_min_duration_statement: lantoa slow FILE"""


class Command(BaseCommand):
    """From pg_stat_statements, or from a log file."""

    help = "Say which statements cost the database most."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A log file, how many, and whether to count anew."""
        parser.add_argument("file", nargs="?", type=Path, help="a log of PostgreSQL in its plain format (stderr)")
        parser.add_argument("--most", type=int, default=12, help="how many statements")
        parser.add_argument("--reset", action="store_true", help="afterwards count anew")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """The dearest first."""
        if options["file"]:
            try:
                with options["file"].open(encoding="utf-8", errors="replace") as lines:
                    costs = statements.logged((line.rstrip("\n") for line in lines), options["most"])
            except OSError as problem:
                raise CommandError(f"{options['file']}: {problem.strerror}") from problem
        else:
            costs = from_the_database(options["most"], reset=options["reset"])
        if not costs:
            raise CommandError("No statement is told there.")
        self.stdout.write(told(costs))


def from_the_database(most: int, *, reset: bool) -> list[Cost]:
    """The server's own counts; raises CommandError where it keeps none for us."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    except Error:
        pass  # it is there, or another role's to make: the next question tells
    try:
        costs = statements.counted(most)
        if reset:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_statements_reset()")
    except Error as problem:
        raise CommandError(WHY_NOT) from problem
    return costs


def told(costs: list[Cost]) -> str:
    """A paragraph a statement."""
    parts = [f"{sum(cost.share for cost in costs):.0%} of the database's work is in these {len(costs)} statements:"]
    for cost in costs:
        text = cost.text if len(cost.text) <= LONGEST else cost.text[: LONGEST - 1] + "…"
        figures = f"{cost.share:.1%}: {cost.calls:,} times, {cost.mean:.2f} ms each, {cost.ms / 1000:.1f} s together"
        parts.append(f"{figures}\n{fill(text, 120, initial_indent='    ', subsequent_indent='    ')}")
    return "\n\n".join(parts)
