"""The fast lane: starting, saving and submitting, answered before any other middleware (design/performance.md).

In the last hour these are nearly all that is asked. A request that is exactly as our page sends it, from somebody
signed in, is one statement and an answer. Anything else, a reason to be told, a visitor without a session, an old
browser that does not say where it comes from, goes on to the ordinary view, which does the same by the same rules.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.translation import override

from lantoa.contests.models import Contest
from lantoa.exams import hot, slips
from lantoa.exams.marking import NOTHING
from lantoa.people.sessions import key_of
from lantoa.site.paper import frame, paper
from lantoa.site.visits import count_page

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
LEVEL = 1  # of compression: the highest takes ten times as long for a tenth less
_PATH = re.compile(r"/(en/)?([-\w]+)/thi/(?:bat-dau/|([1-9]\d{0,5})/(luu|nop)/)", re.ASCII)
_TOKEN = re.compile(r"[a-zA-Z0-9]{32}")  # Django's CSRF cookie, which is a form's token as it is
_FIELD = re.compile(rb"(?:^|&)(ban|chac|phieu|c\d{1,2})=([\w-]*)")

View = Callable[[HttpRequest], HttpResponse]


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
        if request.method != "POST" or not (match := _PATH.fullmatch(request.path_info)):
            return self.get_response(request)
        try:
            answer = _answer(request, match)
        except (OperationalError, InterfaceError):
            connection.close()  # the ordinary way opens another, or says that there is no database
            answer = None
        except (Contest.DoesNotExist, DisallowedHost, RequestDataTooBig, UnreadablePostError):
            answer = None
        return answer or self.get_response(request)


def _answer(request: HttpRequest, match: re.Match[str]) -> HttpResponse | None:
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not cookie or not request.META.get("CONTENT_TYPE", "").startswith(FORM) or not _from_our_page(request):
        return None
    english, contest, number, verb = match.groups()
    fields = {name.decode(): value.decode() for name, value in _FIELD.findall(request.body)}
    asked = Asked(request, "en" if english else "vi", contest, int(number or 0), key_of(cookie), fields)
    return {None: _start, "luu": _save, "nop": _submit}[verb](asked)


def _from_our_page(request: HttpRequest) -> bool:
    """Whether the browser says that our own page sent this; what Django's token asks for otherwise."""
    if settings.HTTPS and not request.is_secure():
        return False
    site: str | None = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site == "same-origin"
    origin: str | None = request.META.get("HTTP_ORIGIN")
    return origin == f"{request.scheme}://{request.get_host()}"


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
    with override(asked.language):
        place = reverse("result", kwargs={"contest": asked.contest, "number": asked.number})
    if asked.wants_json:
        return _named("exam-submit", HttpResponse(json.dumps({"next": place}), content_type=JSON))
    return _named("exam-submit", HttpResponseRedirect(place))


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
