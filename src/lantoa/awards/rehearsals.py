"""Taking a rehearsal away without trace: from the last room, because it reaches into all of them.

Every table that leads to a contest or a person is found by its references, so that none is forgotten; rows go children
first. The triggers of tables to which one only appends let a rehearsal's rows go and no other.
"""

from __future__ import annotations

import shutil
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import ForeignKey, Model, QuerySet
from psycopg.errors import DeadlockDetected, LockNotAvailable

from lantoa.contests.log import Log
from lantoa.contests.models import Contest
from lantoa.contests.rehearsals import PREFIX, rehearsals
from lantoa.exams.models import Best
from lantoa.lib.bulk import references_last
from lantoa.people.models import Person
from lantoa.standings.fold import lock

OF_PERSON, OF_CONTEST = "rehearsal", "pk__in"  # what is asked of the one, and of the other
Ways = dict[type[Model], tuple[str, ...]]
# Half of the second after which the server looks for deadlocks: it is always the removal that gives way, and begins
# anew, never somebody's page or the worker.
GIVES_WAY, TRIES = "500ms", 200


def remove_rehearsals() -> Counter[str]:
    """Remove every rehearsal: people, accounts, exams, log, figures, public files; how many rows of which table.

    One transaction, some seconds for a whole city's; in these no exam of another contest can be submitted. Raises
    OperationalError when a table that it needs is held for more than a minute.
    """
    for left in reversed(range(TRIES)):
        try:
            gone = _remove_all()
            break
        except OperationalError as busy:
            if not left or not isinstance(busy.__cause__, LockNotAvailable | DeadlockDetected):
                raise
    _remove_files()
    return gone


@transaction.atomic
def _remove_all() -> Counter[str]:
    _wait_for_locks(GIVES_WAY)
    found = list(rehearsals().select_for_update(of=("self",)))
    gone = _remove(found) if found else Counter[str]()
    _wait_for_locks("0")
    return gone


def _wait_for_locks(most: str) -> None:
    """At most so long for each, to the end of the transaction; "0": for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [most])


def _remove(found: list[Contest]) -> Counter[str]:
    """All rows of these contests and of all invented people, with nobody folding or numbering meanwhile."""
    for contest in found:
        lock(contest)
    list(Log.objects.select_for_update().filter(contest__in=found))
    ways = _ways(Person, OF_PERSON) | _ways(Contest, OF_CONTEST)
    gone: Counter[str] = Counter()
    with references_last(Best):  # nothing finds a best result by its attempt
        _wait_for_locks("0")  # whoever holds one of its rows waits for nothing that is locked here
        for model in _children_first(ways):
            wanted = True if ways[model][-1] == OF_PERSON else [contest.pk for contest in found]
            rows: QuerySet[Model] = QuerySet(model).filter(**{"__".join(ways[model]): wanted})
            count = rows._raw_delete(rows.db)  # noqa: SLF001 (children went before)
            gone[model._meta.db_table] += count  # noqa: SLF001 (the documented way to ask)
    return gone


def _ways(root: type[Model], end: str) -> Ways:
    """From each table that refers to ``root``, directly or over others, the shortest way there, as a lookup's parts."""
    ways: Ways = {root: (end,)}
    edge: Ways = ways
    while edge:
        edge = {
            model: (field.name, *edge[_target(field)])
            for model in _models()
            if model not in ways
            for field in reversed(_references(model))
            if _target(field) in edge
        }
        ways = ways | edge
    return ways


def _children_first(reached: Ways) -> list[type[Model]]:
    """The tables in an order in which nothing refers to a row that goes."""
    order: TopologicalSorter[type[Model]] = TopologicalSorter({model: set() for model in reached})
    for model in reached:
        for field in _references(model):
            if _target(field) in reached:
                order.add(_target(field), model)
    return list(order.static_order())


def _models() -> list[type[Model]]:
    return list(apps.get_app_config("lantoa").get_models())


def _references(model: type[Model]) -> list[ForeignKey[Model]]:
    fields = model._meta.concrete_fields  # noqa: SLF001 (the documented way to ask)
    return [field for field in fields if isinstance(field, ForeignKey) and _target(field) is not model]


def _target(field: ForeignKey[Model]) -> type[Model]:
    target = field.related_model
    assert isinstance(target, type)
    return target


def _remove_files() -> None:
    """Files of logs and of public pages that no contest has any more."""
    kept = set(rehearsals().values_list("slug", flat=True))
    pages = Path(settings.PAGES) / "made"
    for place in (Path(settings.EXPORT), pages, pages / "en"):
        for folder in place.glob(f"{PREFIX}*"):
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)  # a process that writes there now finds out by itself
