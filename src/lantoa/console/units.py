"""Places: found without diacritics; a population is added, never overwritten (B2)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from lantoa.console.admin_site import console
from lantoa.console.base import Book, Rows, Table
from lantoa.contests import mergers
from lantoa.lib import clock
from lantoa.people.models import Account
from lantoa.units.models import Cluster, ClusterMember, Population, Succession, Unit

SAID = {
    "reason": _("Viết căn cứ, nhiều nhất 500 ký tự."),
    "same": _("Chọn hai đơn vị khác nhau."),
    "elsewhere": _("Hai đơn vị phải cùng một thành phố."),
    "gone": _("Một trong hai đơn vị không còn."),
    "ahead": _("Chọn một ngày đã tới."),
    "circle": _("Hai đơn vị sẽ nhập vào nhau thành vòng. Chọn đơn vị khác."),
    "running": _("Cuộc thi đang mở và có người dự thi cho đơn vị này. Đánh dấu ô bên dưới nếu vẫn ghi."),
}
FIELD = {"reason": "reason", "ahead": "since", "running": "while_open"} | dict.fromkeys(
    ("same", "elsewhere", "gone", "circle"), "successor"
)
NOT_NOW = _("Chưa làm được. Mở lại trang để xem.")
WARNING = _("Đọc lại một lần nữa. Ghi rồi thì không sửa, không xóa được.")


class Populations(Rows):
    """What is known stays; a new number is a new row."""

    model = Population
    extra = 1
    fields = ("value", "valid_from", "source", "approved_by", "known_at")
    readonly_fields = ("known_at",)
    ordering = ("-valid_from", "-known_at")
    verbose_name_plural = _("Dân số: chỉ ghi thêm, không sửa số đã ghi")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Never."""
        return False


@admin.register(Unit, site=console)
class Units(Table):
    """Wards, communes, special zones, and what lies below them."""

    list_display = ("full_name_shown", "kind", "code", "parent", "valid_to")
    list_select_related = ("parent",)
    list_filter = ("kind", "membership__cluster")
    search_fields = ("search",)
    search_help_text = _("Tên không cần dấu, hoặc mã")
    ordering = ("parent_id", "search")
    fieldsets = (
        (None, {"fields": ("name", "kind", "code", "parent")}),
        (_("Thời gian tồn tại"), {"fields": ("valid_from", "valid_to")}),
    )
    autocomplete_fields = ("parent",)
    inlines = (Populations,)

    @admin.display(description=_("Đơn vị"), ordering="search")
    def full_name_shown(self, unit: Unit) -> str:
        """As people say it."""
        return unit.full_name

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Unit], search_term: str) -> Any:  # noqa: ARG002
        """By the rule of the units room: "cam giang" finds Cẩm Giang and Cẩm Giàng."""
        return (queryset.matching(search_term) if search_term.strip() else queryset), False  # type: ignore[attr-defined]

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formset: BaseModelFormSet[Any, Any],
        change: bool,  # noqa: FBT001
    ) -> None:
        """A population is known from the moment that it is written down."""
        for added in formset.extra_forms:
            added.instance.known_at = clock.now()
        super().save_formset(request, form, formset, change)


class Members(Rows):
    """The units of a cluster."""

    model = ClusterMember
    autocomplete_fields = ("unit",)
    extra = 1
    verbose_name_plural = _("Đơn vị trong cụm")


@admin.register(Cluster, site=console)
class Clusters(Table):
    """Units that compete among themselves."""

    list_display = ("name", "code")
    search_fields = ("name",)
    inlines = (Members,)
    deletable = True


class NewMerger(forms.Form):
    """Which unit became part of which, from which day on, and why."""

    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=_("Đơn vị"), queryset=None, widget=UnfoldAdminSelectWidget()
    )
    successor: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=_("Nhập vào"), queryset=None, widget=UnfoldAdminSelectWidget()
    )
    since = forms.DateField(label=_("Từ ngày"), widget=UnfoldAdminDateWidget())
    reason = forms.CharField(
        label=_("Căn cứ"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), max_length=mergers.LONGEST_REASON
    )
    while_open = forms.BooleanField(
        label=_("Ghi cả khi cuộc thi đang mở"),
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text=_("Bảng xếp hạng của các đơn vị thay đổi ngay sau khi ghi."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the units that exist today."""
        super().__init__(*args, **kwargs)
        for name in ("unit", "successor"):
            cast("forms.ModelChoiceField[Unit]", self.fields[name]).queryset = Unit.objects.communes()


@admin.register(Succession, site=console)
class Successions(Book):
    """One unit became part of another: written once, read again before it is."""

    addable = True
    list_display = ("unit", "successor", "effective")
    list_select_related = ("unit", "successor")
    fields = ("unit", "successor", "effective", "known_at", "reason")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """By the action of the contests room; the second press writes it down."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewMerger(request.POST or None)
        valid = form.is_valid()
        if valid and "sure" in request.POST:
            try:
                made = mergers.merge_units(**form.cleaned_data, by=cast("Account", request.user))
            except mergers.Refused as refused:
                form.add_error(FIELD.get(refused.code), SAID.get(refused.code, NOT_NOW))
                valid = False
            else:
                messages.success(request, _("Đã ghi sáp nhập."))
                return redirect("admin:lantoa_succession_change", made.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ghi một lần sáp nhập"),
            "form": form,
            "deed": _("Ghi sáp nhập") if valid else _("Xem lại"),
            "warning": WARNING if valid else "",
            "back": reverse("admin:lantoa_succession_changelist"),
        }
        return TemplateResponse(request, "console/form.html", context)
