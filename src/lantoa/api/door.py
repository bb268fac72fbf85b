"""What every answer of the open data has in common; stands before sessions, cookies and languages are looked at."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lantoa.api import problems
from lantoa.api.limit import Limit, SharedLimit, until_next
from lantoa.people.sign_in import address_of

PREFIX = "/api/v1/"
METHODS = "GET, HEAD, OPTIONS"
# Anybody's page may read what anybody may read; nothing is ever answered by who asks.
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class OpenDoor:
    """Middleware: forgets who asks, answers OPTIONS, counts, and says every failure as a problem in JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        own = Limit(settings.DATA / "api-limit")
        self.limit = SharedLimit(own) if settings.CACHE_URL else own

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Anything but the open data goes on untouched."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.COOKIES = {}
        response = self._answer(request)
        if response.status_code >= HTTPStatus.BAD_REQUEST and response.headers["Content-Type"] != problems.TYPE:
            response = _said_again(request, response)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            for name in ("Vary", "Content-Language"):  # the data are the same in every language
                response.headers.pop(name, None)
        for name, value in OPEN.items():
            response.headers[name] = value
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A problem that a view met."""
        if isinstance(exception, problems.Problem):
            return problems.answer(request, exception.status, exception.errors)
        return None

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)
        if request.method not in {"GET", "HEAD"}:
            response = problems.answer(request, HTTPStatus.METHOD_NOT_ALLOWED)
            response.headers["Allow"] = METHODS
            return response
        now = time.time()
        if settings.API_PER_MINUTE and self.limit.count(address_of(request.META), now) > settings.API_PER_MINUTE:
            response = problems.answer(request, HTTPStatus.TOO_MANY_REQUESTS)
            response.headers["Retry-After"] = str(until_next(now))
            return response
        return self.get_response(request)


def _said_again(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A failure that somebody else answered, as a problem; when to ask again stays."""
    problem = problems.answer(request, response.status_code)
    if "Retry-After" in response.headers:
        problem.headers["Retry-After"] = response.headers["Retry-After"]
    return problem
