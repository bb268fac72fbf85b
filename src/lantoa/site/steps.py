"""The exam's three steps, answered before there is a request of Django's (design/performance.md, decision 0035).

In the last hour these are nearly all that is asked. What is sent exactly as our page sends it, from somebody signed in,
is one statement and an answer to start, save and submit, made from what the server hands over. Anything else, a reason
to be told, a visitor without a session, gives None and goes on to the ordinary view, which does the same by the same
rules.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from typing import Any, NamedTuple

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import parse_cookie
from django.urls import reverse
from django.utils.translation import override

from lantoa.exams import hot, slips
from lantoa.exams.marking import NOTHING
from lantoa.people.sessions import key_of
from lantoa.site.paper import NUMBER, frame, paper
from lantoa.site.visits import count_page

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
HTML = "text/html; charset=utf-8"
LEVEL = 1  # of compression: the highest takes ten times as long for a tenth less
TOKEN = re.compile(r"[a-zA-Z0-9]{32}")  # Django's CSRF cookie, which is a form's token as it is
_STEP = re.compile(r"/(en/)?([-\w]+)/thi/(?:bat-dau/|([1-9]\d{0,5})/(luu|nop)/)", re.ASCII)
_FIELD = re.compile(rb"(?:^|&)(ban|chac|phieu|c\d{1,2})=([\w-]*)")

Environ = dict[str, Any]  # of PEP 3333


class Answer(NamedTuple):
    """What is sent; ``route`` names the step for those who count."""

    route: str
    status: HTTPStatus
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A step: where it goes, from whom, with what."""

    environ: Environ
    language: str
    contest: str
    number: int
    session: bytes
    token: str
    fields: dict[str, str]

    @property
    def wants_json(self) -> bool:
        """Whether the page's script asks."""
        accept: str = self.environ.get("HTTP_ACCEPT", "")
        return accept.startswith(JSON)


def answer(environ: Environ) -> Answer | None:
    """The answer to what was posted there, or None; then ``environ`` is as it came. Raises what the database raises."""
    match = _STEP.fullmatch(environ.get("PATH_INFO", ""))
    cookies = parse_cookie(environ.get("HTTP_COOKIE", "")) if match else {}
    cookie = cookies.get(settings.SESSION_COOKIE_NAME)
    if not match or not cookie or not environ.get("CONTENT_TYPE", "").startswith(FORM) or not _from_our_page(environ):
        return None
    body = _body(environ)
    if body is None:
        return None
    english, contest, number, verb = match.groups()
    fields = {name.decode(): value.decode() for name, value in _FIELD.findall(body)}
    token = cookies.get(settings.CSRF_COOKIE_NAME, "")
    asked = Asked(environ, "en" if english else "vi", contest, int(number or 0), key_of(cookie), token, fields)
    return {None: _start, "luu": _save, "nop": _submit}[verb](asked)


def _body(environ: Environ) -> bytes | None:
    """What was sent, which may be read once more; None: too much, or less than was said."""
    said = environ.get("CONTENT_LENGTH") or ""
    length = int(said) if said.isdecimal() else 0
    if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return None
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return body if len(body) == length else None


def _from_our_page(environ: Environ) -> bool:
    """Whether the browser says that our own page sent this; what Django's token asks for otherwise."""
    if settings.HTTPS and not _secure(environ):
        return False
    site: str | None = environ.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site == "same-origin"
    if "HTTP_ORIGIN" not in environ:
        return False
    request = WSGIRequest(environ)  # an older browser
    return bool(environ["HTTP_ORIGIN"] == f"{request.scheme}://{request.get_host()}")


def _secure(environ: Environ) -> bool:
    """As Django's request knows it."""
    if settings.SECURE_PROXY_SSL_HEADER:
        header, secure = settings.SECURE_PROXY_SSL_HEADER
        if (said := environ.get(header)) is not None:
            return bool(said.split(",", 1)[0].strip() == secure)
    return bool(environ["wsgi.url_scheme"] == "https")


def _start(asked: Asked) -> Answer | None:
    slip = slips.read_start(asked.contest, asked.fields.get("phieu", ""))
    if slip is None or not TOKEN.fullmatch(asked.token):
        return None
    page = frame(asked.contest, asked.language)
    attempt = hot.start(slip=slip, contest=page.contest, session=asked.session)
    if attempt is None:
        return None
    body = paper(page, attempt, who=slip.who, at=attempt.started_at, token=asked.token)
    headers = {"Content-Type": HTML, "Content-Language": asked.language, "Vary": "Cookie, Accept-Encoding"}
    count_page(asked.environ, headers, asked.contest)
    if takes_gzip(asked.environ):
        headers["Content-Encoding"] = "gzip"
        body = packed(body)
    return Answer("exam-start", HTTPStatus.OK, headers, body)


def _save(asked: Asked) -> Answer | None:
    slip, revision = _slip(asked), asked.fields.get("ban", "")
    if slip is None or not asked.wants_json or not (revision.isdecimal() and len(revision) < len("10000000")):
        return None
    answers = sheet(asked.fields, len(slip.questions))
    if not hot.save(slip=slip, session=asked.session, answers=answers, revision=int(revision)):
        return None
    return Answer("exam-save", HTTPStatus.OK, {"Content-Type": JSON}, b'{"revision": %d}' % int(revision))


def _submit(asked: Asked) -> Answer | None:
    slip = _slip(asked)
    if slip is None:
        return None
    answers = sheet(asked.fields, len(slip.questions))
    if NOTHING in answers and asked.fields.get("chac") != "1":
        return None  # asks first, naming what is unanswered
    if not hot.submit(slip=slip, session=asked.session, answers=answers):
        return None
    place = _result_place(asked.language, asked.contest).format(asked.number)
    if asked.wants_json:
        return Answer("exam-submit", HTTPStatus.OK, {"Content-Type": JSON}, json.dumps({"next": place}).encode())
    return Answer("exam-submit", HTTPStatus.FOUND, {"Content-Type": HTML, "Location": place}, b"")


@lru_cache(maxsize=64)
def _result_place(language: str, contest: str) -> str:
    """Where results stand, with braces for the number."""
    with override(language):
        place = reverse("result", kwargs={"contest": contest, "number": NUMBER})
    return place.replace(str(NUMBER), "{}")


def _slip(asked: Asked) -> slips.Paper | None:
    slip = slips.read_paper(asked.contest, asked.fields.get("phieu", ""))
    return slip if slip is not None and slip.number == asked.number else None


def sheet(fields: dict[str, str], length: int) -> list[int]:
    """The same as `read_sheet` of the ordinary way makes of the form."""
    chosen = (fields.get(f"c{number}", "") for number in range(1, length + 1))
    return [int(value) if value in {"0", "1", "2", "3"} else NOTHING for value in chosen]


def takes_gzip(environ: Environ) -> bool:
    """Whether the browser unpacks."""
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")


def packed(body: bytes) -> bytes:
    """Compressed. What is secret in a page never stands beside what somebody else chose."""
    packer = zlib.compressobj(LEVEL, wbits=31)
    return packer.compress(body) + packer.flush()
