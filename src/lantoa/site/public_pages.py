"""Public pages that are kept as files, sent from memory to whoever is not signed in.

`lantoa pages` writes them. A web server in front sends the same files by the same rules (deploy/nginx); where none
stands, this does. What is not kept, or not vouched for any more, is made as if nothing were kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from lantoa.lib.page_files import FRESH, KEPT, PERSONAL, Page, PageReader
from lantoa.site.visits import count_page

GZIP = re.compile(r"\bgzip\b")
CONTEST = re.compile(r"/(?:en/)?([-a-zA-Z0-9_]+)/")
KEPT_PAGE = "kept"
T = TypeVar("T")
_states: WeakKeyDictionary[Page, Any] = WeakKeyDictionary()  # what is shown to those who are signed in


class PublicPages:
    """Middleware: before everything that costs something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Django's signature."""
        self.get_response = get_response
        self.reader = PageReader(settings.PAGES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send what is kept; else go on."""
        request.pages = self.reader  # type: ignore[attr-defined] # for `as_everybody`
        page = self._kept(request)
        return self.get_response(request) if page is None else answer(request, page)

    def _kept(self, request: HttpRequest) -> Page | None:
        sent = request.META
        if request.method not in {"GET", "HEAD"} or FRESH in sent or is_personal(sent.get("HTTP_COOKIE", "")):
            return None
        page = self.reader.page(request.path_info, sent.get("QUERY_STRING", ""))
        return page if page is not None and _is_our_name(request) else None


def as_everybody(request: HttpRequest, read: Callable[..., T], *given: object) -> tuple[T, bool]:
    """What ``read`` finds, and whether it stands as long as the public page of this address.

    Whoever is signed in so sees the state that everybody sees, read once for all of them when that page was made
    anew; ``given`` must be nobody's own. Where no such page is vouched for, it is read for each request.
    """
    reader: PageReader | None = None if FRESH in request.META else getattr(request, "pages", None)
    page = reader and reader.page(request.path_info, request.META.get("QUERY_STRING", ""))
    if not page:
        return read(*given), False
    found: T | None = _states.get(page)
    if found is None:
        found = _states[page] = read(*given)
    return found, True


def is_personal(cookies: str) -> bool:
    """Whether a page may depend on who brings these cookies."""
    return any(name in cookies for name in PERSONAL)


def answer(request: HttpRequest, page: Page) -> HttpResponse:
    """The page as a web server would send it, in the form that was asked for; 304 when the client has it."""
    packed = GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    sheet = page.packed if packed else page.plain
    response = HttpResponse(sheet.body, content_type="text/html; charset=utf-8")
    headers = response.headers
    headers["Content-Language"] = "en" if request.path_info.startswith("/en/") else settings.LANGUAGE_CODE
    headers["Cache-Control"] = KEPT
    headers["Vary"] = "Accept-Encoding, Cookie"
    headers["ETag"] = sheet.tag
    headers["Last-Modified"] = http_date(page.modified)
    if packed:
        headers["Content-Encoding"] = "gzip"
    sent = get_conditional_response(request, etag=sheet.tag, last_modified=page.modified, response=response)
    found = response if sent is None else sent
    found.route = KEPT_PAGE  # type: ignore[attr-defined] # whoever counts requests finds no pattern's name here
    contest = CONTEST.match(request.path_info)
    if contest and found.status_code in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
        count_page(request.META, found.headers, contest[1])
    return found


def _is_our_name(request: HttpRequest) -> bool:
    """A name that we do not go by is refused further on, as it is for every other page."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True
