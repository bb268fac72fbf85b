"""What somebody sees of their own data, and what they can do about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.contests.actions import move, rechecking
from lantoa.contests.models import Contestant
from lantoa.exams.corrections import told
from lantoa.lib import clock
from lantoa.people import actions, journal, numbers, sign_in
from lantoa.people.models import TAKING_PART, Account, AuditEntry, Consent, Person
from lantoa.people.my_data import my_data
from lantoa.people.refused import Fault, Refused
from lantoa.people.validity import missing
from lantoa.site.decisions import decisions
from lantoa.site.doors import for_contestant
from lantoa.site.forms.account import CorrectForm


@require_safe
@for_contestant
def profile(request: HttpRequest, me: Contestant) -> HttpResponse:
    """What is missing, my data with the numbers masked, my consent, what I can do."""
    person = me.person
    page = {
        "contest": me.contest,
        "me": me,
        "numbers": numbers.masked(person),
        "missing": missing(person),
        "decided": decisions(told(me)),
        "consent": Consent.objects.open(person, TAKING_PART),
        "erasure": AuditEntry.objects.last_time(journal.subject(person), "ask_erasure"),
    }
    return render(request, "site/account/profile.html", page)


@sensitive_post_parameters("citizen_id", "phone")
@require_http_methods(["GET", "HEAD", "POST"])
@for_contestant
def edit(request: HttpRequest, me: Contestant) -> HttpResponse:
    """Correct my data; what a finished exam has fixed is shown, not offered."""
    fixed = _finished(me.person)
    form = CorrectForm(request.POST or None, initial=_present(me), fixed=fixed)
    if request.method != "POST":
        form.offer_places(me.contest.root, me.unit)
    elif _corrected(request, me, form, fixed=fixed):
        messages.success(request, _("Đã lưu thông tin của bạn."))
        return redirect("profile", contest=me.contest.slug)
    else:
        form.offer_again()
    page = {"contest": me.contest, "me": me, "form": form, "fixed": fixed, "numbers": numbers.masked(me.person)}
    return render(request, "site/account/edit.html", page)


def _corrected(request: HttpRequest, me: Contestant, form: CorrectForm, *, fixed: bool) -> bool:
    """Whether the correction could be made; the form says why not."""
    unit, place = form.read_place(me.contest.root)
    if not form.is_valid():
        return False
    typed = dict(form.cleaned_data)
    sure, by = bool(typed.pop("seen")), _account(request)
    places = {} if fixed else {"unit": unit, "sub_unit": place}
    if not fixed and unit is None:
        form.show(form.unclear or {"unit": Fault("empty")})
        return False
    address = sign_in.address_of(request.META)
    known = {**typed, **places, "address": address}
    try:
        with sign_in.asking_whose_number(address, at=me.moment), rechecking(person=me.person):
            actions.correct_profile(person=me.person, by=by, identity_fixed=fixed, sure=sure, **known)
            if unit and not fixed:
                move(contestant=me, unit=unit, sub_unit=place, by=by)
    except Refused as refused:
        form.show(refused.faults)
        return False
    return True


@require_safe
@for_contestant
def download(request: HttpRequest, me: Contestant) -> HttpResponse:
    """My data as a file; the download itself is written into the journal."""
    now = clock.now()
    journal.note(_account(request), "download_my_data", journal.subject(me.person), at=now)
    entry = {
        "contest": me.contest.name,
        "joined_at": me.joined_at.isoformat(),
        "unit": me.unit.full_name,
        "sub_unit": me.sub_unit.full_name if me.sub_unit else None,
    }
    found = JsonResponse({**my_data(me.person), "entry": entry}, json_dumps_params={"ensure_ascii": False, "indent": 2})
    found.headers["Content-Disposition"] = 'attachment; filename="thong-tin-cua-toi.json"'
    return found


@require_POST
@for_contestant
def consent(request: HttpRequest, me: Contestant) -> HttpResponse:
    """Agree again, or take the consent back."""
    account = _account(request)
    with rechecking(person=me.person):
        if request.POST.get("dong-y") == "1":
            actions.give_consent(person=me.person, by=account, consent_version=str(me.contest.package_version))
            said = _("Đã lưu sự đồng ý của bạn.")
        else:
            actions.withdraw_consent(person=me.person, by=account)
            said = _("Đã rút lại sự đồng ý của bạn.")
    messages.success(request, said)
    return redirect("profile", contest=me.contest.slug)


@require_POST
@for_contestant
def erasure(request: HttpRequest, me: Contestant) -> HttpResponse:
    """Ask to be erased."""
    with rechecking(person=me.person):
        actions.ask_erasure(person=me.person, by=_account(request))
    messages.success(request, _("Đã gửi yêu cầu xóa tới ban tổ chức."))
    return redirect("profile", contest=me.contest.slug)


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _present(me: Contestant) -> dict[str, Any]:
    """The form as it stands now; numbers are never filled in."""
    return {
        "full_name": me.person.full_name,
        "unit": me.unit.code,
        "sub_unit": me.sub_unit.code if me.sub_unit else "",
        "group": me.person.group,
    }


def _finished(person: Person) -> bool:
    """Whether an exam was handed in, in any contest: from then on name, citizen number and unit stay."""
    return any(hasattr(entry, "best") for entry in person.entries.select_related("best"))


urlpatterns = [
    path("<slug:contest>/ho-so/", profile, name="profile"),
    path("<slug:contest>/ho-so/sua/", edit, name="profile-edit"),
    path("<slug:contest>/ho-so/thong-tin-cua-toi.json", download, name="profile-data"),
    path("<slug:contest>/ho-so/dong-y/", consent, name="profile-consent"),
    path("<slug:contest>/ho-so/xoa/", erasure, name="profile-erasure"),
]
