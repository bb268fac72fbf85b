"""Writes the pages that everybody opens without signing in as files, made by the same views."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import override

from lantoa.contests.calendar import Phase
from lantoa.contests.content import public_kinds
from lantoa.contests.documents import Document
from lantoa.contests.models import Contest
from lantoa.lib import clock
from lantoa.lib.page_files import FRESH, PageFiles, file_name

# Seconds after which a page of an open contest is made again, if anything was written meanwhile: first pages, others.
SOON, THEN = 5.0, 20.0
LATER = 60.0  # after which every page is made again: the moment that it names is a minute's
LANGUAGES = ("vi", "en")
MEASURES = ("theo=ty-le", "theo=hoan-thanh", "theo=dang-ky")
# What changes while people take part: name of the address, query, how soon.
LIVING = (
    *((name, "", SOON) for name in ("contest", "standings", "unit-standings", "statistics")),
    *((name, "", THEN) for name in ("cluster-standings", "wall", "bulletins")),
    *((name, query, THEN) for name in ("unit-standings", "cluster-standings") for query in MEASURES),
)
STILL = ("documents",)
BY_KIND = {
    Document.Kind.RULES: "rules",
    Document.Kind.HELP: "help",
    Document.Kind.PRIVACY: "privacy",
    Document.Kind.ACCESSIBILITY: "accessibility",
}
OF_ALL = ("home", "open-data", "check")
log = logging.getLogger("lantoa.pages")


@dataclass(frozen=True, slots=True)
class Kept:
    """A page to keep: its address, how soon it is made again, and the phase of its contest."""

    address: str
    query: str
    soon: float
    phase: str

    @property
    def name(self) -> str:
        """Of its file."""
        name = file_name(self.address, self.query)
        assert name is not None, f"{self.address}?{self.query} can have no file"
        return name


@dataclass(frozen=True, slots=True)
class Made:
    """When a page was made, from which state of the database, in which phase of its contest."""

    at: float
    written: str
    phase: str


class Writer:
    """Keeps all public pages; one a machine that has a web server or serves by itself."""

    def __init__(self) -> None:
        """Django's whole chain, as the server has it."""
        self.files = PageFiles(settings.PAGES)
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._made: dict[str, Made] = {}
        self._written = ""
        self._begun = False

    def round(self) -> int:
        """Make what is due again, take away what is public no longer, vouch for all; how many pages were made.

        Raises the database's error when it is away: what is kept stays for as long as it was vouched for.
        """
        self._written = clock.written()  # before the first page is made: what is written from here on makes it due
        wanted = list(pages())
        made = sum(self._renew(page) for page in wanted if self._is_due(page))
        for name in self._made.keys() - {page.name for page in wanted}:
            self._drop(name)
        if not self._begun:
            self._sweep()
        self.files.vouch(time.time())
        return made

    def _is_due(self, page: Kept) -> bool:
        made = self._made.get(page.name)
        if made is None or made.phase != page.phase:
            return True
        age = time.monotonic() - made.at
        return age >= LATER or (age >= page.soon and made.written != self._written)

    def _renew(self, page: Kept) -> bool:
        made = Made(time.monotonic(), self._written, page.phase)
        html = self._render(page)
        if html is None:
            self._drop(page.name)
        else:
            self.files.keep(page.name, html)
        self._made[page.name] = made
        return html is not None

    def _render(self, page: Kept) -> bytes | None:
        """What the application answers to somebody unknown; None if that is not the same page for everybody."""
        response = self._handler.get_response(request_of(page.address, page.query))
        assert isinstance(response, HttpResponse), "a page is no stream"
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            clock.written()  # raises if it is the database that is broken, and not this page
        shown = response.status_code == HTTPStatus.OK and response.headers["Content-Type"].startswith("text/html")
        return response.content if shown and not response.cookies and "Set-Cookie" not in response.headers else None

    def _drop(self, name: str) -> None:
        self.files.drop(name)
        self._made.pop(name, None)

    def _sweep(self) -> None:
        """What an earlier writer left."""
        for name in self.files.names() - self._made.keys():
            self.files.drop(name)
        self.files.tidy()
        self._begun = True


def pages() -> Iterator[Kept]:
    """All that are kept now: of the platform, and of each contest that has an address, in both languages."""
    now = clock.now()
    contests = list(Contest.objects.public(rehearsals=True))
    kinds = public_kinds()
    for contest in contests:
        phase = contest.phase(now)
        for name, query, soon in LIVING:
            yield from _both(name, query, soon if phase is Phase.OPEN else LATER, phase.value, contest.slug)
        for name in (*STILL, *(name for kind, name in BY_KIND.items() if (contest.pk, kind) in kinds)):
            yield from _both(name, "", LATER, phase.value, contest.slug)
    all_phases = " ".join(f"{contest.slug}:{contest.phase(now).value}" for contest in contests)
    for name in OF_ALL:
        yield from _both(name, "", LATER, all_phases)


def _both(name: str, query: str, soon: float, phase: str, *where: str) -> Iterator[Kept]:
    for language in LANGUAGES:
        with override(language):
            yield Kept(reverse(name, args=where), query, soon, phase)


def request_of(address: str, query: str) -> WSGIRequest:
    """A request of nobody in particular, marked so that the page is made and not read from its file."""
    public = urlsplit(settings.PUBLIC_URL)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "SERVER_NAME": public.hostname or "localhost",
        "SERVER_PORT": str(public.port or (443 if settings.HTTPS else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": public.netloc,
        "HTTP_X_FORWARDED_PROTO": public.scheme,  # read only behind a proxy, which would have set it
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": public.scheme,
        "wsgi.input": BytesIO(),
        FRESH: True,
    }
    return WSGIRequest(environ)
