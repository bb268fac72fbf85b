"""Shares to publish or return, and reports of published ones. Decisions are the shares room's actions."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import CharField, HiddenInput, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminTextareaWidget

from lantoa.console.admin_site import console
from lantoa.console.base import LongBook, Table
from lantoa.people.models import Account
from lantoa.shares.actions import keep_share, publish_share, return_share
from lantoa.shares.models import Report, Share
from lantoa.shares.rules import LONGEST_REASON, Refused

PUBLISH, RETURN, KEEP = (
    "lantoa_share_publish",
    "lantoa_share_send_back",
    "lantoa_share_keep",
)  # as unfold names the buttons
SAID = {
    "no_consent": _("Tác giả chưa đồng ý đăng bài này."),
    "edited": _("Tác giả vừa gửi lại bài. Đọc bản mới rồi quyết định."),
    "reason": _("Viết lý do, nhiều nhất 300 ký tự, rồi bấm nút."),
}


class StateFilter(SimpleListFilter):
    """The waiting ones unless another state is asked for: that is what the page is for."""

    title = _("trạng thái")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """The states of the shares room."""
        return [(value, label) for value, label in Share.State.choices if value != Share.State.RECEIVED]

    def choices(self, changelist: Any) -> Any:
        """Django's "All" stands for those that wait."""
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Đang chờ")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Share]) -> QuerySet[Share]:  # noqa: ARG002
        """By the named reads of the room."""
        return queryset.in_state(self.value() or Share.State.RECEIVED)  # type: ignore[attr-defined,no-any-return]


class Decision(ModelForm):  # type: ignore[type-arg]
    """The only thing that a moderator writes: why a share goes back."""

    reason = CharField(
        label=_("Lý do trả lại"),
        required=False,
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Tác giả đọc được câu này. Viết rõ cần sửa chỗ nào. Đăng bài thì để trống."),
    )
    read = CharField(widget=HiddenInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Remember which text was read: the author may send another one meanwhile."""
        super().__init__(*args, **kwargs)
        self.initial["read"] = self.instance.sent_at.isoformat() if self.instance.pk else ""

    class Meta:
        model = Share
        fields = ("reason",)

    def clean_reason(self) -> str:
        """Nobody gets a share back without a word."""
        reason: str = self.cleaned_data["reason"].strip()
        if RETURN in self.data and not reason:
            raise ValidationError(SAID["reason"])
        return reason


@admin.register(Share, site=console)
class Shares(Table):
    """One share a page: read, publish or return."""

    form = Decision
    addable = False
    paginator = InfinitePaginator
    list_display = ("excerpt", "kind", "unit", "sent_at", "may_publish")
    list_filter = (StateFilter, "contest", "kind")
    list_filter_submit = False
    actions_submit_line = ("publish", "keep", "send_back")
    fieldsets = (
        (None, {"fields": ("words", "reported")}),
        (_("Ai gửi"), {"fields": (("contestant", "unit"), ("kind", "sent_at"), "may_publish")}),
        (_("Quyết định"), {"fields": ("state", ("decided_by", "decided_at"), "reason", "read")}),
    )
    readonly_fields = (
        *("words", "reported", "contestant", "unit", "kind", "sent_at"),
        *("may_publish", "state", "decided_by", "decided_at"),
    )
    warn_unsaved_form = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Share]:  # noqa: ARG002
        """With names and units."""
        return Share.objects.detailed()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002
        """The state's own order."""
        return ()

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """What can be decided in the state that the share is in."""
        share = self.get_object(request, str(object_id))
        if share is None or not self.has_change_permission(request, share):
            return []
        fitting = {
            PUBLISH: share.may_publish and share.state != Share.State.PUBLISHED,
            KEEP: share.state == Share.State.PUBLISHED and share.reports.open().exists(),
            RETURN: share.state != Share.State.RETURNED,
        }
        return [button for button in super().get_actions_submit_line(request, object_id) if fitting[button.action_name]]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """No plain saving: a share is published, kept or returned."""
        plain = {"show_save": False, "show_save_and_continue": False, **(extra_context or {})}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, plain)
        return response

    def save_model(self, request: HttpRequest, obj: Share, form: ModelForm[Any], change: bool) -> None:  # noqa: ARG002, FBT001
        """By the button that was pressed, about the text that was read; the actions write the journal."""
        by, share = cast("Account", request.user), Share.objects.get(pk=obj.pk)
        share.sent_at = parse_datetime(form.cleaned_data["read"]) or share.sent_at
        try:
            if RETURN in request.POST:
                return_share(share=share, by=by, reason=form.cleaned_data["reason"])
                messages.success(request, _("Đã trả lại bài."))
            elif KEEP in request.POST:
                keep_share(share=share, by=by)
                messages.success(request, _("Đã giữ bài."))
            elif PUBLISH in request.POST:
                publish_share(share=share, by=by)
                messages.success(request, _("Đã đăng bài."))
        except Refused as refused:
            messages.error(request, SAID.get(refused.code, _("Chưa làm được. Mở lại bài để xem.")))

    def response_change(self, request: HttpRequest, obj: Share) -> HttpResponse:  # noqa: ARG002
        """On to the next that waits."""
        coming = Share.objects.in_state(Share.State.RECEIVED).first()
        return redirect("admin:lantoa_share_change", coming.pk) if coming else redirect("admin:lantoa_share_changelist")

    def log_change(self, request: HttpRequest, obj: Share, message: Any) -> Any:
        """Not twice: the actions write the journal."""

    @action(description=_("Đăng bài"), icon="check", variant=ActionVariant.PRIMARY)
    def publish(self, request: HttpRequest, obj: Share) -> None:
        """A button; save_model does it."""

    @action(description=_("Giữ bài"), icon="bookmark")
    def keep(self, request: HttpRequest, obj: Share) -> None:
        """A button; save_model does it."""

    @action(description=_("Trả lại"), icon="undo")
    def send_back(self, request: HttpRequest, obj: Share) -> None:
        """A button; save_model does it."""

    @admin.display(description=_("Bài"))
    def excerpt(self, share: Share) -> str:
        """The beginning of it."""
        return Truncator(share.text).chars(90)

    @admin.display(description=_("Bài"))
    def words(self, share: Share) -> str:
        """All of it, as it was typed."""
        return format_html('<div class="share-words">{}</div>', mark_safe(linebreaks(share.text, autoescape=True)))  # noqa: S308 (escaped here)

    @admin.display(description=_("Bị báo vì"))
    def reported(self, share: Share) -> str:
        """What visitors said of it and nobody has settled yet."""
        return format_html_join("", "<p>{}</p>", ((report.reason,) for report in share.reports.open())) or "–"


@admin.register(Report, site=console)
class Reports(LongBook):
    """What visitors reported. The share's own page settles it: keep it or take it down."""

    list_display = ("reason", "share_shown", "at", "settled")
    list_select_related = ("share",)
    list_filter = ("settled",)
    ordering = ("settled", "at")
    fields = ("reason", "at", "share_shown", "settled")
    readonly_fields = ("share_shown",)

    @admin.display(description=_("Bài bị báo"))
    def share_shown(self, report: Report) -> str:
        """The words in question, leading to where it is decided."""
        page = reverse("admin:lantoa_share_change", args=[report.share_id])
        return format_html('<a class="share-link" href="{}">{}</a>', page, Truncator(report.share.text).chars(90))
