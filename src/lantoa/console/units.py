"""Places: found without diacritics; a population is added, never overwritten (B2)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lantoa.console.admin_site import console
from lantoa.console.base import Rows, Table
from lantoa.lib import clock
from lantoa.units.models import Cluster, ClusterMember, Population, Succession, Unit


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


@admin.register(Succession, site=console)
class Successions(Table):
    """One unit became part of another."""

    list_display = ("unit", "successor", "effective")
    list_select_related = ("unit", "successor")
    autocomplete_fields = ("unit", "successor")
    exclude = ("known_at",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """A fact of the figures: added, never changed."""
        return False

    def save_model(self, request: HttpRequest, obj: Succession, form: ModelForm[Any], change: bool) -> None:  # noqa: FBT001
        """Known from now on."""
        obj.known_at = clock.now()
        super().save_model(request, obj, form, change)
