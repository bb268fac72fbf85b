"""The OpenAPI 3.1 document, made from the same declarations that the addresses are served by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from lantoa.api.endpoints import WHERE, Endpoint
from lantoa.api.parameters import Parameter
from lantoa.api.schemas import SCHEMAS
from lantoa.api.views import EDITION

_ABOUT = (
    "Open data of mass learning contests: read-only, without a key. Names of fields stay; fields may be added. Figures "
    "are of whole minutes that are settled: for the same as_of and known_at they never change."
)
_MARK = {"ETag": {"schema": {"type": "string"}, "description": "Send it back as If-None-Match."}}
_WAIT = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lan Tỏa – dữ liệu mở",
            "version": EDITION,
            "description": _ABOUT,
        },
        "servers": [{"url": f"{settings.PUBLIC_URL}/api/v1"}],
        "security": [],
        "paths": {f"/{endpoint.path}": {"get": _operation(endpoint)} for endpoint in endpoints},
        "components": {"schemas": SCHEMAS},
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {
            "description": "The data.",
            "headers": _MARK,
            "content": {"application/json": {"schema": _schema(endpoint.returns)}},
        },
        "304": {"description": "What you have still holds.", "headers": _MARK},
        "400": _problem("A parameter is wrong."),
        "404": _problem("There is no such contest or unit."),
        "406": _problem("Only JSON is spoken."),
        "429": {**_problem("Too many requests in this minute."), "headers": _WAIT},
        "503": {**_problem("Too busy right now."), "headers": _WAIT},
    }
    return {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "parameters": [*_places(endpoint), *map(_parameter, endpoint.parameters)],
        "responses": answers,
    }


def _places(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": about, "schema": schema}
        for name, (about, schema) in WHERE.items()
        if f"{{{name}}}" in endpoint.path
    ]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {"name": parameter.name, "in": "query", "description": parameter.about, "schema": parameter.schema}


def _problem(about: str) -> dict[str, Any]:
    return {"description": about, "content": {"application/problem+json": {"schema": _schema("Problem")}}}


def _schema(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"} if name else {"type": "object"}
