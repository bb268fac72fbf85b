"""Which failures of the database pass by themselves: nothing is wrong with what was asked, only with the moment."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from psycopg.errors import ReadOnlySqlTransaction

# No server, no free connection, a statement or a lock that took too long, a full disk, a broken deadlock: the
# driver calls them all operational. A server that became a standby will not write; the next connection finds the new
PASSING = (OperationalError, InterfaceError)


def passing(problem: BaseException | None) -> bool:
    """Whether the same request may succeed a little later."""
    return isinstance(problem, PASSING) or isinstance(getattr(problem, "__cause__", None), ReadOnlySqlTransaction)
