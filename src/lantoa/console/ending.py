"""Đề thi và đáp án: the public number named and entered before the opening, everything revealed after the closing."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from lantoa.console.admin_site import console
from lantoa.contests.models import Contest
from lantoa.exams import public_number
from lantoa.people.models import Account
from lantoa.standings import ending

SAID = {
    "no-bank": _("Chưa công bố ngân hàng câu hỏi. Công bố xong rồi hẹn con số."),
    "late": _("Cuộc thi đã mở hoặc đã có người bắt đầu thi: không hẹn con số được nữa."),
    "source": _("Nói rõ là con số nào, từ 8 đến 120 ký tự."),
    "day": _("Chọn một ngày sau hôm nay và trước lúc mở, để chưa ai biết con số."),
    "known": _("Con số đã nhập rồi, không đổi được."),
    "unnamed": _("Chưa hẹn con số nào."),
    "early": _("Chưa đến ngày của con số."),
    "number": _("Nhập các chữ số, từ 3 đến 60 chữ số."),
    "where": _("Viết nơi ai cũng xem được con số, nhiều nhất 200 ký tự."),
    "ended": _("Đã công bố rồi."),
    "open": _("Cuộc thi chưa đóng."),
    "running": _("Còn người đang làm bài. Đợi hệ thống nộp hết rồi bấm lại."),
}


class Day(UnfoldAdminTextInputWidget):
    """A day as the browser lets one choose it."""

    input_type = "date"


class Name(forms.Form):
    """What number it will be."""

    source = forms.CharField(
        label=_("Con số nào"),
        widget=UnfoldAdminTextInputWidget(),
        max_length=public_number.LONGEST_SOURCE,
        help_text=_("Ví dụ: Xổ số kiến thiết miền Bắc, giải đặc biệt."),
    )
    day = forms.DateField(
        label=_("Của ngày"), widget=Day(), help_text=_("Sau hôm nay và trước lúc mở: hôm nay chưa ai biết.")
    )

    def act(self, contest: Contest, by: Account) -> Contest:
        """By the room's action; raises its Refused."""
        return public_number.name_number(contest=contest, by=by, **self.cleaned_data)


class Enter(forms.Form):
    """The number itself."""

    number = forms.CharField(
        label=_("Con số"),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Đủ chữ số như đã công bố, kể cả số 0 ở đầu. Nhập rồi thì không sửa được."),
    )
    where = forms.CharField(
        label=_("Xem ở đâu"), widget=UnfoldAdminTextInputWidget(), max_length=public_number.LONGEST_WHERE
    )

    def act(self, contest: Contest, by: Account) -> Contest:
        """By the room's action; raises its Refused."""
        return public_number.enter_number(contest=contest, by=by, **self.cleaned_data)


class End(forms.Form):
    """Nothing to fill in: pressing is enough, the second time."""

    def act(self, contest: Contest, by: Account) -> Contest:
        """By the room's action; raises its Refused."""
        return ending.end_contest(contest=contest, by=by)


DEEDS: dict[str, tuple[type[Name | Enter | End], Any]] = {
    "name": (Name, _("Đã hẹn con số và ghi vào sổ.")),
    "enter": (Enter, _("Đã nhập con số. Từ bây giờ đề được rút với con số này.")),
    "end": (End, _("Đã công bố. Khoảng một phút nữa các tệp có trên trang Cuốn sổ.")),
}


def papers(request: HttpRequest, contest: int) -> HttpResponse:
    """The state of the seed, its number and the answer key, and what can be done now; each deed is read again first."""
    by = cast("Account", request.user)
    if not by.may(public_number.POWER):
        raise PermissionDenied
    try:
        shown = Contest.objects.newest().get(pk=contest)
    except Contest.DoesNotExist as missing:
        raise Http404(contest) from missing
    deed = request.POST.get("deed", "")
    form = DEEDS[deed][0](request.POST) if deed in DEEDS else None
    if form is not None and form.is_valid() and "sure" in request.POST:
        try:
            form.act(shown, by)
        except (public_number.Refused, ending.Refused) as refused:
            form.add_error(refused.code if refused.code in form.fields else None, SAID[refused.code])
        else:
            messages.success(request, DEEDS[deed][1])
            return redirect("admin:papers_and_key", contest)
    context = {
        **console.each_context(request),
        "title": _("Đề thi và đáp án"),
        "subtitle": shown.name,
        "contest": shown,
        "steps": _steps(shown, deed, form),
    }
    return TemplateResponse(request, "console/papers.html", context)


def _steps(contest: Contest, deed: str, given: Name | Enter | End | None) -> list[dict[str, Any]]:
    """What can be done now: each with its form, and whether it was read once already."""
    can = []
    phase = contest.phase(contest.moment)
    if phase == "before" and not contest.number_value:
        can.append("name")
    if contest.number_source and not contest.number_value:
        can.append("enter")
    if phase == "closed" and contest.ended_at is None:
        can.append("end")
    forms_of = {one: given if one == deed and given is not None else DEEDS[one][0]() for one in can}
    return [{"deed": one, "form": form, "sure": form.is_bound and form.is_valid()} for one, form in forms_of.items()]


console.page("de-thi/<int:contest>/", papers, "papers_and_key")
