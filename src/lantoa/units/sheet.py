"""Units as a sheet: the same columns that the import reads."""

from __future__ import annotations

from collections.abc import Iterator

from lantoa.units.models import Population, Unit

HEADER = ["code", "name", "type", "population", "parent_code", "cluster"]


def rows(root: Unit) -> Iterator[list[object]]:
    """A row for each unit under ``root``, its communes first; two queries."""
    units = list(Unit.objects.under(root))
    people = Population.objects.latest_of(units)
    for unit in units:
        parent = unit.parent.code if unit.parent and unit.parent != root else ""
        membership = getattr(unit, "membership", None)
        cluster = membership.cluster.name if membership else ""
        yield [unit.code, unit.name, unit.get_kind_display(), people.get(unit.pk, ""), parent, cluster]
