"""Searching names by their words inside the database, marks or not: `lantoa_words`, the twin of text.fold.

A function of the database and no expression of ours, so that the index on it is found whatever a driver sends.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, TextField


def words(path: str) -> Func:
    """The words of the text at ``path`` in lower case without marks: "Cẩm Giàng" → {cam, giang}."""
    return Func(F(path), function="lantoa_words", output_field=ArrayField(TextField()))
