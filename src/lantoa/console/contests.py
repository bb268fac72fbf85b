"""Contests, their documents, and who takes part."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet, TextField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from lantoa.awards.erasure import POWER as MAY_ERASE
from lantoa.console.admin_site import console
from lantoa.console.base import LongBook, Rows, Table
from lantoa.console.navigation import ASKED, WAITING
from lantoa.contests.documents import Attachment, Document
from lantoa.contests.erasure import asking_erasure
from lantoa.contests.models import Contest, Contestant
from lantoa.contests.publications import publish_rules
from lantoa.exams.corrections import POWER
from lantoa.people import numbers
from lantoa.people.models import Account
from lantoa.shares.models import Share
from lantoa.shares.rules import lengths

ATTACHED = {".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".jpg", ".jpeg", ".png", ".zip"}
LARGEST = 20 * 1024 * 1024


@admin.register(Contest, site=console)
class Contests(Table):
    """The words, the window and the rules. A contest comes by package; the seed of its papers is shown to nobody."""

    addable = False
    list_display = ("name", "opens_at", "closes_at", "published")
    fieldsets = (
        (_("Giới thiệu"), {"fields": ("name", "summary", "share_motto", "slug", "published")}),
        (_("Thời gian"), {"fields": ("opens_at", "closes_at")}),
        (_("Đơn vị"), {"fields": ("organiser", "operator", "contact", "root")}),
        (_("Quy định thi"), {"fields": ("asked", "time_limit", "attempts_limit", "learn_first", "public_names")}),
        (_("Bài chia sẻ"), {"fields": ("share_rules_shown",)}),
        (_("Bản tin"), {"fields": ("bulletin_times",)}),
        (_("Bản tiếng Anh"), {"fields": ("name_en", "summary_en")}),
        (_("Nội dung"), {"fields": ("package_version",)}),
    )
    # The address is printed on posters; the number of questions belongs to the blueprint of the bank.
    readonly_fields = ("slug", "root", "asked", "share_rules_shown", "package_version")
    formfield_overrides = {
        TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3})},
        ArrayField: {"widget": UnfoldAdminTextInputWidget()},
    }

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """A word of help where the form alone does not say it."""
        said = {
            "time_limit": _("Giờ:phút:giây. 00:20:00 là 20 phút."),
            "attempts_limit": _("Để trống: thi bao nhiêu lượt cũng được."),
            "bulletin_times": _(
                "Giờ tự công bố số liệu mỗi ngày: 11:00, 17:00. Hôm nay đã qua giờ ấy thì công bố ngay."
            ),
            "published": _("Bỏ chọn: chỉ ban tổ chức xem được cuộc thi."),
        }
        return super().get_form(request, obj, change, help_texts=said, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Contest | None = None) -> Any:
        """With the answer key published, the days stay too."""
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "opens_at", "closes_at") if obj is not None and obj.ended_at else fixed

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contest]:  # noqa: ARG002
        """Unpublished ones too."""
        return Contest.objects.newest()

    def save_model(self, request: HttpRequest, obj: Contest, form: ModelForm[Any], change: bool) -> None:  # noqa: FBT001
        """Changed rules go into the contest's log under their next version, in the same transaction."""
        super().save_model(request, obj, form, change)
        publish_rules(obj)

    @admin.display(description=_("Quy định"))
    def share_rules_shown(self, contest: Contest) -> str:
        """Data of the contest's package, in words."""
        rows = ((Share.Kind(kind).label, length.least, length.most) for kind, length in lengths(contest).items())
        return format_html_join("", "<p>{}: {}–{} ký tự</p>", rows)

    def view_on_site(self, contest: Contest) -> str | None:
        """Where the public sees it."""
        return reverse("contest", kwargs={"contest": contest.slug}) if contest.published else None


