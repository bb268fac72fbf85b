"""Many hands at the same instant, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections

PATIENCE = 60  # seconds: somebody who never comes breaks the gate instead of holding everybody for ever


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Call all of ``calls`` from threads released together; what each returned or raised."""
    gate = Barrier(len(calls), timeout=PATIENCE)

    def one(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()  # opening it must not spread the crowd
            gate.wait()
            return call()
        except Exception as problem:  # noqa: BLE001 - every outcome is looked at
            return problem
        finally:
            connections.close_all()

    _wait_until_gone()
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def _wait_until_gone() -> None:
    """The server lets go of an earlier crowd's connections a moment late; this one needs their places."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute("SELECT pg_sleep(0.02)")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                return
