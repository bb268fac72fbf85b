"""Bulletins: what was published, what is different today, and the button that publishes the next one."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from lantoa.console.admin_site import console
from lantoa.console.base import Book
from lantoa.contests.models import Contest
from lantoa.lib import clock
from lantoa.lib.signing import NoKey
from lantoa.people.models import Account
from lantoa.standings.bulletins import Change, Refused, as_known_today, latest_moment, publish_bulletin
from lantoa.standings.models import Bulletin

SAID = {
    "before": _("Lúc ấy cuộc thi chưa mở. Chọn lúc khác."),
    "too_early": _("Số liệu lúc ấy chưa đủ. Chọn một lúc cách đây hơn một phút, hoặc đợi một phút."),
}
NO_KEY = _("Máy chủ này không có khóa ký bản tin. Báo người vận hành.")
WHAT = {
    "registered": _("đăng ký"),
    "finished": _("hoàn thành"),
    "attempts": _("lượt thi"),
    "population": _("dân số"),
    "finished_units": _("số đơn vị có người hoàn thành"),
    "visits": _("lượt truy cập"),
}


class Moment(UnfoldAdminTextInputWidget):
    """Day and time as the browser lets one choose them."""

    input_type = "datetime-local"


class NewBulletin(forms.Form):
    """Of which contest, as of when."""

    contest: forms.ModelChoiceField[Contest] = forms.ModelChoiceField(
        label=_("Cuộc thi"), queryset=None, widget=UnfoldAdminSelectWidget(), empty_label=None
    )
    as_of = forms.DateTimeField(
        label=_("Tính đến"),
        widget=Moment(attrs={"step": "1"}),
        help_text=_("Bản tin được đánh số và ký. Đã công bố thì không sửa, không xóa được."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the newest contest and its latest moment."""
        super().__init__(*args, **kwargs)
        contests = Contest.objects.newest()
        cast("forms.ModelChoiceField[Contest]", self.fields["contest"]).queryset = contests
        if newest := contests.first():
            self.initial["as_of"] = f"{localtime(latest_moment(newest, clock.now())):%Y-%m-%dT%H:%M:%S}"


@admin.register(Bulletin, site=console)
class Bulletins(Book):
    """Numbered, signed, never changed."""

    addable = True
    list_display = ("number", "contest", "as_of", "published_at", "who")
    list_filter = ("contest",)
    list_select_related = ("contest", "by")
    ordering = ("-published_at",)
    fields = (
        ("number", "contest"),
        ("as_of", "known_at"),
        ("published_at", "who"),
        "figures",
        "today",
        "digest_shown",
    )
    readonly_fields = ("who", "figures", "today", "digest_shown")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bulletin]:  # noqa: ARG002
        """With contest and publisher."""
        return Bulletin.objects.detailed()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Publish one, by the action of the standings room."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewBulletin(request.POST or None)
        if form.is_valid():
            try:
                made = publish_bulletin(**form.cleaned_data, by=cast("Account", request.user))
            except Refused as refused:
                form.add_error("as_of", SAID[refused.code])
            except NoKey:
                form.add_error(None, NO_KEY)
            else:
                messages.success(request, _("Đã công bố bản tin số %(number)d.") % {"number": made.number})
                return redirect("admin:lantoa_bulletin_change", made.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Công bố bản tin"),
            "form": form,
            "deed": _("Công bố"),
            "back": reverse("admin:lantoa_bulletin_changelist"),
        }
        return TemplateResponse(request, "console/form.html", context)

    def view_on_site(self, bulletin: Bulletin) -> str | None:
        """Its public page, with the files."""
        return (
            reverse("bulletin", args=[bulletin.contest.slug, bulletin.number]) if bulletin.contest.published else None
        )

    @admin.display(description=_("Người công bố"))
    def who(self, bulletin: Bulletin) -> str:
        """Staff by user name; by itself when it was scheduled."""
        if bulletin.by is None:
            return str(_("theo lịch") if bulletin.scheduled else _("lệnh của người vận hành"))
        return bulletin.by.username or "–"

    @admin.display(description=_("Số liệu"))
    def figures(self, bulletin: Bulletin) -> str:
        """The five of the whole contest."""
        said = bulletin.data
        names = ("registered", "finished", "finished_units", "attempts", "visits")
        return format_html_join("", "<p>{}: {}</p>", ((capfirst(WHAT[name]), _number(said[name])) for name in names))

    @admin.display(description=_("Khác với hôm nay"))
    def today(self, bulletin: Bulletin) -> str:
        """What later corrections changed."""
        changes = as_known_today(bulletin).changes
        rows = ((change.name or _("Cả cuộc thi"), WHAT[change.what], *_pair(change)) for change in changes)
        return format_html_join("", "<p>{}, {}: {} → {}</p>", rows) or str(_("Không có gì khác."))

    @admin.display(description=_("Mã kiểm tra"))
    def digest_shown(self, bulletin: Bulletin) -> str:
        """What the next bulletin names."""
        digest = bulletin.digest
        return format_html_join(mark_safe("<wbr>"), "{}", ((digest[n : n + 8],) for n in range(0, len(digest), 8)))


def _pair(change: Change) -> tuple[str, str]:
    return _number(change.published), _number(change.today)


def _number(value: int | None) -> str:
    return "–" if value is None else number_format(value, force_grouping=True)
