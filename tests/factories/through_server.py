"""Django's test client, whose requests go the way that the server hands them over: the exam's steps first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from lantoa.config.steps_first import StepsFirst


class _Ordinary(Exception):
    """It was handed on."""


class ThroughServer(Client):
    """What a step answered by itself has ``route``, like the answers of a front middleware."""

    def request(self, **request: Any) -> HttpResponse:
        """Send it."""
        sent: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            sent.update(status=int(status.split(maxsplit=1)[0]), headers=dict(headers))

        environ = self._base_environ(**request)
        try:
            body = b"".join(StepsFirst(_hand_on)(environ, start))
        except _Ordinary:
            return super().request(**{**request, "wsgi.input": environ["wsgi.input"]})
        answer = HttpResponse(body, status=sent["status"], headers=sent["headers"])
        answer.route, answer.url = True, answer.headers.get("Location")  # type: ignore[attr-defined]
        answer.json = lambda: self._parse_json(answer)  # type: ignore[attr-defined]
        return answer


def _hand_on(*_: Any) -> Any:
    raise _Ordinary
