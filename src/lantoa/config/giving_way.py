"""When the database is slow, what only shows something gives way to what is written (reliability.md R07).

A process answers one request after the other. A page that waits for a slow table would keep an exam waiting behind it:
so it waits for a shorter time, and when it waited in vain, the process turns such pages away for a multiple of what was
lost. Whatever happens to a table, two thirds of the time are left for those who write.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lantoa.config.headers import CONSOLE
from lantoa.lib.patient.base import hurried
from lantoa.site.views.errors import busy

REST = 2  # times as long as was waited in vain: with `READING` a site is whole again within five seconds
_EXAM = re.compile(r"/(en/)?[-\w]+/thi/", re.ASCII)  # the paper itself is never turned away


class ReadsGiveWay:
    """Middleware: the patience of a page by what it is for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Django's signature."""
        self.get_response = get_response
        self.closed_until = 0.0  # by the process's own steady clock

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; or say at once that it is busy."""
        where = request.path_info
        if request.method not in {"GET", "HEAD"} or where.startswith(CONSOLE) or _EXAM.fullmatch(where):
            return self.get_response(request)
        began = time.monotonic()
        if began < self.closed_until:
            return busy(request)
        with hurried(settings.READING):
            response = self.get_response(request)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            ended = time.monotonic()
            self.closed_until = ended + REST * (ended - began)
        return response
