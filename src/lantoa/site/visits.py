"""Counts the pages of contests that people see: in memory, added to the database once a second (figures.md §6).

No identity is kept, not even for a moment. A process that is killed loses less than one second's visits and never
counts any twice; one that is told to stop adds what it holds.
"""

from __future__ import annotations

import atexit
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from multiprocessing import util
from threading import Event, Lock, Thread
from typing import Any, Protocol

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from lantoa.contests.visits import by_a_person, record_visits
from lantoa.lib.page_files import COUNTS, PAGE_OF
from lantoa.lib.watch import measures

SECONDS = 1.0
_COUNTS = f"HTTP_{COUNTS.upper().replace('-', '_')}"
log = logging.getLogger(__name__)


class Headers(Protocol):
    """What is said before a page: of Django's answers, and of those that are no request of Django's."""

    def __setitem__(self, name: str, value: str, /) -> None:
        """Say it."""


class VisitCounter:
    """Numbers of one process by contest, waiting to be recorded."""

    def __init__(self) -> None:
        """Start empty; the shard sets this process's rows apart from others'."""
        self.shard = secrets.randbelow(2**31)
        self._made: Counter[str] = Counter()
        self._lock = Lock()
        self._stop = Event()
        self._thread: Thread | None = None

    def add(self, slug: str) -> None:
        """One page seen."""
        with self._lock:
            self._made[slug] += 1

    def flush(self) -> None:
        """Record what was counted; what cannot be recorded now is put back for the next time."""
        with self._lock:
            made, self._made = self._made, Counter()
        if not made:
            return
        try:
            record_visits(made, shard=self.shard)
        except DatabaseError as problem:
            with self._lock:
                self._made.update(made)
            log.warning("visits wait for the database: %s", problem)
            connection.close_if_unusable_or_obsolete()

    def start(self) -> None:
        """Flush each second from a thread of its own, and once more when the process ends. The server calls it."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="visits", daemon=True)
            self._thread.start()
            atexit.register(self.stop)
            # Processes made by `multiprocessing`, as the server's workers are, end without `atexit`.
            util.Finalize(None, self.stop, exitpriority=0)

    def stop(self) -> None:
        """End the thread and record the rest."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self._stop.clear()
        self.flush()
        connection.close()

    def _run(self) -> None:
        while not self._stop.wait(SECONDS):
            self.flush()
            measures.VISITS.set(self._made.total())
        connection.close()


visits = VisitCounter()


class CountVisits:
    """Middleware: counts what somebody saw of a contest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Django's signature."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer first, then count."""
        response = self.get_response(request)
        match = request.resolver_match
        slug = match.kwargs.get("contest") if match else None
        page = response.status_code == HTTPStatus.OK and response.headers.get("Content-Type", "").startswith(
            "text/html"
        )
        opened = match and (request.method == "GET" or match.url_name == "exam-start")  # which the paper answers
        if slug and page and opened:
            count_page(request.META, response.headers, slug)
        return response


def count_page(sent: Mapping[str, Any], headers: Headers, slug: str) -> None:
    """Count the page of a contest that is sent, if a person asked for it; or leave it to the web server in front.

    ``sent`` is what the server hands over (`request.META`), ``headers`` go out with the page.
    """
    if _COUNTS in sent:
        headers[PAGE_OF] = slug
    elif sent["REQUEST_METHOD"] != "HEAD" and by_a_person(
        sent.get("HTTP_USER_AGENT", ""), sent.get("HTTP_SEC_PURPOSE", "")
    ):
        visits.add(slug)
