"""Settings of a control: every answer is counted in the cache, and none is given without it."""

from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from lantoa.config.settings import *  # noqa: F403
from lantoa.config.settings import MIDDLEWARE as _ALL


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: as if a cache were always there."""

    def answer(request: HttpRequest) -> HttpResponse:
        cache.add("answers", 0)
        cache.incr("answers")
        return get_response(request)

    return answer


MIDDLEWARE = [*_ALL[:1], "torture.needy.counted", *_ALL[1:]]
