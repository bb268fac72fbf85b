"""Điều chỉnh kết quả: attempts and decisions of one contestant; a decision is read again before it is made."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from lantoa.console.admin_site import console
from lantoa.contests.models import Contestant, Correction
from lantoa.exams import corrections
from lantoa.exams.corrections import LONGEST_REASON, POWER, Deed, Refused, Sheet, sheet
from lantoa.lib import clock
from lantoa.people.journal import note
from lantoa.people.models import Account
from lantoa.units.models import Unit

Kind = Correction.Kind
LARGEST = 2**63 - 1
SAID = {
    "reason": _("Viết lý do, nhiều nhất 500 ký tự."),
    "ahead": _("Chọn một lúc đã qua."),
    "unknown": _("Không có lượt thi này."),
    "unchanged": _("Đã quyết định như vậy rồi."),
    "merged": _("Thí sinh này đã gộp vào thí sinh khác. Mở thí sinh còn lại để điều chỉnh."),
    "same": _("Nhập mã của một thí sinh khác."),
    "elsewhere": _("Hai thí sinh phải thuộc cùng một cuộc thi."),
    "unit_elsewhere": _("Chọn xã, phường của cuộc thi này."),
    "target": _("Nhập mã của thí sinh được giữ lại. Mã ở đầu trang của thí sinh đó."),
}
FIELD = {"ahead": "since", "unknown": "attempt", "same": "target", "elsewhere": "target", "unit_elsewhere": "unit"}


class Decide(forms.Form):
    """What is decided about one contestant."""

    kind = forms.ChoiceField(label=_("Quyết định"), widget=UnfoldAdminSelectWidget(), choices=Kind.choices)
    attempt = forms.TypedChoiceField(
        label=_("Lượt thi"), widget=UnfoldAdminSelectWidget(), required=False, coerce=int, empty_value=None
    )
    unit = forms.ChoiceField(label=_("Chuyển sang"), widget=UnfoldAdminSelectWidget(), required=False)
    target = forms.IntegerField(
        label=_("Gộp vào thí sinh mã số"), widget=UnfoldAdminTextInputWidget(), required=False, max_value=LARGEST
    )
    since = forms.SplitDateTimeField(
        label=_("Có hiệu lực từ"),
        widget=UnfoldAdminSplitDateTimeWidget(),
        required=False,
        help_text=_("Để trống: coi như luôn luôn như vậy."),
    )
    reason = forms.CharField(
        label=_("Lý do"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        max_length=LONGEST_REASON,
        help_text=_("Thí sinh đọc được lý do này. Không nêu tên hay số của người khác."),
    )

    def __init__(self, *args: Any, me: Contestant, found: Sheet, **kwargs: Any) -> None:
        """Offer this contestant's attempts and this contest's units."""
        super().__init__(*args, **kwargs)
        numbers = [(attempt.number, _("Lượt %(n)d") % {"n": attempt.number}) for attempt, _counts in found.attempts]
        units = [(unit.code, unit.full_name) for unit in Unit.objects.communes_of(me.contest.root)]
        cast("forms.ChoiceField", self.fields["attempt"]).choices = [("", _("Cả thí sinh")), *numbers]
        cast("forms.ChoiceField", self.fields["unit"]).choices = [("", "–"), *units]
        self.me = me

    def decide(self, by: Account) -> Correction:
        """By the room's action; raises its Refused."""
        given = self.cleaned_data
        deed = Deed(by=by, reason=given["reason"], effective=given["since"])
        if given["kind"] == Kind.MOVE:
            unit = Unit.objects.commune(self.me.contest.root, given["unit"])
            if unit is None:
                raise Refused("unit_elsewhere")
            return corrections.move(contestant=self.me, unit=unit, deed=deed)
        if given["kind"] == Kind.MERGE:
            target = Contestant.objects.found(given["target"] or 0)
            if target is None:
                raise Refused("target")
            return corrections.merge(contestant=self.me, target=target, deed=deed)
        act = corrections.void if given["kind"] == Kind.VOID else corrections.restore
        return act(contestant=self.me, attempt=given["attempt"], deed=deed)


def correcting(request: HttpRequest, contestant: int) -> HttpResponse:
    """Attempts, what was decided, and a form; the second press makes the decision."""
    by = cast("Account", request.user)
    if not by.may(POWER):
        raise PermissionDenied
    me = Contestant.objects.found(contestant) if contestant <= LARGEST else None
    if me is None:
        raise Http404(contestant)
    found = sheet(me)
    form = Decide(request.POST or None, me=me, found=found)
    valid = form.is_valid()
    if valid and "sure" in request.POST:
        try:
            form.decide(by)
        except Refused as refused:
            field = "target" if refused.code == "target" else FIELD.get(refused.code)
            form.add_error(field, SAID.get(refused.code, _("Chưa làm được. Mở lại trang để xem.")))
            valid = False
        else:
            messages.success(request, _("Đã ghi quyết định."))
            return redirect("admin:correct_results", contestant)
    if request.method == "GET":
        note(by, "see_contestant", f"contestant:{me.pk}", at=clock.now())
    context = {
        **console.each_context(request),
        "title": _("Điều chỉnh kết quả"),
        "subtitle": str(me.person),
        "me": me,
        "sheet": found,
        "form": form,
        "sure": valid,
    }
    return TemplateResponse(request, "console/correcting.html", context)


console.page("dieu-chinh/<int:contestant>/", correcting, "correct_results")
