"""The addresses of the open data; outsiders may rely on them (docs/interfaces.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from lantoa.api.answers import DAY, Answer, respond
from lantoa.api.endpoints import ENDPOINTS, Endpoint
from lantoa.api.openapi import document
from lantoa.api.parameters import read


def _served(endpoint: Endpoint) -> Callable[..., HttpResponse]:
    """Django's view: read what is asked, strictly, then answer."""

    def view(request: HttpRequest, **where: Any) -> HttpResponse:
        asked = read(request.GET, endpoint.parameters)
        return respond(request, endpoint.view(**where, **asked))

    return view


def _document() -> Answer:
    return Answer(lambda: document(ENDPOINTS), DAY)


_OPENAPI = Endpoint("openapi", "openapi.json", _document, "The OpenAPI document", "")

urlpatterns = [
    path(endpoint.route, _served(endpoint), name=f"api-{endpoint.name}") for endpoint in (*ENDPOINTS, _OPENAPI)
]
