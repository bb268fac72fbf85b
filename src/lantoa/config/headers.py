"""The headers that every page carries."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# No inline script, no inline style, no other host (domain.md §5: nothing is fetched from abroad).
SITE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' https:; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# Unfold's shell is built with Alpine.js, which evaluates the expressions in its attributes: the only thing let in.
CONSOLE_POLICY = SITE_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'")
CONSOLE = "/quan-tri/"
ALWAYS = {
    **({"Strict-Transport-Security": f"max-age={settings.SECURE_HSTS_SECONDS}"} if settings.HTTPS else {}),
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ON_THE_SITE = {"Content-Security-Policy": SITE_POLICY, **ALWAYS}
IN_THE_CONSOLE = {"Content-Security-Policy": CONSOLE_POLICY, **ALWAYS}


class PageHeaders:
    """Every header of safety on every answer, whoever gives it, and no caching of what belongs to a person.

    First of all middleware: an answer that another one gives by itself, also to a request that it refuses, is dressed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        response = self.get_response(request)
        for name, value in (IN_THE_CONSOLE if request.path_info.startswith(CONSOLE) else ON_THE_SITE).items():
            response.headers.setdefault(name, value)
        if (request.COOKIES or response.cookies) and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response
