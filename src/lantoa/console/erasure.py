"""Xóa thông tin: a person is erased by law, by whoever runs the contest, after it was read twice."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from lantoa.awards.erasure import POWER, Refused, erase_person
from lantoa.console.admin_site import console
from lantoa.contests.models import Contestant
from lantoa.lib import clock
from lantoa.people.journal import note, subject
from lantoa.people.models import Account, AuditEntry

LARGEST = 2**63 - 1
SAID = {
    "erased": _("Đã xóa rồi."),
    "running": _("Người này đang làm bài. Đợi nộp xong rồi xóa."),
    "staff": _("Người này có tài khoản vận hành cuộc thi. Thu hồi vai trò trước."),
}


def erasing(request: HttpRequest, contestant: int) -> HttpResponse:
    """What goes and what stays; pressing erases for ever."""
    by = cast("Account", request.user)
    if not by.may(POWER):
        raise PermissionDenied
    me = Contestant.objects.found(contestant) if contestant <= LARGEST else None
    if me is None:
        raise Http404(contestant)
    fault = ""
    if request.method == "POST" and request.POST.get("sure") == "1":
        try:
            erase_person(person=me.person, by=by)
        except Refused as refused:
            fault = str(SAID[refused.code])
        else:
            messages.success(request, _("Đã xóa thông tin. Trong một phút sổ công khai cũng thu lại."))
            return redirect("admin:lantoa_contestant_changelist")
    elif request.method == "GET":
        note(by, "see_contestant", f"contestant:{me.pk}", at=clock.now())
    context = {
        **console.each_context(request),
        "title": _("Xóa thông tin"),
        "subtitle": str(me.person),
        "me": me,
        "asked": AuditEntry.objects.last_time(subject(me.person), "ask_erasure"),
        "fault": fault,
    }
    return TemplateResponse(request, "console/erasing.html", context)


console.page("xoa-thong-tin/<int:contestant>/", erasing, "erase_person")
