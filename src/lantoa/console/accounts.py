"""Staff accounts, their roles, and the journal. Operators only; nobody is deleted, an account is put out of use."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from lantoa.console.admin_site import console
from lantoa.console.base import LongBook, Rows, Table, data
from lantoa.people import access, actions, passwords
from lantoa.people.models import Account, AuditEntry, Role
from lantoa.people.refused import Refused

SAID = {
    "username": {
        "unfit": _("Dùng chữ không dấu và số, không có khoảng trắng. Ví dụ: thanh.dong"),
        "taken": _("Tên này đã có người dùng. Chọn tên khác."),
    },
    "password": {
        "empty": _("Nhập mật khẩu."),
        "short": _("Dùng ít nhất 8 ký tự."),
        "long": _("Dùng nhiều nhất 200 ký tự."),
        "common": _("Nhiều người dùng mật khẩu này. Chọn một cụm từ khác."),
        "numeric": _("Thêm chữ vào mật khẩu, đừng chỉ dùng số."),
        "name": _("Mật khẩu khác với tên đăng nhập."),
    },
    "role": {"unknown": _("Chọn một vai trò.")},
    "unit": {"empty": _("Điều phối viên cần có đơn vị. Tạo tài khoản với vai trò khác, rồi thêm vai trò này sau.")},
}
PLAIN_KINDS = [(kind, name) for kind, name in access.KINDS if kind != "coordinator"]


class NewPassword(forms.Form):
    """A password, said to its owner by the operator."""

    password = forms.CharField(
        label=_("Mật khẩu"),
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Ít nhất 8 ký tự. Trao tận tay cho người dùng, họ tự đổi sau khi đăng nhập."),
        max_length=passwords.LONGEST,
        strip=False,
    )


class NewStaff(NewPassword):
    """A staff account with its first role."""

    username = forms.CharField(
        label=_("Tên đăng nhập"), widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}), max_length=60
    )
    role = forms.ChoiceField(label=_("Vai trò"), widget=UnfoldAdminSelectWidget(), choices=PLAIN_KINDS)
    field_order = ["username", "role", "password"]


def say(form: forms.Form, refused: Refused) -> None:
    """Put a rule's no at its field, in words."""
    for name, fault in refused.faults.items():
        field = {"roles": "role"}.get(name, name)
        form.add_error(
            field if field in form.fields else None, SAID.get(field, {}).get(fault.code, _("Chưa dùng được. Nhập lại."))
        )


class Roles(Rows):
    """What the account may do. A coordinator's role names the unit."""

    model = Role
    autocomplete_fields = ("unit",)
    extra = 1


@admin.register(Account, site=console)
class Accounts(Table):
    """People who work on contests. Contestants are found among the contestants."""

    list_display = ("username", "roles_shown", "is_active", "last_login")
    list_filter = ("is_active", "roles__kind")
    search_fields = ("username",)
    ordering = ("username",)
    fields = ("username", "is_active", "created_at", "last_login")
    readonly_fields = ("username", "created_at", "last_login")
    inlines = (Roles,)
    change_form_outer_before_template = "console/account_tools.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:  # noqa: ARG002
        """Staff."""
        return Account.objects.staff()

    @admin.display(description=_("Vai trò"))
    def roles_shown(self, account: Account) -> str:
        """Each role, a coordinator's with its unit."""
        return ", ".join(f"{role} ({role.unit})" if role.unit else str(role) for role in account.roles.all()) or "–"

    def get_urls(self) -> list[URLPattern]:
        """Also the page where an operator gives a new password."""
        view = self.admin_site.admin_view(self.password_view)
        return [path("<int:pk>/mat-khau/", view, name="lantoa_account_password"), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """A new staff account, by the action of the people room."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewStaff(request.POST or None)
        if form.is_valid():
            given = form.cleaned_data
            by = cast("Account", request.user)
            try:
                account = actions.create_staff(
                    username=given["username"], password=given["password"], roles=[given["role"]], by=by
                )
            except Refused as refused:
                say(form, refused)
            else:
                messages.success(request, _("Đã tạo tài khoản %(name)s.") % {"name": account.username})
                return redirect("admin:lantoa_account_change", account.pk)
        return self.page(request, form, _("Tạo tài khoản"), reverse("admin:lantoa_account_changelist"))

    def password_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another password for a staff account."""
        account = self.get_object(request, str(pk))
        if account is None or not self.has_change_permission(request, account):
            raise PermissionDenied
        form = NewPassword(request.POST or None)
        back = reverse("admin:lantoa_account_change", args=[account.pk])
        if form.is_valid():
            try:
                actions.set_password(
                    account=account, new=form.cleaned_data["password"], by=cast("Account", request.user)
                )
            except Refused as refused:
                say(form, refused)
            else:
                messages.success(request, _("Đã đặt mật khẩu mới cho %(name)s.") % {"name": account.username})
                return redirect(back)
        return self.page(request, form, _("Đặt mật khẩu: %(name)s") % {"name": account.username}, back)

    def page(self, request: HttpRequest, form: forms.Form, title: Any, back: str) -> HttpResponse:
        """A form of our own in the console's shell."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "console/form.html", context)


@admin.register(AuditEntry, site=console)
class Journal(LongBook):
    """Who did what, when, to what."""

    list_display = ("at", "who", "action", "subject")
    list_display_links = ("at",)
    list_select_related = ("actor",)
    search_fields = ("subject__exact",)
    search_help_text = _("Đối tượng, viết đủ: share:17")
    fields = ("at", "who", "action", "subject", "detail_shown")
    readonly_fields = ("who", "detail_shown")

    @admin.display(description=_("Ai"))
    def who(self, entry: AuditEntry) -> str:
        """Staff by user name; of a contestant only the account's number, since operators do not see people."""
        return (entry.actor.username or f"account:{entry.actor.pk}") if entry.actor else "–"

    @admin.display(description=_("Chi tiết"))
    def detail_shown(self, entry: AuditEntry) -> str:
        """What was noted with it."""
        return data(entry.detail)
