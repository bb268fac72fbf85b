"""What this process sends to the database: how many statements a request costs, and which, with their values.

Recorded where psycopg sends them, so that nothing passes by. A request is made inside a transaction that is rolled
back where the walk should leave no trace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import psycopg
from benchmarks.walking import as_nobody, as_signed_in
from benchmarks.wire import Answer, Asked, Visit

from tests.factories.through_server import ThroughServer

if TYPE_CHECKING:
    from benchmarks.site import Site


WALKS = 3  # in one of them at least nothing is asked for again that a process keeps for some seconds
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement as it was given to psycopg."""

    text: str
    values: Any
    on_server: bool  # the values go beside the text, and are not written into it


@contextmanager
def recorded() -> Iterator[list[Sent]]:
    """All statements of this process meanwhile, but for the control of transactions."""
    found: list[Sent] = []
    execute = psycopg.Cursor.execute

    def recording(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        text = (
            query if isinstance(query, str) else query.as_string(cursor) if hasattr(query, "as_string") else str(query)
        )
        if not text.lstrip().startswith(CONTROL):
            found.append(Sent(text, params, not isinstance(cursor, psycopg.ClientCursor)))
        return execute(cursor, query, params, **options)

    with patch.object(psycopg.Cursor, "execute", recording):
        yield found


def asked_here(asked: Asked) -> Answer:
    """Put a question to the application in this process; the cookies are the visit's own."""
    headers = {name: value for name, value in asked.headers.items() if name != "Content-Type"}
    client = ThroughServer(headers=headers)
    kind = asked.headers.get("Content-Type", "application/octet-stream")
    with patch("lantoa.config.lines.write"):  # its line in the log
        response = client.generic(asked.method, asked.path, asked.body, content_type=kind, HTTP_HOST="127.0.0.1")
    headers_back = [(name.lower(), value) for name, value in response.headers.items()]
    headers_back += [("set-cookie", morsel.OutputString()) for morsel in response.cookies.values()]
    return Answer(response.status_code, headers_back, response.content)


def walked_here(visit: Visit) -> dict[str, list[list[Sent]]]:
    """Make a visit in this process; by name, the statements of each request."""
    found: dict[str, list[list[Sent]]] = defaultdict(list)
    asked = next(visit)
    while True:
        with recorded() as sent:
            answer = asked_here(asked)
        found[asked.name].append(sent)
        try:
            asked = visit.send(answer)
        except StopIteration:
            return found


def statements(site: Site, password: str) -> dict[str, list[Sent]]:
    """By name, the statements of each request once everything that a process keeps is known to it."""
    found: dict[str, list[Sent]] = {}
    for walker in site.newcomers(WALKS, password):
        for story in (*as_signed_in(walker), *as_nobody(site.strangers(1)[0])):
            for name, sent in walked_here(story).items():
                found[name] = min((*sent, found.get(name, sent[0])), key=len)
    return found
