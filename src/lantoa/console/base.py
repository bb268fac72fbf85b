"""How every table of the console behaves: nothing is deleted by default, every decision is written down."""

from __future__ import annotations

import json
from typing import Any, cast

from django.db.models import Model
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

from lantoa.lib import clock
from lantoa.people.journal import note
from lantoa.people.models import Account

LONGEST = 120


def name_of(obj: Model) -> str:
    """How the journal names a row."""
    return f"{obj._meta.model_name}:{obj.pk}"  # noqa: SLF001 (Django's own public name for it)


def changes(form: ModelForm[Any]) -> dict[str, list[str]]:
    """What was changed, before and after, shortened: enough to understand a decision later."""
    after = form.cleaned_data
    short = {name: (form.initial.get(name, ""), after.get(name, "")) for name in form.changed_data}
    return {name: [str(value)[:LONGEST] for value in pair] for name, pair in short.items()}


def data(value: object) -> str:
    """Data as text; unfold would colour it with inline styles, which the policy of headers.py refuses."""
    return format_html('<pre class="data">{}</pre>', json.dumps(value, ensure_ascii=False, indent=2))


class Table(ModelAdmin):
    """A table that people with its power may change. Whoever may only look sees it read-only."""

    addable = True
    deletable = False
    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = True
    warn_unsaved_form = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Some tables are filled elsewhere: by a package, by contestants."""
        return self.addable and bool(super().has_add_permission(request))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only where deleting harms nothing that was published."""
        return self.deletable and bool(super().has_delete_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deletion of many at once."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:  # noqa: FBT001
        """Save and write down, in the transaction that Django holds around both."""
        super().save_model(request, obj, form, change)
        if form.changed_data or not change:
            self.write_down(request, "change" if change else "add", obj, changes=changes(form))

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formset: BaseModelFormSet[Any, Any],
        change: bool,  # noqa: FBT001
    ) -> None:
        """The rows of a list below, each written down."""
        super().save_formset(request, form, formset, change)
        for obj in formset.new_objects:
            self.write_down(request, "add", obj, of=name_of(form.instance))
        for obj, fields in formset.changed_objects:
            self.write_down(request, "change", obj, of=name_of(form.instance), fields=list(fields))
        for obj in formset.deleted_objects:  # their keys are gone: the entry stands at what held them
            what = obj._meta.model_name  # noqa: SLF001
            self.write_down(request, "change", form.instance, removed=what, was=str(obj)[:LONGEST])

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete and write down."""
        self.write_down(request, "delete", obj, was=str(obj)[:LONGEST])
        super().delete_model(request, obj)

    def write_down(self, request: HttpRequest, verb: str, obj: Model, **detail: object) -> None:
        """One entry of the journal."""
        subject = name_of(obj)
        action = f"{verb}_{subject.partition(':')[0]}"
        note(cast("Account", request.user), action, subject, at=clock.now(), **detail)


class Book(Table):
    """A table that nobody changes here: facts, published versions, the journal."""

    addable = False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Never."""
        return False


class LongBook(Book):
    """A book that may hold a row for every contestant: pages are turned without counting them all (law 7)."""

    paginator = InfinitePaginator
    ordering: tuple[str, ...] = ("-pk",)
    sortable_by = ()


class Rows(TabularInline):
    """Rows that belong to the object above them."""

    extra = 0
