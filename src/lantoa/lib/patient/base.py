"""The engine: connections of the processes that serve pages wait for an answer so long and no longer.

A server that died is noticed by the network. One that hangs is not: its kernel goes on saying that all is well, and a
commit that waits for a standby is bound by no time-out of the server. Processes with one thread would hang with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from select import select
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql import base

BEFORE = 1.0  # seconds: the server ends a slow statement itself before we turn away


class Patient(psycopg.Connection[Any]):
    """A connection that closes when the server has not answered for ``seconds``; None waits for ever."""

    seconds: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """What psycopg does for each message; raises OperationalError when patience ends.

        Whether the server did what it was asked is then not known: whoever asked has to ask again, which is harmless.
        """
        if timeout is not None or self.seconds is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.seconds)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 (what `wait` says that it raises)
            self.close()
            raise psycopg.OperationalError(f"no answer from the database in {self.seconds:g} s") from None


def limit(seconds: float) -> None:
    """From now on connections of this process are patient for ``seconds`` only; 0: for ever."""
    Patient.seconds = seconds or None


@contextmanager
def hurried(seconds: float) -> Iterator[None]:
    """In here this thread's connection waits for ``seconds`` only, unless the process waits for ever or less."""
    if Patient.seconds is None or seconds >= Patient.seconds:
        yield
        return
    wrapper = connections["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.hurry = seconds
    if isinstance(wrapper.connection, Patient):
        wrapper.connection.seconds = seconds
    try:
        yield
    finally:
        wrapper.hurry = None
        if isinstance(wrapper.connection, Patient):
            wrapper.connection.seconds = Patient.seconds


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for the class of its connections."""

    hurry: float | None = None  # seconds that the next connection is patient, if not as long as the process

    def get_connection_params(self) -> dict[str, Any]:
        """The server is told the same: to end slow statements, and transactions that nobody goes on with."""
        params: dict[str, Any] = super().get_connection_params()
        if Patient.seconds is not None:
            ends = int(max(Patient.seconds - BEFORE, BEFORE) * 1000)
            told = {
                "statement_timeout": ends,
                "idle_in_transaction_session_timeout": ends,
                "client_connection_check_interval": 1000,  # ms until a statement ends whose asker turned away
            }
            params["options"] = " ".join(
                [params.get("options", ""), *(f"-c {key}={value}" for key, value in told.items())]
            )
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Django asks its driver for a connection and cannot be told the class: it is set on what comes."""
        connection = super().get_new_connection(conn_params)
        connection.__class__ = Patient
        if self.hurry is not None:
            connection.seconds = self.hurry
        return connection

    def is_usable(self) -> bool:
        """Whether a kept connection is well, without the `SELECT 1` that Django sends before every request.

        A server that ends, or is made to, closes its connections, and a closed one can be read from: while nothing is
        there to read, it rests. Whatever is there (the end, or a notice) is looked into as Django does.
        """
        return self._rests() or bool(super().is_usable())

    def _rests(self) -> bool:
        try:
            return not select([self.connection.pgconn.socket], [], [], 0)[0]
        except (psycopg.Error, OSError, ValueError):  # closed on our side already
            return False
