"""Settings of a control: each request leaves memory and an open file behind."""

import os
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lantoa.config.settings import *  # noqa: F403
from lantoa.config.settings import MIDDLEWARE as _ALL

LEFT = 50_000  # bytes a request
kept: list[tuple[bytes, int]] = []


def leaking(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: forgets to let go."""

    def answer(request: HttpRequest) -> HttpResponse:
        kept.append((os.urandom(LEFT), os.open(os.devnull, os.O_RDONLY)))
        return get_response(request)

    return answer


MIDDLEWARE = [*_ALL[:1], "torture.leaking.leaking", *_ALL[1:]]
