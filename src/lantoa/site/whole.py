"""Whole pages that are kept for everything they show, with what is somebody's own poured in (decision 0034).

What a page shows is handed over by value, and its template sees nothing else: no request, no row, nobody's account.
Two people who are shown the same get the same bytes but for their own, which never enter what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from lantoa.contests.models import Contest
from lantoa.lib.lately import Lately
from lantoa.lib.mould import Mould, Value, mark
from lantoa.site.context import site
from lantoa.site.public_pages import GZIP

MOST = 8_000_000  # bytes of pages that a process keeps because they were asked for lately, and as many from before
TOKEN = "csrf_token"  # noqa: S105 (the name that Django's tag asks for)


class Root(NamedTuple):
    """The place where a contest is held."""

    code: str
    name: str
    full_name: str


class Shown(NamedTuple):
    """What of a contest a page may show."""

    slug: str
    name: str
    name_en: str
    summary: str
    summary_en: str
    organiser: str
    operator: str
    contact: str
    share_motto: str
    opens_at: datetime
    closes_at: datetime
    rehearsal: bool
    asked: int
    time_limit: timedelta
    learn_first: bool
    attempts_limit: int | None
    public_names: str
    root: Root


def shown(contest: Contest) -> Shown:
    """A contest by value."""
    root = Root(contest.root.code, contest.root.name, contest.root.full_name)
    return Shown(**{name: getattr(contest, name) for name in Shown._fields[:-1]}, root=root)


Own: TypeAlias = Mapping[str, str | Mould]
_pages: Lately[Mould] = Lately(MOST)  # and parts of pages


def whole(
    request: HttpRequest,
    template: str,
    *,
    contest: Contest,
    shows: Mapping[str, Hashable],
    follows: Callable[..., Mapping[str, Any]] = dict,
    own: Own | None = None,
    again: bool = True,
    status: int = 200,
) -> HttpResponse:
    """The page that shows these values, and what is in ``own`` where the template names it: plain words, parts.

    What else the template wants to know is worked out by ``follows`` from the contest and the values alone, when the
    page is not there yet. ``own`` is escaped here unless it is marked as safe; a template can show such a word, but not
    look at it. A form's token is poured too. What is said once stands on a page that is not kept, as one that nobody
    will ask for ``again``.
    """
    signed_in = request.user.is_authenticated
    said = list(get_messages(request))
    again = again and not said
    values = [shows[name] for name in shows]
    key = (template, get_language(), request.get_full_path(), signed_in, shown(contest), *map(type, values), *values)
    page = _pages.get(key) if again else None
    if page is None:
        marks = {name: mark(name) for name in (*(own or ()), TOKEN)}
        known = {**shows, "contest": key[4], **follows(contest=key[4], **shows), **marks}
        known |= {"messages": said, "user": {"is_authenticated": signed_in}}
        page = Mould(get_template(template).template.render(Context(_framed(request, known))))  # type: ignore[attr-defined]
        if again:
            _pages.keep(key, page, page.size)
    return _sent(request, page, own or {}, status, packed=again)


def part(template: str, **shows: Hashable) -> Mould:
    """A part of pages that many are shown, for a page's ``own``: made and compressed once for all that it shows."""
    values = [shows[name] for name in shows]
    key = (template, get_language(), *map(type, values), *values)
    made = _pages.get(key)
    if made is None:
        known = {"LANGUAGE_CODE": get_language(), **shows}
        made = Mould(get_template(template).template.render(Context(known)))  # type: ignore[attr-defined]
        _pages.keep(key, made, made.size)
    return made


def _framed(request: HttpRequest, known: dict[str, Any]) -> dict[str, Any]:
    """With what base.html says of the address."""
    return {**site(request), "request": {"path": request.path}, **known}


def _sent(request: HttpRequest, page: Mould, own: Own, status: int, *, packed: bool) -> HttpResponse:
    values = {
        name: value if isinstance(value, Mould) else conditional_escape(value).encode() for name, value in own.items()
    }
    response = poured(request, page, values, packed=packed)
    response.status_code = status
    return response


def poured(request: HttpRequest, page: Mould, values: Mapping[str, Value], *, packed: bool = True) -> HttpResponse:
    """The page with its values, escaped already, and this browser's token; as a gzip file for who takes it."""
    if TOKEN in page.names:
        values = {**values, TOKEN: get_token(request).encode()}
    if not packed or not GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        return HttpResponse(page.pour(values))
    return HttpResponse(page.pour_packed(values), headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
