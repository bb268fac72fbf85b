"""The `lantoa` command: everything an operator does, grouped."""

from __future__ import annotations

import os
import sys

GROUPS = {
    "Run": {
        "serve": "serve the site, with its worker (PORT, --workers)",
        "worker": "the worker alone: closes attempts that ran out, folds totals and ranks, keeps the logs",
        "pages": "keep the public pages as files, count the visits that a web server saw",
        "nginx": "FOLDER: a web server's configuration for this installation",
        "demo": "fill an empty installation with the reference contest and an invented crowd",
        "simulate": "CONTEST | --new: the reference contest's 32 days made again, with its published figures",
    },
    "Content": {
        "package": "import FOLDER: a contest's package, as a new version",
        "questions": "check CONTEST: the automatic checks of its question bank",
        "units": "import FILE [--dry-run] | export | merge OLD INTO: places",
    },
    "Figures": {
        "bulletin": "CONTEST [--as-of ISO]: figures of any moment; --publish, --number, --check",
        "log": "run | verify, head, export, fill CONTEST: the contest's log that anyone can check",
        "correct": "CONTEST void|restore|move|merge CONTESTANT: a later decision, with --by and --reason",
        "rebuild": "CONTEST [--check]: make everything derived again from the facts",
    },
    "Before the opening": {
        "rehearse": "--prepare | URL | --remove: rush the installation with the reference contest's ten days",
    },
    "Care": {
        "slow": "[FILE] [--most N]: the statements that cost the database most, without values",
        "metrics": "the numbers of this machine's processes for Prometheus; --once prints them",
        "account": "create, roles: staff accounts",
        "migrate": "bring the database to this version",
    },
}
WITHOUT_DATABASE = {"metrics"}
GIVES_WAY = {"bulletin", "rebuild", "log", "questions"}  # they read much and hold up nobody who sits
NICE = 10  # as the shipped unit for backups


def usage() -> str:
    """`lantoa --help`."""
    lines = ["Lan Tỏa, the open platform for mass learning contests.", "", "usage: lantoa COMMAND [...]", ""]
    for group, commands in GROUPS.items():
        lines += [group, *(f"  {name:<10} {what}" for name, what in commands.items()), ""]
    return "\n".join(
        [*lines, "lantoa COMMAND --help says more. Settings come from the environment: docs/interfaces.md."]
    )


def main() -> None:
    """Start the embedded database when one is needed, then run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantoa.config.settings")
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in {"--help", "-h", "help"}:
        print(usage())
        return
    give_way(arguments)
    from django.conf import settings  # noqa: PLC0415 (after the environment is set)

    from lantoa.lib.postgres import start_embedded  # noqa: PLC0415

    if not os.environ.get("DATABASE_URL") and not _needs_none(arguments):
        start_embedded(settings.DATA)
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(["lantoa", *arguments])


def give_way(arguments: list[str]) -> None:
    """Reports and recounts by hand take what CPU the site leaves: an exam once stopped because of a report (B9).

    What runs all the time has its weight from its unit; what holds locks that others wait for hurries.
    """
    if arguments[0] in GIVES_WAY and arguments[:2] != ["log", "run"]:
        os.nice(max(0, NICE - os.nice(0)))


def _needs_none(arguments: list[str]) -> bool:
    """Whether it works without a database; a rehearsal may be driven from far away."""
    far_away = arguments[0] == "rehearse" and not {"--here", "--prepare", "--remove"} & set(arguments)
    return far_away or arguments[0] in WITHOUT_DATABASE


if __name__ == "__main__":
    main()