class AttachmentForm(ModelForm):  # type: ignore[type-arg]
    """A file that people can open and that no browser runs."""

    def clean_file(self) -> Any:
        """Known kinds, not too large."""
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            if PurePath(file.name or "").suffix.lower() not in ATTACHED:
                raise ValidationError(_("Chọn tệp PDF, Word, Excel, PowerPoint, ảnh JPG hoặc PNG, hoặc ZIP."))
            if (file.size or 0) > LARGEST:
                raise ValidationError(_("Tệp lớn quá 20 MB. Nén nhỏ lại rồi chọn lại."))
        return file


class Attachments(Rows):
    """Files that come with a document."""

    model = Attachment
    form = AttachmentForm
    extra = 1


@admin.register(Document, site=console)
class Documents(Table):
    """Rules, guides, announcements, letters; without a moment of publication only the console shows them."""

    list_display = ("title", "kind", "contest", "position", "published_at")
    list_select_related = ("contest",)
    list_filter = ("contest", "kind")
    ordering = ("contest_id", "position")
    inlines = (Attachments,)
    prepopulated_fields = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("contest", "kind", "title", "slug", "body")}),
        (_("Công bố"), {"fields": ("published_at", "position"), "description": _("Để trống lúc công bố: bản nháp.")}),
        (_("Bản tiếng Anh"), {"fields": ("title_en", "body_en"), "classes": ("collapse",)}),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Document | None = None) -> dict[str, Any]:
        """An address that was given out stays."""
        return {} if obj or not self.has_change_permission(request) else dict(self.prepopulated_fields)

    def view_on_site(self, document: Document) -> str | None:
        """Where the public reads it."""
        if document.published_at is None:
            return None
        return reverse("document", kwargs={"contest": document.contest.slug, "slug": document.slug})


class ErasureFilter(SimpleListFilter):
    """Those who asked to be erased and wait for it."""

    title = _("yêu cầu xóa thông tin")
    parameter_name = ASKED

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """One choice beside everybody."""
        return [(WAITING, _("Đang chờ xóa"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contestant]) -> QuerySet[Contestant]:  # noqa: ARG002
        """By the named read of the room."""
        return asking_erasure(queryset) if self.value() == WAITING else queryset


@admin.register(Contestant, site=console)
class Contestants(LongBook):
    """Who takes part. Numbers are shown masked only, one person at a time, and the look is written down."""

    list_display = ("person", "unit", "group", "joined_at", "valid")
    list_display_links = ("person",)
    list_filter = ("contest", "group", ErasureFilter)
    search_fields = ("person__full_name",)
    search_help_text = _("Họ tên, đủ từng chữ, không cần dấu. Nhiều người trùng tên thì hiện 100 người.")
    fields = ("person", "contest", "unit", "sub_unit", "group", "joined_at", "valid_at", "phone", "citizen_id")
    readonly_fields = ("phone", "citizen_id")
    change_form_outer_before_template = "console/contestant_tools.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contestant]:  # noqa: ARG002
        """With names and units."""
        return Contestant.objects.detailed()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Contestant], search_term: str) -> Any:  # noqa: ARG002
        """By the words of the name, marks or not."""
        return queryset.called(search_term), False  # type: ignore[attr-defined]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every look at a person is written down (reliability.md D05)."""
        by = cast("Account", request.user)
        tools = {"may_correct": by.may(POWER), "may_erase": by.may(MAY_ERASE), **(extra_context or {})}
        response: HttpResponse = super().change_view(request, object_id, form_url, tools)
        shown = self.get_object(request, object_id)
        if shown is not None and self.has_view_permission(request):
            self.write_down(request, "see", shown)
        return response

    @admin.display(description=_("Hợp lệ"), boolean=True)
    def valid(self, contestant: Contestant) -> bool:
        """Whether results rank."""
        return contestant.valid_at is not None

    @admin.display(description=_("Số điện thoại"))
    def phone(self, contestant: Contestant) -> str:
        """All but the last digits hidden."""
        return numbers.masked(contestant.person)["phone"]

    @admin.display(description=_("Số căn cước"))
    def citizen_id(self, contestant: Contestant) -> str:
        """All but the last digits hidden."""
        return numbers.masked(contestant.person)["citizen_id"]
