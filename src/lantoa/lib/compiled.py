"""Queries whose SQL is made once: of what a small query costs Django, most goes into finding its words again.

A compiled query is an ordinary queryset, with a :class:`Slot` wherever a value comes in. It is put into words when it
is first asked, and afterwards only bound; what it finds are the same model instances, or the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.query import RelatedPopulator, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)


class Slot(Expression):
    """Where a value comes in, under this name."""

    def __init__(self, name: str, output_field: models.Field[Any, Any] | None = None) -> None:
        """A name may stand several times; ``output_field`` where the database cannot tell the type by itself."""
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: SQLCompiler, _connection: object) -> tuple[str, tuple[Slot]]:  # type: ignore[override]
        """A placeholder; the slot itself stands among the parameters until it is bound."""
        return "%s", (self,)


@dataclass(frozen=True, slots=True)
class _Words:
    """A queryset put into words, and how its rows become instances (as `ModelIterable` reads them)."""

    sql: str
    slots: tuple[Any, ...]
    model: Any
    compiler: SQLCompiler
    converters: dict[int, Any]
    fields: slice
    names: list[str]
    related: list[RelatedPopulator]
    annotations: list[tuple[str, int]]

    @classmethod
    def of(cls, queryset: models.QuerySet[Any]) -> _Words:
        """Compile it."""
        compiler = queryset.query.get_compiler(connection=connection)
        sql, slots = compiler.as_sql()
        klass, select = compiler.klass_info, compiler.select
        converters = compiler.get_converters([column[0] for column in select])
        if klass is None:  # values_list: rows, no instances
            return cls(sql, tuple(slots), queryset.model, compiler, converters, slice(0), [], [], [])
        fields = slice(klass["select_fields"][0], klass["select_fields"][-1] + 1)
        names = [column[0].target.attname for column in select[fields]]
        related = get_related_populators(klass, select, connection.alias)  # type: ignore[call-arg]  # stubs ahead of 5.2
        annotations = list(compiler.annotation_col_map.items())
        return cls(sql, tuple(slots), queryset.model, compiler, converters, fields, names, related, annotations)


class Compiled(Generic[M]):
    """A queryset that is put into words once a process."""

    def __init__(self, build: Callable[[], models.QuerySet[M, Any]]) -> None:
        """``build`` makes the queryset, with slots; it is called when somebody first asks."""
        self._build = build

    @cached_property
    def _words(self) -> _Words:
        return _Words.of(self._build())

    def first(self, **values: Any) -> M | None:
        """The first it finds, or None; the queryset says itself in which order, or that there is at most one."""
        return next(self._found(values), None)

    def get(self, **values: Any) -> M:
        """The first it finds; raises the model's DoesNotExist."""
        found = self.first(**values)
        if found is None:
            raise self._words.model.DoesNotExist
        return found

    def all(self, **values: Any) -> list[M]:
        """All it finds."""
        return list(self._found(values))

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a `values_list`."""
        return list(self._rows(values))

    def _found(self, values: dict[str, Any]) -> Iterator[M]:
        words = self._words
        for row in self._rows(values):
            found: M = words.model.from_db(connection.alias, words.names, row[words.fields])
            for populator in words.related:
                populator.populate(row, found)
            for name, column in words.annotations:
                setattr(found, name, row[column])
            yield found

    def _rows(self, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        words = self._words
        bound = [values[slot.name] if isinstance(slot, Slot) else slot for slot in words.slots]
        with connection.cursor() as cursor:
            cursor.execute(words.sql, bound)
            rows = cursor.fetchall()
        return map(tuple, words.compiler.apply_converters(rows, words.converters)) if words.converters else iter(rows)
