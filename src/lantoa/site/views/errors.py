"""Pages for what went wrong: what happened, is my work safe, what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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
    """500: shown without any query."""
    return render(request, "site/errors/500.html", status=500)
