"""Registering for a contest; somebody who has an account joins by one button."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lantoa.contests import actions as contest_actions
from lantoa.contests.calendar import Phase
from lantoa.contests.models import Contest, Contestant
from lantoa.people import actions, sign_in
from lantoa.people.models import Account, Person
from lantoa.people.refused import Refused
from lantoa.site.doors import contest_or_404, let_in
from lantoa.site.forms.account import RegisterForm
from lantoa.site.ready import ready
from lantoa.units.models import Unit

REFUSALS = {
    "before": _("Cuộc thi chưa mở. Tài khoản của bạn đã có, bạn quay lại khi cuộc thi mở."),
    "closed": _("Cuộc thi đã kết thúc."),
    "no_unit": _("Bạn chưa chọn xã, phường. Chọn rồi vào cuộc thi."),
    "unit_elsewhere": _("Xã, phường của bạn không thuộc cuộc thi này."),
    "rehearsal": _("Đây là cuộc diễn tập, không nhận đăng ký thật. Hãy mở trang của cuộc thi."),
}


@sensitive_post_parameters("password", "citizen_id", "phone")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, contest: str) -> HttpResponse:
    """One page: who somebody is, where from, a password, consent. A unit's QR comes with ?don-vi=<code>."""
    found = contest_or_404(contest)
    if request.user.is_authenticated:
        return _join(request, found, request.user)
    phase = found.phase(found.moment)
    if phase is not Phase.OPEN:
        return render(request, "site/account/not_open.html", {"contest": found, "phase": phase.value})
    if request.method == "POST":
        return _register(request, found)
    commune, place = Unit.objects.place(found.root, request.GET.get("don-vi", ""))
    form = RegisterForm(initial={"unit": commune.code if commune else "", "sub_unit": place.code if place else ""})
    form.offer_places(found.root, commune)
    page = {"contest": found, "form": form, "chosen": place or commune, "step": 1}
    return ready(request, "site/account/register.html", page, lasts=found.closes_at - found.moment)


def _register(request: HttpRequest, contest: Contest) -> HttpResponse:
    form = RegisterForm(request.POST)
    unit, place = form.read_place(contest.root)
    if form.is_valid():
        try:
            account = _open_account(request, contest, form, unit, place)
        except Refused as refused:
            form.show({**refused.faults, **form.unclear})
        else:
            let_in(request, account)
            assert account.person is not None
            return _enter(request, contest, account.person)
    form.offer_again()
    return render(request, "site/account/register.html", {"contest": contest, "form": form, "step": 1})


def _open_account(
    request: HttpRequest, contest: Contest, form: RegisterForm, unit: Unit | None, place: Unit | None
) -> Account:
    """Register; asking again and again which numbers are taken counts against the address."""
    typed, now, address = form.cleaned_data, contest.moment, sign_in.address_of(request.META)
    with sign_in.asking_whose_number(address, at=now):
        return actions.register(
            full_name=typed["full_name"],
            phone=typed["phone"],
            citizen_id=typed["citizen_id"],
            unit=unit,
            sub_unit=place,
            group=typed["group"],
            password=typed["password"],
            consent_version=str(contest.package_version) if typed["consent"] else "",
            sure=bool(typed["seen"]),
            rehearsal=contest.rehearsal,
            address=address,
            at=now,
        )


def _join(request: HttpRequest, contest: Contest, account: Account) -> HttpResponse:
    """The one button of somebody who has an account already."""
    if Contestant.objects.entering(account, contest.slug):
        return redirect("topics", contest=contest.slug)
    phase = contest.phase(contest.moment)
    page = {"contest": contest, "phase": phase.value, "person": account.person}
    if phase is not Phase.OPEN:
        return render(request, "site/account/not_open.html", page)
    if request.method == "POST" and account.person is not None:
        actions.give_consent(person=account.person, by=account, consent_version=str(contest.package_version))
        return _enter(request, contest, account.person)
    return render(request, "site/account/join.html", page)


def _enter(request: HttpRequest, contest: Contest, person: Person) -> HttpResponse:
    """Join, and on to the topics; where a rule refuses, the landing says why."""
    try:
        contest_actions.join(contest=contest, person=person, at=contest.moment)
    except contest_actions.Refused as refused:
        messages.warning(request, REFUSALS[refused.code])
        return redirect("contest", contest=contest.slug)
    return redirect("topics", contest=contest.slug)


urlpatterns = [path("<slug:contest>/dang-ky/", register, name="register")]
