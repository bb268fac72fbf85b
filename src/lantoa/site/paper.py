"""The page of an open paper as bytes: a frame rendered once a contest and language, twenty questions poured into it.

The words stand in templates/site/exam/; a Django template of twenty questions costs a hundred times as much as joining
what never changes (design/performance.md). A question that is published never changes; a contest's words may, so a
frame is made anew after some seconds, and at once for a view that has read other words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from time import monotonic

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from lantoa.contests.models import Contest
from lantoa.exams import slips
from lantoa.exams.bank import open_bank
from lantoa.exams.marking import NOTHING, OPTIONS, ORDERS
from lantoa.exams.slips import OpenPaper
from lantoa.lib.clock import VIETNAM
from lantoa.lib.mould import Mould, mark
from lantoa.people.models import Account
from lantoa.site.templatetags.kept import face

KEPT = 10.0  # seconds
LETTERS = "ABCD"
NUMBER = 2_147_480_001  # stands for an attempt's number where an address wants one
N = b"\x01"  # stands for a question's number


@dataclass(frozen=True, slots=True)
class Frame:
    """The page without what is somebody's own; the contest as it was when the page was made."""

    contest: Contest
    language: str
    page: Mould
    places: tuple[bytes, bytes]  # of the map: not answered, answered
    unsaved: str
    made: float


_frames: dict[tuple[str, str], Frame] = {}


def frame(slug: str, language: str) -> Frame:
    """The frame of a public contest, at most some seconds old; raises Contest.DoesNotExist."""
    kept = _frames.get((slug, language))
    if kept is not None and monotonic() - kept.made < KEPT:
        return kept
    return frame_of(Contest.objects.named(slug), language)


def frame_of(contest: Contest, language: str) -> Frame:
    """The frame of a contest as it was read just now: made anew only when its words are others."""
    kept = _frames.get((contest.slug, language))
    known = kept is not None and face(kept.contest) == face(contest)
    made = replace(kept, contest=contest, made=monotonic()) if kept and known else _make(contest, language)
    _frames[contest.slug, language] = made
    return made


def _make(contest: Contest, language: str) -> Frame:
    names = ("contestant", "left", "revision", "next", "token", "slip", "deadline", "answered", "saved")
    marks = {name: mark(name) for name in (*names, "questions", "places", "total")}
    with override(language):
        known = {"contest": contest, "here": "topics", "number": NUMBER}
        asked = _anybody(reverse("exam", kwargs={"contest": contest.slug}))
        page = render_to_string("site/exam/paper.html", {**known, **marks}, asked)
        return Frame(
            contest=contest,
            language=language,
            page=Mould(page.replace(str(NUMBER), mark("number"))),
            places=(_place(done=False), _place(done=True)),
            unsaved=_("Bài tự lưu khi bạn chọn"),
            made=monotonic(),
        )


def _anybody(address: str) -> HttpRequest:
    """A request as everybody's who sits at this paper: somebody who is signed in opens the exam's address."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = address
    request.resolver_match = resolve(address)
    request.user = Account()
    return request


@cache
def _question(language: str) -> Mould:
    options = [(letter, mark(f"o{place}")) for place, letter in enumerate(LETTERS)]
    marks = {"number": N.decode(), "stem": mark("stem"), "options": options, "total": mark("total")}
    with override(language):
        return Mould(render_to_string("site/exam/question.html", marks))


def _place(*, done: bool) -> bytes:
    return render_to_string("site/exam/place.html", {"number": N.decode(), "done": done}).encode()


@lru_cache(maxsize=32_768)
def _box(language: str, bank: int, question: int, order: int, total: int) -> bytes:
    """A question as this order shows it in a paper of so many, without its number."""
    stem, options = _escaped(bank, question)
    shown = {f"o{place}": options[option] for place, option in enumerate(ORDERS[order])}
    return _question(language).pour({"stem": stem, "total": b"%d" % total, **shown})


@lru_cache(maxsize=4_096)
def _escaped(bank: int, question: int) -> tuple[bytes, list[bytes]]:
    """A question's words and its options in the author's order; they are escaped here and nowhere else."""
    asked = open_bank(bank).asked(question)
    return escape(asked.stem).encode(), [escape(option).encode() for option in asked.options]


def paper(frame: Frame, attempt: OpenPaper, *, who: bytes, at: datetime, token: str) -> bytes:
    """The page of ``attempt``, of the pseudonym ``who``, at a moment; ``token`` is what Django asks back of a form."""
    answers, revision, total = attempt.answers, attempt.revision, len(attempt.questions)
    questions, places = [], []
    for n, (question, order, answer) in enumerate(zip(attempt.questions, attempt.orders, answers, strict=True), 1):
        number = b"%d" % n
        box = _box(frame.language, attempt.bank_id, question, order, total)
        if 0 <= answer < OPTIONS:
            box = box.replace(b'value="%d"' % answer, b'value="%d" checked' % answer, 1)
        questions.append(box.replace(N, number))
        places.append(frame.places[answer != NOTHING].replace(N, number))
    values = {
        "number": str(attempt.number),
        "contestant": str(attempt.contestant_id),
        "left": str(max(0, int((attempt.deadline - at).total_seconds()))),
        "revision": str(revision),
        "next": str(revision + 1),
        "token": token,
        "slip": slips.of_paper(attempt, who).sealed(frame.contest.slug),
        "deadline": f"{attempt.deadline.astimezone(VIETNAM):%H:%M}",
        "total": str(total),
        "answered": str(len(answers) - answers.count(NOTHING)),
        "saved": _saved(attempt) if attempt.saved_at else frame.unsaved,
    }
    own = {name: value.encode() for name, value in values.items()}
    return frame.page.pour({**own, "questions": b"".join(questions), "places": b"".join(places)})


def _saved(attempt: OpenPaper) -> str:
    assert attempt.saved_at is not None
    moment = f"{attempt.saved_at.astimezone(VIETNAM):%H:%M:%S}"
    return _("Đã lưu lúc %(moment)s") % {"moment": moment}
