"""Learning: the four topics with the way ahead, a lesson, its cards and games."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.awards.steps import Steps, steps_of
from lantoa.contests.calendar import Phase, last_day
from lantoa.contests.models import Contestant
from lantoa.learning import games
from lantoa.learning.actions import Refused, mark_card
from lantoa.learning.lessons import voice
from lantoa.learning.models import Lesson, Outline
from lantoa.learning.progress import Course, Place, course
from lantoa.site.doors import for_contestant
from lantoa.site.whole import Shown, whole

if TYPE_CHECKING:
    from datetime import datetime

    from django.urls import URLPattern

SIZES = ("1", "2", "3")  # of the text: as it is, larger, largest
SIZE_COOKIE = "co-chu"
YEAR = 365 * 24 * 3600


@require_safe
@for_contestant
def topics(request: HttpRequest, me: Contestant) -> HttpResponse:
    """The four topics, how far I am, and the one thing to do next."""
    way = course(me)
    return whole(
        request,
        "site/learning/topics.html",
        contest=me.contest,
        shows={"course": way, "onward": way.here, "steps": steps_of(me), "phase": _phase(me), **_frame(me)},
        follows=_topics,
        own={"given_name": me.person.full_name.split()[-1]},
    )


def _topics(contest: Shown, course: Course, steps: Steps, phase: Phase, **_: object) -> dict[str, Any]:
    """What follows from how far somebody is."""
    taken = [True, course.finished, steps.exam, steps.share, steps.certificate]
    return {
        "last_day": last_day(contest.closes_at),
        "minutes": int(contest.time_limit.total_seconds() // 60),
        "exam_open": phase is Phase.OPEN and (course.finished or not contest.learn_first),
        "taken": taken,
        "steps_taken": sum(taken),
        "now": taken.index(False) if False in taken else None,
        "rings": tuple((str(22 + 9 * ring), f"{12.8 + 5.2 * ring:.1f}", ring < sum(taken)) for ring in range(5)),
        "next": _next(course, steps, phase, locked=contest.learn_first and not course.finished),
    }


@require_safe
@for_contestant
def lesson(request: HttpRequest, me: Contestant, code: str) -> HttpResponse:
    """One lesson: what it is good for, its cards, and when done what to keep in mind."""
    if _phase(me) is Phase.BEFORE:
        return redirect("topics", contest=me.contest.slug)
    way = course(me)
    place = next((place for place in way.places if place.lesson.code == code), None)
    if place is None:
        raise Http404(code)
    facts = {"place": place, "after": way.after(code), "phase": _phase(me)}
    return whole(
        request, "site/learning/lesson.html", contest=me.contest, shows={**facts, **_frame(me)}, follows=_lesson
    )


def _lesson(place: Place, **_: object) -> dict[str, Any]:
    cards = [{**card, "done": card["n"] in place.done} for card in Lesson.objects.cards_of(place.lesson)]
    return {"lesson": place.lesson, "cards": cards}


@require_http_methods(["GET", "HEAD", "POST"])
@for_contestant
def card(request: HttpRequest, me: Contestant, code: str, number: int) -> HttpResponse:
    """One card. POST: it is done (`do=done`), its game is played (`do=play`), the text is to be larger (`do=size`)."""
    if _phase(me) is Phase.BEFORE:
        return redirect("topics", contest=me.contest.slug)
    try:
        found, seen = Lesson.objects.with_card(me, code, number)
    except Lesson.DoesNotExist as missing:
        raise Http404(f"{code}/{number}") from missing
    asked = request.POST.get("do", "") if request.method == "POST" else ""
    if asked == "done":
        return _done(me, found, number)
    if asked == "size":
        return _resized(request, request.path)
    facts = {"lesson": found, "number": number, "size": _size(request), "phase": _phase(me), **_frame(me)}
    own = {"done": str(len(Place.of(found, seen).done))}
    if asked == "play":
        known = {**facts, **own, "contest": me.contest}
        return render(request, "site/learning/card.html", known | _card(**known, answer=dict(request.POST.lists())))
    return whole(request, "site/learning/card.html", contest=me.contest, shows=facts, follows=_card, own=own)


def _done(me: Contestant, found: Outline, number: int) -> HttpResponse:
    """Note the card and go on; outside the contest's window one may go on reading."""
    try:
        mark_card(contestant=me, lesson=found, card=number, at=_moment(me))
    except Refused as refused:
        if refused.code == "unknown":
            raise Http404(found.code) from refused
    if number < found.size:
        return redirect("card", contest=me.contest.slug, code=found.code, number=number + 1)
    return redirect("lesson", contest=me.contest.slug, code=found.code)


def _resized(request: HttpRequest, back: str) -> HttpResponse:
    """Keep the size of the text in a cookie."""
    response = redirect(back)
    size = request.POST.get("size", "")
    response.set_cookie(
        SIZE_COOKIE, size if size in SIZES else "1", max_age=YEAR, samesite="Lax", secure=request.is_secure()
    )
    return response


def _size(request: HttpRequest) -> str:
    size = request.COOKIES.get(SIZE_COOKIE, "1")
    return size if size in SIZES else "1"


def _card(lesson: Outline, number: int, size: str, answer: games.Answer | None = None, **_: object) -> dict[str, Any]:
    """What the page of a card shows."""
    shown = Lesson.objects.cards_of(lesson)[number - 1]
    game = games.show(shown["game"]["kind"], shown["game"]["data"], answer) if "game" in shown else None
    return {
        "card": shown,
        "last": number == lesson.size,
        "game": game,
        "game_template": f"site/learning/games/{game['kind']}.html" if game else "",
        "aloud": voice(shown, lesson.language),
        "next_size": SIZES[(SIZES.index(size) + 1) % len(SIZES)],
    }


def _next(way: Course, steps: Steps, phase: Phase, *, locked: bool) -> str:
    """The one thing to do next."""
    if phase is not Phase.OPEN:
        return "" if phase is Phase.BEFORE else "certificate" if steps.certificate else "look"
    if locked:
        return "learn" if way.done else "begin"
    if not steps.exam:
        return "exam"
    if not steps.share:
        return "share"
    return "certificate"


def _frame(me: Contestant) -> dict[str, Any]:
    """What every page of learning knows."""
    return {"here": "topics", "topics_url": reverse("topics", args=[me.contest.slug])}


def _moment(me: Contestant) -> datetime:
    """The database's instant at which the contestant was read."""
    moment: datetime = me.moment  # annotated by entering()
    return moment


def _phase(me: Contestant) -> Phase:
    return me.contest.phase(_moment(me))


urlpatterns: list[URLPattern] = [
    path("<slug:contest>/hoc/", topics, name="topics"),
    path("<slug:contest>/hoc/<str:code>/", lesson, name="lesson"),
    path("<slug:contest>/hoc/<str:code>/<int:number>/", card, name="card"),
]
