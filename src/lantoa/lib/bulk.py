"""Very many rows at once: COPY, with ids taken from the table's own sequence. All constraints hold as ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection
from psycopg import sql

if TYPE_CHECKING:
    from django.db.models import Model

_REFERENCES = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY 1, 2
"""
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


@contextmanager
def references_last(*models: type[Model]) -> Iterator[None]:
    """What these tables refer to is checked once when all rows are there: a join each, not a look-up a row.

    The same proof: a reference to nothing fails then (IntegrityError). Inside a transaction; until it ends nobody else
    reads or writes these tables.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with rows still to be checked cannot be altered
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(_REFERENCES, [list(map(_table, models))])
        references = [(sql.SQL(table), sql.Identifier(name), sql.SQL(rule)) for table, name, rule in cursor.fetchall()]
        for table, name, _ in references:
            cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(table, name))
    yield
    with connection.cursor() as cursor:
        for table, name, rule in references:
            cursor.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(table, name, rule))


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
