"""Searching names inside the database, marks or not: `lantoa_folded`, the twin of text.fold, and its words.

Functions of the database and no expressions of ours, so that an index on them is found whatever a driver sends.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, TextField

MOST_FOUND = 100  # of very many that match, so that no search costs more than another


def folded(path: str) -> Func:
    """The text at ``path`` in lower case without marks: "Cẩm Giàng" → "cam giang"."""
    return Func(F(path), function="lantoa_folded", output_field=TextField())


def words(path: str) -> Func:
    """The words of a folded text: "cam giang" → {cam, giang}."""
    return Func(F(path), function="lantoa_words", output_field=ArrayField(TextField()))
