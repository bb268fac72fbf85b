"""The third floor: the very statements that the site sends for a start and for a submission, with nothing around them.

They are recorded in this process, each request in a transaction that is rolled back, and then sent for real.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
from benchmarks.counting import Sent, asked_here, recorded
from benchmarks.installation import Cpu
from benchmarks.walking import sitting
from django.db import connection, transaction

if TYPE_CHECKING:
    from benchmarks.walking import Walker
    from benchmarks.wire import Answer, Asked, Visit


PLANNED = 16  # times a connection sends a statement until the server surely keeps its plan
CLIENTS = 4


def measure(people: list[Walker], server: int) -> dict[str, float]:
    """Database CPU milliseconds of both; ``people`` are signed in and sit their first attempt by it."""
    visits = [sitting(walker, saves=0) for walker in people]
    starts = [visit.send(asked_here(next(visit))) for visit in visits]
    began = [_tried(asked) for asked in starts]
    found = {"own start": replay([sent for _, sent in began], server)}
    submits = [_to_the_submission(visit, answer) for visit, (answer, _) in zip(visits, began, strict=True)]
    found["own submit"] = replay([_tried(asked)[1] for asked in submits], server)
    _check(len(people))
    return found


def _tried(asked: Asked) -> tuple[Answer, list[Sent]]:
    """What a request answers and sends, without a trace."""
    with transaction.atomic():
        with recorded() as sent:
            answer = asked_here(asked)
        transaction.set_rollback(True)
    return answer, sent


def _to_the_submission(visit: Visit, answer: Answer) -> Asked:
    """The question with which a visit hands in, after the paper it may open."""
    asked = visit.send(answer)
    while asked.name != "submit":
        asked = visit.send(asked_here(asked))
    return asked


def _check(expected: int) -> None:
    """The replay did the work: as many attempts are closed as people sat."""
    from lantoa.exams.models import Attempt

    connection.ensure_connection()
    closed = Attempt.objects.filter(submitted_at__isnull=False).order_by("-pk")[:expected]
    assert len({attempt.contestant_id for attempt in closed}) == expected


def replay(requests: Sequence[list[Sent]], server: int) -> float:
    """Send what so many requests sent, as psycopg sends it, over kept connections; CPU milliseconds a request.

    A request of several statements is one transaction.
    """
    shares = [list(requests[n::CLIENTS]) for n in range(CLIENTS)]
    warm = PLANNED
    connections = [_connected(shares[0][0][0].on_server) for _ in shares]
    with ThreadPoolExecutor(CLIENTS) as pool:
        run = _sending(pool, connections)
        run([share[:warm] for share in shares])
        before = Cpu.of_tree(server)
        run([share[warm:] for share in shares])
        spent = Cpu.of_tree(server).since(before)
    for one in connections:
        one.close()
    return 1000 * spent / sum(len(share) - warm for share in shares)


def _sending(pool: ThreadPoolExecutor, connections: list[Any]) -> Callable[[list[list[list[Sent]]]], None]:
    def one(connection: Any, share: list[list[Sent]]) -> None:
        for statements in share:
            if len(statements) > 1:
                with connection.transaction():
                    for sent in statements:
                        connection.execute(sent.text, sent.values)
            else:
                connection.execute(statements[0].text, statements[0].values)

    return lambda shares: list(pool.map(one, connections, shares)) and None


def _connected(on_server: bool) -> Any:  # noqa: FBT001
    """A connection as Django's: its parameters, its adapters, its way of binding and preparing."""
    connection.ensure_connection()
    mine = connection.connection
    options = {k: v for k, v in connection.get_connection_params().items() if k not in {"cursor_factory", "context"}}
    options["prepare_threshold"] = mine.prepare_threshold
    factory = psycopg.Cursor if on_server else psycopg.ClientCursor
    return psycopg.connect(**{**options, "autocommit": True}, cursor_factory=factory, context=mine)
