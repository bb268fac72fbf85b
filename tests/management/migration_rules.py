"""What a migration may do while people sit, and while machines of the version before still run (R14, R17).

Adding is quick: a table, a column that may be empty or has a constant default, a constraint for new rows, an index built
concurrently. Whatever scans or rewrites a table, or takes away what the version before reads, is refused, unless the
migration says in `safe_under_load` why it is harmless: a small table, or a column that no released version reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

RELEASED = 16  # up to this number they are older than the first release: no running site has met them
STATE_ONLY = (migrations.AlterModelOptions, migrations.AlterModelManagers, migrations.CreateModel)
BESIDE = (AddIndexConcurrently, ValidateConstraint)


def faults_of(migration: migrations.Migration, state: ProjectState) -> list[str]:
    """What is wrong with it, by operation; ``state``: before it."""
    if getattr(migration, "safe_under_load", ""):
        return []
    made: set[str] = set()
    faults = []
    for operation in migration.operations:
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        elif getattr(operation, "model_name_lower", "") not in made and (fault := _fault(operation, migration, state)):
            faults.append(f"{operation.describe()}: {fault}")
        operation.state_forwards(migration.app_label, state)
    return faults


def _fault(operation: Operation, migration: migrations.Migration, state: ProjectState) -> str:
    if isinstance(operation, BESIDE):
        return "in a transaction of its own: atomic = False" if migration.atomic else ""
    if isinstance(operation, (*STATE_ONLY, AddConstraintNotValid)):
        return ""
    for kind, judge in JUDGES.items():
        if isinstance(operation, kind):
            return judge(operation, state, migration.app_label)
    return "say in safe_under_load why it holds nobody up"


def _added(operation: Any, _state: ProjectState, _app: str) -> str:
    field = operation.field
    if isinstance(field, models.GeneratedField):
        return "rewrites the table"
    if field.remote_field or field.unique or field.db_index:
        return "the column first; then its index concurrently, its constraint not valid and validated"
    return "" if field.null or field.has_default() or field.has_db_default() else "without a default it cannot be added"


def _altered(operation: Any, state: ProjectState, app: str) -> str:
    before, after = state.models[app, operation.model_name_lower].fields[operation.name], operation.field
    if before.db_parameters(connection) != after.db_parameters(connection):
        return "another type may rewrite the table"
    if before.null and not after.null:
        return "a check that is not valid, validated, then this with safe_under_load"
    return "builds an index" if (after.unique, after.db_index) != (before.unique, before.db_index) else ""


JUDGES: dict[type[Operation], Callable[[Any, ProjectState, str], str]] = {
    migrations.AddField: _added,
    migrations.AlterField: _altered,
    migrations.AddIndex: lambda *_: "AddIndexConcurrently",
    migrations.AddConstraint: lambda *_: "AddConstraintNotValid, then ValidateConstraint",
}
