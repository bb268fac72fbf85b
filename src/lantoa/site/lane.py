"""The fast lane: the exam's steps, answered before any other middleware (design/performance.md).

In the last hour these are nearly all that is asked. A request that is exactly as our page sends it, from somebody
signed in, is one statement and an answer to start, save and submit; the pages before and after are few queries and
poured. Anything else, a reason to be told, a visitor without a session, an old browser that does not say where it
comes from, goes on to the ordinary view, which does the same by the same rules.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import UnreadablePostError
from django.urls import ResolverMatch, resolve, reverse
from django.utils.translation import override

from lantoa.contests.models import Contest, Contestant
from lantoa.exams import hot, slips
from lantoa.exams.actions import Refused, slip_to_start
from lantoa.exams.corrections import NOTHING_TOLD
from lantoa.exams.marking import NOTHING
from lantoa.exams.results import attempt_of, attempts_of
from lantoa.people.sessions import key_of
from lantoa.site.exam_pages import result_page, start_page
from lantoa.site.paper import NUMBER, frame, paper
from lantoa.site.visits import count_page

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
LEVEL = 1  # of compression: the highest takes ten times as long for a tenth less
_STEP = re.compile(r"/(en/)?([-\w]+)/thi/(?:bat-dau/|([1-9]\d{0,5})/(luu|nop)/)", re.ASCII)
_EXAM = re.compile(r"/(en/)?([-\w]+)/thi/()", re.ASCII)
_RESULT = re.compile(r"/(en/)?([-\w]+)/ket-qua/([1-9]\d{0,5})/", re.ASCII)
SAID_ONCE = CookieStorage.cookie_name
_TOKEN = re.compile(r"[a-zA-Z0-9]{32}")  # Django's CSRF cookie, which is a form's token as it is
_FIELD = re.compile(rb"(?:^|&)(ban|chac|phieu|c\d{1,2})=([\w-]*)")

View = Callable[[HttpRequest], HttpResponse]
Page = Callable[[HttpRequest, Contestant, int], HttpResponse | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the lane: where it goes, from whom, with what."""

    request: HttpRequest
    language: str
    contest: str
    number: int
    session: bytes
    fields: dict[str, str]

    @property
    def wants_json(self) -> bool:
        """Whether the page's script asks."""
        accept: str = self.request.META.get("HTTP_ACCEPT", "")
        return accept.startswith(JSON)


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
            connection.close()  # the ordinary way opens another, or says that there is no database
            answer = None
        except (Contest.DoesNotExist, DisallowedHost, RequestDataTooBig, UnreadablePostError):
            answer = None
        return answer or self.get_response(request)

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        if request.method == "POST":
            match = _STEP.fullmatch(request.path_info)
            return _sent(request, match) if match else None
        match = _EXAM.fullmatch(request.path_info)
        return _opened(request, match, _start_page) if match else None


class ResultLane(FastLane):
    """The same for the page of a result, which gives way to what is written (giving_way.py) and so stands behind it."""

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        match = _RESULT.fullmatch(request.path_info)
        return _opened(request, match, _result) if match else None


def _sent(request: HttpRequest, match: re.Match[str]) -> HttpResponse | None:
    """A form of our page."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not cookie or not request.META.get("CONTENT_TYPE", "").startswith(FORM) or not _from_our_page(request):
        return None
    english, contest, number, verb = match.groups()
    fields = {name.decode(): value.decode() for name, value in _FIELD.findall(request.body)}
    asked = Asked(request, "en" if english else "vi", contest, int(number or 0), key_of(cookie), fields)
    return {None: _start, "luu": _save, "nop": _submit}[verb](asked)


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
    count_page(request, answer, contest)
    return _named(request.resolver_match.url_name or "", answer)


@lru_cache(maxsize=1_024)
def _named_by(_language: str, address: str) -> ResolverMatch:
    """The pattern of an address, in the language that is active."""
    return resolve(address)


def _from_our_page(request: HttpRequest) -> bool:
    """Whether the browser says that our own page sent this; what Django's token asks for otherwise."""
    if settings.HTTPS and not request.is_secure():
        return False
    site: str | None = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site == "same-origin"
    origin: str | None = request.META.get("HTTP_ORIGIN")
    return origin == f"{request.scheme}://{request.get_host()}"


