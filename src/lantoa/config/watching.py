"""The outermost middleware: answers the probes, names the request, counts it and writes its line (decision 0031)."""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import Error
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

from lantoa.api.door import PREFIX
from lantoa.config import lines
from lantoa.config.probes import PROBES
from lantoa.lib.page_files import FRESH
from lantoa.lib.watch import measures

METHODS = {"GET": "GET", "HEAD": "GET", "POST": "POST"}
STATUSES = ["", "1xx", "2xx", "3xx", "4xx", "5xx"]
LONGEST_WAIT = 600.0  # seconds; more is two clocks that do not agree
_IDENTITY = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{7,63}")
_STARTED = re.compile(r"(?:t=)?(\d{10})\.?(\d{3})")


class Watcher:
    """What is noted of every request: its name, its line, its place in the counts. A few microseconds."""

    def __init__(self) -> None:
        self.behind_proxy = settings.SECURE_PROXY_SSL_HEADER is not None
        self.writes = settings.LOG_FORM == "json"

    def identity(self, meta: Mapping[str, Any]) -> str:
        """The proxy's, if it is our own and says something that looks like one; else a new one."""
        if self.behind_proxy:
            started = _STARTED.fullmatch(meta.get("HTTP_X_REQUEST_START", ""))
            if started:
                waited = time.time() - float(".".join(started.groups()))
                if waited < LONGEST_WAIT:
                    measures.WAIT.observe(max(waited, 0.0))
            given = meta.get("HTTP_X_REQUEST_ID", "")
            if _IDENTITY.fullmatch(given):
                return str(given)
        return secrets.token_hex(8)

    def count(self, identity: str, route: str, method: str, status: int, seconds: float) -> None:
        """It was answered."""
        method = METHODS.get(method, "other")
        measures.REQUESTS.add(route, method, STATUSES[status // 100])
        measures.DURATION.observe(seconds, route, method)
        if self.writes:
            lines.write(
                lines.request_line(identity=identity, route=route, method=method, status=status, seconds=seconds)
            )


class Watch(Watcher):
    """Middleware before everything that answers by itself: whatever is answered, by whoever of us, is seen here.

    A front middleware that answers without Django's views says whose page it was by ``response.route``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__()
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        probe = PROBES.get(request.path_info)
        if probe is not None:
            return probe()
        if FRESH in request.META:  # no request at all: a page is made to be kept
            return self.get_response(request)
        began = time.perf_counter()
        identity = self.identity(request.META)
        request.request_id = identity  # type: ignore[attr-defined]
        lines.request_id.set(identity)
        measures.IN_FLIGHT.set(1)
        try:
            response = self.get_response(request)
        finally:
            measures.IN_FLIGHT.set(0)
        route = getattr(response, "route", None) or route_of(request)
        self.count(identity, route, request.method or "", response.status_code, time.perf_counter() - began)
        response.headers["X-Request-ID"] = identity
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the address's pattern, never the address; else what its beginning tells."""
    match = request.resolver_match
    if match is not None and match.view_name:
        return match.view_name
    path = request.path_info
    if path.startswith(settings.STATIC_URL):
        return "static"
    return "api" if path.startswith(PREFIX) else "unknown"


def _broke(**_: Any) -> None:
    problem = sys.exception()
    measures.FAILURES.add("database" if isinstance(problem, Error) else "other")


def _opened(**_: Any) -> None:
    measures.OPENED.add()


got_request_exception.connect(_broke)
connection_created.connect(_opened)
