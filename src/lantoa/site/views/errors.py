"""Pages for what went wrong: what happened, is my work safe, what to do."""

from __future__ import annotations

import secrets
import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lantoa.lib.outage import passing

SOONEST, LATEST = 5, 15  # seconds until a page that found no database is asked again: the crowd spreads itself


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 (Django's signature)
    """A form was sent from elsewhere, or after its page grew too old."""
    return render(request, "site/errors/403.html", {"stale": True}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400."""
    return render(request, "site/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403."""
    return render(request, "site/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404."""
    return render(request, "site/errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database could not answer now (reliability.md R07): shown without any query."""
    if not passing(sys.exc_info()[1]):
        return render(request, "site/errors/500.html", status=500)
    return busy(request)


def busy(request: HttpRequest) -> HttpResponse:
    """503, with the seconds after which to ask again: without any query."""
    wait = SOONEST + secrets.randbelow(LATEST - SOONEST + 1)
    again = wait if request.method in {"GET", "HEAD"} else None
    response = render(request, "site/errors/503.html", {"again": again}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response
