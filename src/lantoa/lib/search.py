"""Searching names inside the database, marks or not: `lantoa_folded`, the twin of text.fold, and its words.

Functions of the database and no expressions of ours, so that an index on them is found whatever a driver sends.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db.models import Expression, F, Func, TextField
from django.db.models.sql.compiler import SQLCompiler
from psycopg.sql import Literal

MOST_FOUND = 100  # of very many that match, so that no search costs more than another
AFTER_SPACE = (
    "!"  # the next sign: what lies between "nguyen van" and "nguyen van!" is that name or goes on with a space
)


class Written(Expression):
    """A value that stands in the statement's text, quoted, and is no parameter.

    A statement that came often is planned once for all values of its parameters: wrong where one word is in every third
    name and another in one of ten million.
    """

    def __init__(self, value: str | list[str]) -> None:
        """A text, or several."""
        super().__init__()
        self.value = value

    def as_sql(self, _compiler: SQLCompiler, _connection: object) -> tuple[str, tuple[()]]:
        """The literal; a sign that would announce a parameter is doubled."""
        return Literal(self.value).as_string().replace("%", "%%"), ()


def folded(path: str) -> Func:
    """The text at ``path`` in lower case without marks: "Cẩm Giàng" → "cam giang"."""
    return Func(F(path), function="lantoa_folded", output_field=TextField())


def words(path: str) -> Func:
    """The words of a folded text: "cam giang" → {cam, giang}."""
    return Func(F(path), function="lantoa_words", output_field=ArrayField(TextField()))
