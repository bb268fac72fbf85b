"""The console itself: one admin site of our own, so that nothing but our tables is ever shown in it."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite


class SignIn(AuthenticationForm):
    """User name and password. Somebody without a role of the console is told kindly where their page is."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": _("Tên đăng nhập hoặc mật khẩu chưa đúng. Chữ hoa và chữ thường được phân biệt."),
        "not_staff": _("Trang này dành cho ban tổ chức. Bạn dự thi thì đăng nhập ở trang chính của cuộc thi."),
    }

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Whether the roles carry `enter_console`."""
        if not getattr(user, "is_staff", False):
            raise ValidationError(self.error_messages["not_staff"], code="not_staff")


class Console(UnfoldAdminSite):
    """The organiser's pages; tables and pages register themselves."""

    site_header = site_title = _("Lan Tỏa")
    index_title = _("Việc cần làm")
    login_form = SignIn
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        """Keep Django's own name, so that `admin:…` means this one."""
        super().__init__(name)
        self.login_form = SignIn
        self.pages: list[tuple[str, Any, str]] = []

    def page(self, route: str, view: Any, name: str) -> None:
        """Add a page of our own; the view asks for its power itself."""
        self.pages.append((route, view, name))

    def extra_urls(self) -> list[URLPattern]:
        """Unfold asks for them."""
        return [path(route, self.admin_view(view), name=name) for route, view, name in self.pages]

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """One place to change one's password for everybody: the site's."""
        return redirect("password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The colours come from css/console.css, not from an inline style: the policy of headers.py holds."""
        return {**super().each_context(request), "colors": None}


console = Console()
