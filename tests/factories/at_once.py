"""Many hands at the same instant, each with a connection of its own."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, connections

PATIENCE = 60  # seconds: somebody who never comes breaks the gate instead of holding everybody for ever
PAUSE = 0.05  # seconds between two tries to be let in


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Call all of ``calls`` from threads released together; what each returned or raised."""
    gate = Barrier(len(calls), timeout=PATIENCE)

    def one(call: Callable[[], Any]) -> Any:
        try:
            _connect()  # opening it must not spread the crowd
            gate.wait()
            return call()
        except Exception as problem:  # noqa: BLE001 - every outcome is looked at
            return problem
        finally:
            connections.close_all()

    with _alone(), ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


@contextmanager
def _alone() -> Iterator[None]:
    """One crowd at a time, also of several test processes: two together would fill the server and wait for ever."""
    with (settings.DATA / "crowd.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _connect() -> None:
    """Wait for a place: the server lets go of an earlier crowd's connections a moment after they were closed."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(PAUSE)
