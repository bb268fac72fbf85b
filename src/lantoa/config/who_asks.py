"""Who asks, as it was read with the session (people/sessions.py)."""

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


class WhoAsks(AuthenticationMiddleware):
    """`request.user` without a query of its own."""

    def process_request(self, request: HttpRequest) -> None:
        """Look when it is asked for."""
        request.user = SimpleLazyObject(lambda: request.session.account or AnonymousUser())  # type: ignore[assignment, attr-defined]
