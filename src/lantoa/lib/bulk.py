"""Very many rows at once: COPY, with ids taken from the table's own sequence. All constraints hold as ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import connection
from psycopg import sql

if TYPE_CHECKING:
    from django.db.models import Model

_IDS = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"


def fresh_ids(model: type[Model], count: int) -> list[int]:
    """So many new ids, ascending; nobody else gets them."""
    with connection.cursor() as cursor:
        cursor.execute(_IDS, [_table(model), count])
        return [number for (number,) in cursor.fetchall()]


def copy(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows; ``columns`` by their names in the database. An array is given as text (:func:`array`).

    ``rows`` must ask the database nothing: while they are copied the connection is busy, and it would wait for itself.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(_table(model)), names)
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)


def array(numbers: Iterable[int]) -> str:
    """Whole numbers as the text of an SQL array."""
    return f"{{{','.join(map(str, numbers))}}}"


def _table(model: type[Model]) -> str:
    return str(model._meta.db_table)  # noqa: SLF001 (Django's documented way to ask)


def analyze(*models: type[Model]) -> None:
    """Tell the planner how large the tables have become."""
    tables = sql.SQL(", ").join(sql.Identifier(_table(model)) for model in models)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(tables))
