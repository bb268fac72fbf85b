"""What is no text at all is turned away before any view sees it (reliability.md S23)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

# A zero byte and halves of a character: PostgreSQL keeps neither, and no keyboard makes them.
_UNREADABLE = re.compile("[\0\ud800-\udfff]")


class ReadableText:
    """Refuses such an address or form, and forgets such a cookie. Stands before everything that reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on without the cookies that nobody can have been given."""
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if not _UNREADABLE.search(value)}
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, kwargs: dict[str, Any]) -> None:
        """Answer 400 here, where language and session are known, so that the page can be shown as usual."""
        texts = [str(value) for value in kwargs.values()]
        for fields in (request.GET, request.POST):
            for name, values in fields.lists():
                texts += [name, *map(str, values)]
        if _UNREADABLE.search("".join(texts)):
            raise BadRequest("not text")
