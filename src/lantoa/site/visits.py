"""Counts the pages of contests that people see: in memory, added to the database once a second (figures.md §6).

No identity is kept, not even for a moment. A process that is killed loses less than one second's visits and never
counts any twice; one that is told to stop adds what it holds.
"""

from __future__ import annotations

import atexit
import logging
import re
import secrets
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from multiprocessing import util
from threading import Event, Lock, Thread

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from lantoa.contests.visits import record_visits

SECONDS = 1.0
# Programs that say so themselves; whoever pretends to be a browser is counted, and the rules of the figures say that.
BOTS = re.compile(
    r"(?<!cu)bot\b|bot[/;_-]|crawl|spider|slurp|preview|externalhit|headless|lighthouse|monitor|uptime|https?:|curl|wget"
    r"|python|java/|okhttp|go-http|axios|scrapy|archive",  # Cubot makes telephones
    re.IGNORECASE,
)
log = logging.getLogger(__name__)


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
            connection.close()

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
        if slug and _seen_by_a_person(request, response):
            visits.add(slug)
        return response


def _seen_by_a_person(request: HttpRequest, response: HttpResponse) -> bool:
    """A whole page, asked for by a browser, not fetched ahead of being opened."""
    agent = request.headers.get("User-Agent", "")
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    page = response.status_code == HTTPStatus.OK and response.headers.get("Content-Type", "").startswith("text/html")
    return request.method == "GET" and page and bool(agent) and not ahead and not BOTS.search(agent)
