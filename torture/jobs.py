"""Runs `lantoa …` as often as it is asked to, in one process: `python -m torture.jobs`, a line of JSON in and out.

A process for each command would spend its time on starting, and less would happen at the same time.
"""

from __future__ import annotations

import json
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper

import django
from django.core.management import CommandError, call_command
from django.db import close_old_connections

from lantoa.management.main import give_way


def main() -> None:
    """Until nobody asks any more."""
    django.setup()
    for line in sys.stdin:
        status, said = job(json.loads(line))
        print(json.dumps([status, said]), flush=True)


def job(arguments: list[str]) -> tuple[int, str]:
    """The status that the command would have ended with, and all that it said."""
    give_way(arguments)  # as `lantoa` does; this process then stays so
    said = TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)  # some commands say bytes
    with redirect_stdout(said), redirect_stderr(said):
        close_old_connections()
        status = 1
        try:
            call_command(*arguments, stdout=said, stderr=said)
            status = 0
        except CommandError as refused:
            print(refused)
        except SystemExit as ended:
            status = int(ended.code or 0)
        except Exception:  # noqa: BLE001 - what breaks is told, and the next one is asked for
            traceback.print_exc()
    said.seek(0)
    return status, said.read()


if __name__ == "__main__":
    main()
