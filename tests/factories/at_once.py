"""Many hands at the same instant, each with a connection of its own."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, connections

PATIENCE = 60  # seconds: somebody who never comes breaks the gate instead of holding everybody for ever
PAUSE = 0.05  # seconds between two tries to be let in
# Whoever waits for this connection. (What pg_stat_activity says is the same all through a transaction.)
BLOCKED = "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


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


@dataclass
class Meeting:
    """One call beside the test's own transaction."""

    pool: ThreadPoolExecutor
    call: Callable[[], Any]
    _called: Future[Any] | None = None

    def comes(self) -> None:
        """Call it, and come back at once."""
        self._called = self.pool.submit(_closing, self.call)

    def comes_and_waits(self) -> None:
        """Call it, and come back when it waits for what this transaction holds."""
        self.comes()
        assert self._called
        until = time.monotonic() + PATIENCE
        with connection.cursor() as cursor:
            while not self._called.done():
                cursor.execute(BLOCKED)
                if cursor.rowcount:
                    return
                assert time.monotonic() < until, "nobody waits"
        raise AssertionError(f"it did not wait: {self.outcome()}")

    def outcome(self) -> Any:
        """What it returned; raises what it raised."""
        assert self._called
        return self._called.result(PATIENCE)


@contextmanager
def meeting(call: Callable[[], Any]) -> Iterator[Meeting]:
    """Somebody else, in a thread and on a connection of its own, who comes in the middle of a transaction."""
    with ThreadPoolExecutor(1) as pool:
        yield Meeting(pool, call)


def _closing(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connections.close_all()


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
