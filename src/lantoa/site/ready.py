"""Forms that stand ready: what signing in and registering begin with, for everybody who is nobody yet (decision 0032).

Thousands open the same two pages at once, and only the form's token differs. The ordinary view makes the page and
leaves it here; for a minute it is sent before any other middleware. Whoever brings a session, or something that is
to be said to them, whatever was typed, and every other address goes the ordinary way. A page here may be a minute old:
what is sent from it is judged by what is true then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from time import monotonic
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.template.loader import render_to_string
from django.utils.translation import get_language

from lantoa.lib.mould import Mould, mark
from lantoa.lib.page_files import FRESH
from lantoa.site.public_pages import is_personal
from lantoa.site.visits import count_page
from lantoa.site.whole import TOKEN, poured

LASTS = timedelta(seconds=60)  # each unit's code has a form of its own, and one costs as much as ten registrations
MOST = 500  # addresses, after which a process begins anew


class Form(NamedTuple):
    """A page without its token."""

    page: Mould
    until: float  # by the process's own steady clock
    route: str
    contest: str | None  # whose page it counts as
    language: str


_forms: dict[tuple[str, str], Form] = {}


def ready(request: HttpRequest, template: str, shows: Mapping[str, Any], *, lasts: timedelta = LASTS) -> HttpResponse:
    """The page, which stands ready for the next who are nobody; at most as long as it ``lasts``."""
    page = Mould(render_to_string(template, {**shows, TOKEN: mark(TOKEN)}, request))
    if _is_for_nobody(request) and not settings.DEMO and request.resolver_match:
        if len(_forms) >= MOST:
            _forms.clear()
        route, contest = request.resolver_match.view_name, request.resolver_match.kwargs.get("contest")
        until = monotonic() + min(lasts, LASTS).total_seconds()
        _forms[_address(request)] = Form(page, until, route, contest, get_language() or settings.LANGUAGE_CODE)
    return poured(request, page, {})


class ReadyForms:
    """Middleware: before everything that asks who is here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Django's signature."""
        self.get_response = get_response
        self.csrf = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send what stands ready; else go on."""
        form = _forms.get(_address(request))
        if form is None or monotonic() >= form.until or not _is_for_nobody(request) or not _came_well(request):
            return self.get_response(request)
        self.csrf.process_request(request)
        answer: HttpResponse = self.csrf.process_response(request, poured(request, form.page, {}))  # type: ignore[assignment]
        answer.headers["Content-Language"] = form.language
        answer.headers["Content-Length"] = str(len(answer.content))
        answer.headers["Vary"] = "Accept-Encoding, Cookie"
        answer.route = form.route  # type: ignore[attr-defined] # for those who count
        if form.contest:
            count_page(request.META, answer.headers, form.contest)
        return answer


def _address(request: HttpRequest) -> tuple[str, str]:
    return request.path_info, request.META.get("QUERY_STRING", "")


def _is_for_nobody(request: HttpRequest) -> bool:
    """Whether the page can depend on nothing but its address."""
    sent = request.META
    return request.method == "GET" and FRESH not in sent and not is_personal(sent.get("HTTP_COOKIE", ""))


def _came_well(request: HttpRequest) -> bool:
    """Whether it came by our name and, where we have it, encrypted; the ordinary way tells who did not."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return not settings.HTTPS or request.is_secure()