def _start_page(request: HttpRequest, me: Contestant, _number: int) -> HttpResponse | None:
    """For who may start now: the button, which needs no more looking up."""
    token = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    attempts = attempts_of(me) if _TOKEN.fullmatch(token) else []
    last = attempts[0] if attempts else None
    if not _TOKEN.fullmatch(token) or (last is not None and last.submitted_at is None):
        return None
    try:
        slip = slip_to_start(me, last, me.moment).sealed(me.contest.slug)
    except Refused:
        return None
    request.META["CSRF_COOKIE"] = token  # whom a form's token is made for, as Django's own middleware finds it
    return start_page(request, me, attempts, NOTHING_TOLD, learned=True, refusal="", slip=slip)


def _result(request: HttpRequest, me: Contestant, number: int) -> HttpResponse | None:
    """A result about which nothing was decided."""
    attempt = attempt_of(me, number)
    if attempt is None or attempt.submitted_at is None:
        return None
    return result_page(request, me, attempt, NOTHING_TOLD)


def _start(asked: Asked) -> HttpResponse | None:
    token = asked.request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    slip = slips.read_start(asked.contest, asked.fields.get("phieu", ""))
    if slip is None or not _TOKEN.fullmatch(token):
        return None
    page = frame(asked.contest, asked.language)
    attempt = hot.start(slip=slip, contest=page.contest, session=asked.session)
    if attempt is None:
        return None
    answer = HttpResponse(paper(page, attempt, who=slip.who, at=attempt.started_at, token=token))
    count_page(asked.request, answer, asked.contest)
    return _named("exam-start", _packed(asked.request, answer, asked.language))


def _save(asked: Asked) -> HttpResponse | None:
    slip, revision = _slip(asked), asked.fields.get("ban", "")
    if slip is None or not asked.wants_json or not (revision.isdecimal() and len(revision) < len("10000000")):
        return None
    answers = _sheet(asked, len(slip.questions))
    if not hot.save(slip=slip, session=asked.session, answers=answers, revision=int(revision)):
        return None
    return _named("exam-save", HttpResponse(f'{{"revision": {int(revision)}}}', content_type=JSON))


def _submit(asked: Asked) -> HttpResponse | None:
    slip = _slip(asked)
    if slip is None:
        return None
    answers = _sheet(asked, len(slip.questions))
    if NOTHING in answers and asked.fields.get("chac") != "1":
        return None  # asks first, naming what is unanswered
    if not hot.submit(slip=slip, session=asked.session, answers=answers):
        return None
    place = _result_place(asked.language, asked.contest).format(asked.number)
    if asked.wants_json:
        return _named("exam-submit", HttpResponse(json.dumps({"next": place}), content_type=JSON))
    return _named("exam-submit", HttpResponseRedirect(place))


@lru_cache(maxsize=64)
def _result_place(language: str, contest: str) -> str:
    """Where results stand, with braces for the number."""
    with override(language):
        place = reverse("result", kwargs={"contest": contest, "number": NUMBER})
    return place.replace(str(NUMBER), "{}")


def _slip(asked: Asked) -> slips.Paper | None:
    slip = slips.read_paper(asked.contest, asked.fields.get("phieu", ""))
    return slip if slip is not None and slip.number == asked.number else None


def _sheet(asked: Asked, length: int) -> list[int]:
    """The same as `read_sheet` of the ordinary way makes of the form."""
    chosen = (asked.fields.get(f"c{number}", "") for number in range(1, length + 1))
    return [int(value) if value in {"0", "1", "2", "3"} else NOTHING for value in chosen]


def _packed(request: HttpRequest, response: HttpResponse, language: str) -> HttpResponse:
    """Compressed for who takes it. What is secret in the page never stands beside what somebody else chose."""
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        packer = zlib.compressobj(LEVEL, wbits=31)
        response.content = packer.compress(response.content) + packer.flush()
        response.headers["Content-Encoding"] = "gzip"
    return response


def _named(route: str, response: HttpResponse) -> HttpResponse:
    response.route = route  # type: ignore[attr-defined] # for those who count
    return response
