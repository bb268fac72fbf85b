"""One row by one prepared statement: the shortest way to PostgreSQL, for what everybody does in the last hour.

Django's cursor sends values inside the text, so that the server reads and plans each anew. Here the text is prepared
once a connection. It is Django's own connection: its transactions and its log of queries hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from django.db import connection


def one(statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The first row that ``statement`` (with ``%(name)s``) gives, or None; raises what Django's cursor would."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        row: tuple[Any, ...] | None = cursor.fetchone()
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": "0"})
    return row


def array(numbers: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL writes an array, for ``%(name)s::smallint[]``: cheaper than the driver's list."""
    return f"{{{','.join(map(str, numbers))}}}"


def squeezed(statement: str) -> str:
    """The same text without its lines and margins: psycopg remembers how to read a text of up to 4,096 characters."""
    return " ".join(statement.split())
