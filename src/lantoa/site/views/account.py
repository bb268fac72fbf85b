"""Registering, signing in and out, the profile."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as close_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.contests.models import Contest
from lantoa.people import actions, sign_in
from lantoa.people.models import Account
from lantoa.people.refused import Fault, Refused
from lantoa.site.doors import contest_or_404, let_in
from lantoa.site.forms.account import PasswordForm, SignInForm
from lantoa.site.ready import ready
from lantoa.site.views import profile, register
from lantoa.units.models import Unit

GET_POST = ["GET", "HEAD", "POST"]


@require_safe
def units_json(request: HttpRequest, contest: str) -> HttpResponse:
    """The contest's communes, or with ?trong=<code> what lies inside one: [{code, name, kind}]."""
    root = contest_or_404(contest).root
    commune = Unit.objects.commune(root, request.GET["trong"]) if "trong" in request.GET else None
    units = Unit.objects.inside(commune) if commune else Unit.objects.communes_of(root)
    if "trong" in request.GET and commune is None:
        units = Unit.objects.none()
    rows = [{"code": unit.code, "name": unit.full_name, "kind": unit.kind} for unit in units]
    return JsonResponse({"units": rows}, headers={"Cache-Control": "public, max-age=300"})


@sensitive_post_parameters("password", "login")
@require_http_methods(GET_POST)
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """By phone or citizen number and password; who is signed in already goes on."""
    if request.user.is_authenticated:
        return _onward(request, request.user)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = _let_in(request, **form.cleaned_data)
        except Refused as refused:
            form.show(refused.faults)
        else:
            return _onward(request, account)
    by_name = request.GET.get("kieu") == "ten"
    if by_name:
        form.fields["login"].label = _("Tên đăng nhập")
        form.fields["login"].widget.attrs |= {"inputmode": "text", "class": "input"}
    page = {"form": form, "contest": _contest_named(request), "next": _next(request), "by_name": by_name}
    show = render if form.is_bound else ready
    return show(request, "site/account/sign_in.html", {**page, "accounts": _demo_accounts()})


def _let_in(request: HttpRequest, login: str, password: str) -> Account:
    proven = sign_in.prove(login=login, password=password, address=sign_in.address_of(request.META))
    if not let_in(request, proven.account, tries=proven.tries):
        raise Refused(login=Fault("wrong"))
    return proven.account


@require_http_methods(GET_POST)
def sign_out(request: HttpRequest) -> HttpResponse:
    """Asks with a button, since a link may be followed by anything; leaves nothing on a shared device."""
    if request.method != "POST":
        return render(request, "site/account/sign_out.html", {"contest": _contest_named(request)})
    contest = _contest_named(request)
    close_session(request)
    gone = redirect("contest", contest=contest.slug) if contest else redirect("home")
    gone.headers["Clear-Site-Data"] = '"cache", "storage"'
    return gone


@sensitive_post_parameters("old", "new")
@login_required
@require_http_methods(GET_POST)
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; other devices are signed out, this one stays."""
    contest = _contest_named(request)
    form = PasswordForm(request.POST or None)
    account = request.user
    assert isinstance(account, Account)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_password(account=account, **form.cleaned_data, address=sign_in.address_of(request.META))
        except Refused as refused:
            form.show(refused.faults)
        else:
            update_session_auth_hash(request, account)
            messages.success(request, _("Đã đổi mật khẩu."))
            return redirect("profile", contest=contest.slug) if contest else redirect("home")
    page = {"form": form, "contest": contest}
    return render(request, "site/account/password.html", page)


def _onward(request: HttpRequest, account: Any) -> HttpResponseRedirect:
    """Where somebody goes once signed in: where they wanted to, else on with the contest."""
    if wanted := _next(request):
        return HttpResponseRedirect(wanted)
    if account.is_staff:
        return HttpResponseRedirect(reverse("admin:index"))
    contest = _contest_named(request)
    return redirect("topics", contest=contest.slug) if contest else redirect("home")


def _next(request: HttpRequest) -> str:
    """The page that sent somebody here, if it is one of ours."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if ours else ""


def _contest_named(request: HttpRequest) -> Contest | None:
    """The contest whose colours the page wears: ?contest=."""
    slug = request.POST.get("contest", request.GET.get("contest", ""))
    return contest_or_404(slug) if slug else None


def _demo_accounts() -> list[dict[str, str]]:
    """In demonstration mode: one account per role, as `lantoa demo` wrote them."""
    file = settings.DATA / "demo-accounts.json"
    if not (settings.DEMO and file.is_file()):
        return []
    accounts: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return accounts


urlpatterns = [
    *register.urlpatterns,
    *profile.urlpatterns,
    path("dang-nhap/", sign_in_page, name="sign-in"),
    path("dang-xuat/", sign_out, name="sign-out"),
    path("doi-mat-khau/", password, name="password"),
    path("<slug:contest>/don-vi.json", units_json, name="units-json"),
]
