"""Data as a response: JSON, with a mark (ETag) by which whoever has them already is spared them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from lantoa.api.problems import Problem

MINUTE, DAY = 60, 86_400  # seconds that others may keep an answer


@dataclass(frozen=True, slots=True)
class Answer:
    """How to make the data, how long they may be kept, and what they follow from if that is known beforehand."""

    make: Callable[[], dict[str, Any]]
    fresh: int
    source: str = ""


def respond(request: HttpRequest, answer: Answer) -> HttpResponse:
    """The data, or 304: without making them where the mark follows from their source."""
    if not request.accepts("application/json"):
        raise Problem(406)
    body = b"" if answer.source else _body(answer)
    mark = f'W/"{sha256(answer.source.encode() or body).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Cache-Control": f"public, max-age={answer.fresh}"}
    if _has(request, mark):
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return HttpResponse(body or _body(answer), content_type="application/json", headers=headers)


def _body(answer: Answer) -> bytes:
    """Signs that mean something in HTML are spelled out: whatever reads the text as a page finds words in it."""
    text = json.dumps(answer.make(), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026").encode()


def _has(request: HttpRequest, mark: str) -> bool:
    """Weak comparison, as RFC 9110 asks of If-None-Match."""
    sent = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in sent or mark.removeprefix("W/") in {one.removeprefix("W/") for one in sent}
