"""The exam's start page and the page of a result, kept whole for what they show (whole.py); and a receipt's card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from lantoa.contests import receipts
from lantoa.contests.models import Contestant
from lantoa.exams import results
from lantoa.exams.corrections import Told
from lantoa.exams.models import SHOWN, Attempt
from lantoa.exams.ranking import SENTENCE
from lantoa.learning.models import Topic
from lantoa.lib import clock, qr
from lantoa.lib.mould import mark
from lantoa.site.decisions import decisions
from lantoa.site.templatetags.lantoa import count, day, moment, span
from lantoa.site.whole import whole
from lantoa.standings import ranks


class Line(NamedTuple):
    """One attempt among those on the start page."""

    number: int
    right: str
    span: str


@dataclass(frozen=True, slots=True)
class Card:
    """A receipt as its card shows it; place and moment of the signed head are empty while it waits for one."""

    code: str
    qr: str
    proved: bool
    line: str
    at: str


def start_page(
    request: HttpRequest, me: Contestant, attempts: Sequence[Attempt], made: Told, **shows: Any
) -> HttpResponse:
    """What the exam is, the button that starts it or why there is none, the attempts before; ``slip`` among these."""
    lines = [line_of(one) for one in attempts]
    own = {"slip": shows.pop("slip")}
    for line in lines:
        own |= {f"right{line.number}": line.right, f"span{line.number}": line.span}
    return whole(
        request,
        "site/exam/intro.html",
        contest=me.contest,
        shows={
            **shows,
            "phase": me.contest.phase(me.moment).value,
            "valid": me.valid_at is not None,
            "numbers": tuple(line.number for line in lines),
            "older": len(lines) == SHOWN and lines[-1].number > 1,
            "void": frozenset(made.void_attempts),
            "joined": tuple(line_of(one) for one in made.joined),
            "minutes": int(me.contest.time_limit.total_seconds() // 60),
        },
        follows=_start,
        own=own,
    )


def line_of(attempt: Attempt) -> Line:
    """A submitted attempt."""
    right = f"{attempt.correct}/{len(attempt.questions)}"
    return Line(attempt.number, right, span(attempt.duration_ms or 0))


def _start(numbers: tuple[int, ...], **_: object) -> dict[str, Any]:
    return {"here": "topics", "lines": [Line(n, mark(f"right{n}"), mark(f"span{n}")) for n in numbers]}


def result_page(request: HttpRequest, me: Contestant, attempt: Attempt, made: Told) -> HttpResponse:
    """Number right, time, moment, rank as of now, what to study next; never which answers were right."""
    assert attempt.submitted_at is not None
    best = getattr(attempt.contestant, "best", None)
    titles, right = _scores(me, attempt)
    card = card_of(me, attempt.number)
    return whole(
        request,
        "site/exam/result.html",
        contest=me.contest,
        shows={
            "number": attempt.number,
            "asked": len(attempt.questions),
            "closed_by": attempt.closed_by,
            "phase": me.contest.phase(me.moment).value,
            "ranked": best is not None,
            "stands": "" if best is None else "best" if best.attempt_id == attempt.pk else "other",
            "titles": titles,
            "proved": card.proved if card else None,
            "void": attempt.number in made.void_attempts,
            "decided": tuple(decisions(made, attempt.number)),
        },
        follows=_result,
        own={
            "right": str(attempt.correct),
            "span": span(attempt.duration_ms or 0),
            "time": f"{attempt.submitted_at.astimezone(clock.VIETNAM):%H:%M:%S}",
            "day": day(attempt.submitted_at),
            "mine": me.unit.full_name,
            "moment": moment(me.moment),
            **right,
            **(_places(ranks.my_ranks(best)) if best else {}),
            **(_words_of(card) if card else {}),
        },
    )


def _result(*, number: int, titles: tuple[str, ...], proved: bool | None, **_: object) -> dict[str, Any]:
    scores = [{"title": t, "right": mark(f"right{n}"), "asked": mark(f"asked{n}")} for n, t in enumerate(titles)]
    card = None if proved is None else Card(mark("code"), mark("qr"), proved, mark("line"), mark("at"))
    return {
        "here": "topics",
        "standing": _standing(number),
        "sentence": SENTENCE[get_language() or "vi"],
        "scores": scores,
        "receipt": card,
    }


def _standing(number: int) -> str:
    words = ngettext("Đây là lượt thi đầu tiên của bạn.", "Đây là kết quả cao nhất của bạn sau %(n)s lượt thi.", number)
    return words % {"n": number}


def _places(place: ranks.Ranks) -> dict[str, str]:
    return {
        "city": count(place.city),
        "ofcity": count(place.city_total),
        "unit": count(place.unit),
        "ofunit": count(place.unit_total),
    }


def _scores(me: Contestant, attempt: Attempt) -> tuple[tuple[str, ...], dict[str, str]]:
    """The topics' names in the page's language, and how many were right of each."""
    english = get_language() == "en"
    names = {topic.number: (english and topic.title_en) or topic.title for topic in Topic.objects.of(me.contest)}
    scores = results.by_topic(attempt)
    values: dict[str, str] = {}
    for place, score in enumerate(scores):
        values |= {f"right{place}": str(score.right), f"asked{place}": str(score.asked)}
    return tuple(names.get(score.topic, str(score.topic)) for score in scores), values


def card_of(me: Contestant, number: int) -> Card | None:
    """The receipt of an attempt; None for one from before the log."""
    shown = receipts.stub_of_attempt(me.pk, number)
    if shown is None:
        return None
    label = _("Mã QR của biên nhận")
    code = mark_safe(qr.svg_in_series(_checking(me.contest.slug), shown.code, label=label))  # noqa: S308 (escaped there)
    proved = shown.head is not None and shown.index is not None
    line, at = (count(shown.index), moment(shown.head.at)) if proved else ("", "")  # type: ignore[arg-type, union-attr]
    return Card(shown.code, code, proved, line, at)


def _words_of(card: Card) -> dict[str, str]:
    return {"code": card.code, "qr": card.qr, "line": card.line, "at": card.at}


@lru_cache(maxsize=64)
def _checking(slug: str) -> str:
    """Where a receipt is checked, up to its code; the Vietnamese address leads everywhere."""
    with override("vi"):
        return f"{settings.PUBLIC_URL}{reverse('book', kwargs={'contest': slug})}?ma="
