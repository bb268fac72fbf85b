"""What is written to the log: one line of JSON for a request or an event, and nothing of a person (reliability.md S20).

A line says what our own code said, never what somebody sent: of an exception its kind and where it was raised, of a
failure of the database its SQLSTATE and its constraint; messages of others' loggers, which quote addresses and values,
are left out.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import time
import traceback
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lantoa.lib.watch import measures

OURS = "lantoa"
# A telephone or citizen number that got into a message all the same: nine digits or more, however they are grouped.
_NUMBER = re.compile(r"\+?\d(?:[ .\-]?\d){8,}")
_DEEPEST = 12  # places of a traceback

request_id: ContextVar[str] = ContextVar("request_id", default="")


def write(line: str) -> None:
    """To stderr in one piece: lines of several processes never mix. One that finds no room is lost, nothing else."""
    with suppress(OSError):
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, line.encode())


class EventLine(logging.Formatter):
    """An event as a line of JSON, ASCII only: no value can begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """What happened, during which request, in which process."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": said(record),
            "by": record.name,
            "id": request_id.get(),
            "process": record.process,
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"error": described(record.exc_info[1]), "where": places(record.exc_info[1])}
        return json.dumps({name: value for name, value in line.items() if value})


class CountEvents(logging.Filter):
    """Counts what is logged: our own events by their words without values, others' by their logger."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Nothing is held back."""
        words = str(record.msg) if _is_ours(record) else record.name
        measures.EVENTS.add(words, record.levelname.lower())
        return True


def said(record: logging.LogRecord) -> str:
    """The words of our own code, with exceptions described and long numbers hidden; of others the logger's name."""
    if not _is_ours(record):
        return record.name
    values = record.args if isinstance(record.args, tuple) else ()
    words = str(record.msg)
    if values:
        words %= tuple(described(value) if isinstance(value, BaseException) else value for value in values)
    return _NUMBER.sub("…", words)


def described(problem: BaseException) -> str:
    """Kind, SQLSTATE and constraint of an exception, never its message."""
    cause = problem.__cause__ if getattr(problem.__cause__, "sqlstate", None) else problem
    state = getattr(cause, "sqlstate", None)
    diagnosis = getattr(cause, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    words = [type(problem).__name__, state, constraint]
    return " ".join(str(word) for word in words if word)


def places(problem: BaseException) -> list[str]:
    """Where it was raised, the innermost place last."""
    frames = traceback.extract_tb(problem.__traceback__)[-_DEEPEST:]
    return [f"{'/'.join(Path(at.filename).parts[-2:])}:{at.lineno} {at.name}" for at in frames]


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name == OURS or record.name.startswith(f"{OURS}.")


def moment() -> str:
    """Now, by this machine's clock, to the millisecond: when a line was written, not when a fact happened."""
    now = time.time()
    whole = int(now)
    if _second[0] != whole:
        _second[:] = whole, datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{_second[1]}.{int((now - whole) * 1000):03d}+00:00"


_second: list[Any] = [0, ""]


def request_line(*, identity: str, route: str, method: str, status: int, seconds: float) -> str:
    """One request; every value is a word of our own, so nothing has to be escaped."""
    return (
        f'{{"at": "{moment()}", "event": "request", "id": "{identity}", "route": "{route}", "method": "{method}", '
        f'"status": {status}, "ms": {seconds * 1000:.1f}, "process": {os.getpid()}}}\n'
    )
