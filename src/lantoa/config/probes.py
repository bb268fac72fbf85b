"""What machines ask: `/healthz`, whether this process lives, and `/readyz`, whether it can serve.

Plain English words; a stranger learns a code and nothing else. No session, no cookie and no host name is looked at:
whoever balances the load asks by number, and over plain HTTP behind the proxy.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from http import HTTPStatus

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpResponse

from lantoa.lib.signing import NoKey, signing_key

# One round trip: a server that only reads is a standby, or a primary that was told to refuse.
READY = """
SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off',
       (SELECT array_agg(name) FROM django_migrations WHERE app = 'lantoa')
"""


def healthz() -> HttpResponse:
    """The process answers; nothing else is looked at."""
    return _plain("ok", HTTPStatus.OK)


def readyz() -> HttpResponse:
    """Ready, or 503 with the first reason's code."""
    reason = why_not_ready()
    if reason:
        return _plain(f"not ready: {reason}", HTTPStatus.SERVICE_UNAVAILABLE)
    return _plain("ready", HTTPStatus.OK)


def why_not_ready() -> str:
    """Empty, or a code: ``keys``, ``database``, ``read-only``, ``migrations``."""
    try:
        signing_key("receipt")
    except NoKey:
        return "keys"
    try:
        with connection.cursor() as cursor:
            cursor.execute(READY)
            row = cursor.fetchone()
    except Error as problem:
        connection.close_if_unusable_or_obsolete()
        return "migrations" if getattr(problem.__cause__, "sqlstate", "") == _NO_TABLE else "database"
    assert row is not None
    writable, applied = row
    if not writable:
        return "read-only"
    return "" if wanted() <= set(applied or ()) else "migrations"


@cache
def wanted() -> frozenset[str]:
    """The migrations of this release; one that the database has beyond them is no hindrance (a rolling upgrade)."""
    loader = MigrationLoader(None)
    return frozenset(name for app, name in loader.disk_migrations if app == "lantoa")


def _plain(words: str, status: HTTPStatus) -> HttpResponse:
    kept = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(f"{words}\n", content_type="text/plain; charset=utf-8", status=status, headers=kept)


_NO_TABLE = "42P01"  # SQLSTATE undefined_table: nothing was ever migrated

PROBES: dict[str, Callable[[], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz}
