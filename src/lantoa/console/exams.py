"""The question bank: whoever may not see the answer key does not see these tables at all (people/access.py)."""

from __future__ import annotations

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from lantoa.console.admin_site import console
from lantoa.console.base import Book, data
from lantoa.exams.models import Bank, Question


@admin.register(Question, site=console)
class Questions(Book):
    """Versions of questions."""

    list_display = ("code", "version", "stem", "topic", "lesson", "level")
    list_filter = ("contest", "topic", "level", "lesson")
    search_fields = ("code", "stem")
    ordering = ("contest_id", "code", "-version")
    fieldsets = (
        (None, {"fields": ("stem", "answers")}),
        (_("Giải thích"), {"fields": ("explanation",)}),
        (_("Xếp loại"), {"fields": (("code", "version"), ("topic", "lesson", "level"), "words", "shuffle")}),
        (_("Nguồn và rà soát"), {"fields": ("enemies", "sources", "review_by", "digest")}),
    )
    readonly_fields = ("answers",)

    @admin.display(description=_("Phương án và đáp án"))
    def answers(self, question: Question) -> str:
        """Four options, the right one marked by word and sign."""
        rows = [
            (letter, text, place == question.key)
            for place, (letter, text) in enumerate(zip("ABCD", question.options, strict=True))
        ]
        return render_to_string("console/options.html", {"rows": rows})


@admin.register(Bank, site=console)
class Banks(Book):
    """Frozen sets of questions with the blueprint of their papers."""

    list_display = ("contest", "version", "size", "published_at")
    list_select_related = ("contest",)
    list_filter = ("contest",)
    ordering = ("contest_id", "-version")
    fields = ("contest", "version", "size", "blueprint_shown", "digest", "published_at")
    readonly_fields = ("size", "blueprint_shown")

    @admin.display(description=_("Ma trận đề"))
    def blueprint_shown(self, bank: Bank) -> str:
        """How a paper is put together."""
        return data(bank.blueprint)

    @admin.display(description=_("Số câu"))
    def size(self, bank: Bank) -> int:
        """How many questions it holds."""
        return len(bank.questions)
