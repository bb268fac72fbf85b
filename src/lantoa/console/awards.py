"""Prizes as announced and certificates as issued."""

from __future__ import annotations

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from lantoa.awards.models import Certificate, Prize
from lantoa.console.admin_site import console
from lantoa.console.base import LongBook, Table


@admin.register(Prize, site=console)
class Prizes(Table):
    """The prize table of a contest."""

    list_display = ("name", "contest", "rule", "count", "each", "note")
    list_select_related = ("contest",)
    list_filter = ("contest", "rule")
    ordering = ("contest_id", "position")
    deletable = True

    @admin.display(description=_("Mỗi giải"), ordering="amount")
    def each(self, prize: Prize) -> str:
        """In đồng."""
        return f"{number_format(prize.amount, force_grouping=True)} đồng"


@admin.register(Certificate, site=console)
class Certificates(LongBook):
    """Kept as printed."""

    list_display = ("number", "name", "unit_name", "issued_at")
    search_fields = ("number__exact",)
    search_help_text = _("Số giấy chứng nhận")
    fields = ("number", "name", "unit_name", "contest_name", ("correct", "asked"), "issued_at")
