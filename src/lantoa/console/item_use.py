"""Câu hỏi sau khi thi: how each question and lesson fared with real people, and which ones to look at again."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from lantoa.console.admin_site import console
from lantoa.contests.models import Contest
from lantoa.people.models import Account
from lantoa.standings.item_use import EASIEST, ENOUGH, HARDEST, LEAST_DISCRIMINATION, LEAST_TAKEN, QuestionUse, item_use

KEY = "see_answer_key"
LOOK = {
    "beaten": (_("Thua phương án sai"), _("có phương án sai được chọn nhiều hơn đáp án; xem lại đáp án trước tiên.")),
    "hard": (_("Ít người đúng"), _("câu khó hiểu, hoặc bài học chưa nói rõ.")),
    "easy": (_("Ai cũng đúng"), _("câu không nói lên điều gì.")),
    "blunt": (
        _("Ít phân biệt"),
        _("người làm tốt các câu khác không đúng câu này nhiều hơn; có thể câu có hai ý đúng."),
    ),
    "idle": (_("Thừa phương án"), _("có phương án sai gần như không ai chọn; thay bằng điều người ta hay nghĩ sai.")),
}


def percent(share: float | None) -> str:
    """A share as whole percents; a dash where there is none."""
    return "–" if share is None else f"{number_format(100 * share, 0)}\u00a0%"


def coefficient(value: float | None) -> str:
    """A correlation with two digits; a dash where there is none."""
    return "–" if value is None else number_format(value, 2)


def row(use: QuestionUse, *, key: bool) -> dict[str, Any]:
    """A question as the table shows it; the options only to whoever may see the answer key."""
    options = [
        {"letter": letter, "share": percent(share), "key": place == use.question.key}
        for place, (letter, share) in enumerate(zip("ABCD", use.shares, strict=True))
    ]
    return {
        "question": use.question,
        "n": use.n,
        "facility": percent(use.facility),
        "discrimination": coefficient(use.discrimination),
        "options": options if key else [],
        "nothing": percent(use.nothing),
        "look": [LOOK[name][0] for name in use.look],
    }


def questions(request: HttpRequest, contest: int) -> HttpResponse:
    """What to look at again first, then lessons, then every question."""
    by = cast("Account", request.user)
    if not (by.may("see_results") or by.may(KEY)):
        raise PermissionDenied
    try:
        shown = Contest.objects.newest().get(pk=contest)
    except Contest.DoesNotExist as missing:
        raise Http404(contest) from missing
    use = item_use(shown)
    rows = [row(one, key=by.may(KEY)) for one in use.questions]
    lessons = [
        {"use": one, "facility": percent(one.facility), "discrimination": coefficient(one.discrimination)}
        for one in use.lessons
    ]
    context = {
        **console.each_context(request),
        "title": _("Câu hỏi sau khi thi"),
        "subtitle": shown.name,
        "contest": shown,
        "use": use,
        "rows": rows,
        "again": [one for one in rows if one["look"]],
        "reasons": [LOOK[name] for name in LOOK if any(name in one.look for one in use.questions)],
        "lessons": lessons,
        "key": by.may(KEY),
        "enough": ENOUGH,
        "limits": [percent(HARDEST), percent(EASIEST), coefficient(LEAST_DISCRIMINATION), percent(LEAST_TAKEN)],
    }
    return TemplateResponse(request, "console/item_use.html", context)


console.page("cau-hoi-sau-thi/<int:contest>/", questions, "questions_after_use")
