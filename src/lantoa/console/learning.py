"""Topics and lessons. Lessons come by package: a version is looked at here, never edited (law 8)."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from lantoa.console.admin_site import console
from lantoa.console.base import Book, Table
from lantoa.learning.models import Lesson, Topic


@admin.register(Topic, site=console)
class Topics(Table):
    """Names and introductions of the topics."""

    addable = False
    list_display = ("title", "number", "contest")
    list_select_related = ("contest",)
    list_filter = ("contest",)
    readonly_fields = ("contest", "number", "picture")


@admin.register(Lesson, site=console)
class Lessons(Book):
    """Every version, the current ones first."""

    list_display = ("title", "code", "version", "current", "topic", "published_at")
    list_select_related = ("topic",)
    list_filter = ("contest", "topic", "current")
    ordering = ("contest_id", "-current", "topic__number", "position", "-version")
    fieldsets = (
        (None, {"fields": (("code", "version", "current"), "title", "topic", "goal", "takeaway")}),
        (_("Cách học"), {"fields": (("minutes", "position"), "compulsory", "review_by", "published_at")}),
        (_("Các thẻ"), {"fields": ("preview",)}),
        (
            _("Bản tiếng Anh"),
            {"classes": ("collapse",), "fields": ("title_en", "goal_en", "takeaway_en", "preview_en")},
        ),
    )
    readonly_fields = ("preview", "preview_en")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """By package only."""
        return False

    @admin.display(description="")
    def preview(self, lesson: Lesson) -> str:
        """The words and drawings of the cards as the package's reader cleaned them."""
        return render_to_string("console/cards.html", {"cards": lesson.cards})

    @admin.display(description="")
    def preview_en(self, lesson: Lesson) -> str:
        """The same in English; nothing where the lesson has none."""
        return render_to_string("console/cards.html", {"cards": lesson.cards_en})
