"""The fast lane: the pages before and after the exam's steps (steps.py), answered before any other middleware.

What somebody signed in opens by its plain address is few queries and poured (decision 0033). Anything else, a reason to
be told, a visitor without a session, goes on to the ordinary view, which does the same by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve
from django.utils.translation import override

from lantoa.contests.models import Contest, Contestant
from lantoa.exams.actions import Refused, slip_to_start
from lantoa.exams.corrections import NOTHING_TOLD
from lantoa.exams.results import attempt_of, attempts_of
from lantoa.site.exam_pages import result_page, start_page
from lantoa.site.steps import TOKEN
from lantoa.site.visits import count_page

_EXAM = re.compile(r"/(en/)?([-\w]+)/thi/()", re.ASCII)
_RESULT = re.compile(r"/(en/)?([-\w]+)/ket-qua/([1-9]\d{0,5})/", re.ASCII)
SAID_ONCE = CookieStorage.cookie_name

View = Callable[[HttpRequest], HttpResponse]
Page = Callable[[HttpRequest, Contestant, int], HttpResponse | None]


class FastLane:
    """Middleware: the lane first, the ordinary way for everything else."""

    def __init__(self, get_response: View) -> None:
        """Django's signature."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from the lane, or let it pass."""
        try:
            answer = self._answer(request)
        except (OperationalError, InterfaceError):
            connection.close_if_unusable_or_obsolete()  # the ordinary way opens another, or says that there is none
            answer = None
        except (Contest.DoesNotExist, DisallowedHost):
            answer = None
        return answer or self.get_response(request)

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        match = _EXAM.fullmatch(request.path_info)
        return _opened(request, match, _start_page) if match else None


class ResultLane(FastLane):
    """The same for the page of a result, which gives way to what is written (giving_way.py) and so stands behind it."""

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        match = _RESULT.fullmatch(request.path_info)
        return _opened(request, match, _result) if match else None


def _opened(request: HttpRequest, match: re.Match[str], page: Page) -> HttpResponse | None:
    """A page that somebody opens by its plain address, with nothing to be said to them once."""
    cookies = request.COOKIES
    cookie = cookies.get(settings.SESSION_COOKIE_NAME)
    if request.method != "GET" or request.META.get("QUERY_STRING") or not cookie or SAID_ONCE in cookies:
        return None
    if settings.HTTPS and not request.is_secure():
        return None
    request.get_host()  # a name that we do not go by is refused by the ordinary way
    english, contest, number = match.groups()
    language = "en" if english else "vi"
    me = Contestant.objects.entered_by(cookie, contest)
    if me is None or me.corrected or me.kept:
        return None
    with override(language):
        request.user, request.resolver_match = me.person.account, _named_by(language, request.path_info)
        answer = page(request, me, int(number or 0))
    if answer is None:
        return None
    answer.headers["Content-Language"] = language
    answer.headers["Vary"] = "Cookie, Accept-Encoding"
    count_page(request.META, answer.headers, contest)
    return _named(request.resolver_match.url_name or "", answer)


@lru_cache(maxsize=1_024)
def _named_by(_language: str, address: str) -> ResolverMatch:
    """The pattern of an address, in the language that is active."""
    return resolve(address)


def _start_page(request: HttpRequest, me: Contestant, _number: int) -> HttpResponse | None:
    """For who may start now: the button, which needs no more looking up."""
    token = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    attempts = attempts_of(me) if TOKEN.fullmatch(token) else []
    last = attempts[0] if attempts else None
    if not TOKEN.fullmatch(token) or (last is not None and last.submitted_at is None):
        return None
    try:
        slip = slip_to_start(me, last, me.moment).sealed(me.contest.slug)
    except Refused:
        return None
    request.META["CSRF_COOKIE"] = token  # whom a form's token is made for, as Django's own middleware finds it
    return start_page(request, me, attempts, NOTHING_TOLD, learned=True, refusal="", later=False, slip=slip)


def _result(request: HttpRequest, me: Contestant, number: int) -> HttpResponse | None:
    """A result about which nothing was decided."""
    attempt = attempt_of(me, number)
    if attempt is None or attempt.submitted_at is None:
        return None
    return result_page(request, me, attempt, NOTHING_TOLD)


def _named(route: str, response: HttpResponse) -> HttpResponse:
    response.route = route  # type: ignore[attr-defined] # for those who count
    return response
