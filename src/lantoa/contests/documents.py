"""What a contest publishes to be read: rules, guides, announcements, letters, and the files that come with them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lantoa.contests.models import Contest
from lantoa.lib.compiled import Compiled, Slot


class DocumentQuerySet(models.QuerySet["Document"]):
    """Reads of documents."""

    def public(self, contest: Contest | Slot) -> DocumentQuerySet:
        """Published ones, in the order of the organiser."""
        return self.filter(contest=contest, published_at__isnull=False).order_by("position", "-published_at")

    def named(self, contest: Contest) -> list[Document]:
        """The same without their text: what a list of them shows."""
        return NAMED_DOCUMENTS.all(contest=contest.pk)

    def first_of(self, contest: Contest, kind: str) -> Document | None:
        """The first published one of a kind: the rules, the help, the privacy notice."""
        return self.public(contest).filter(kind=kind).first()


class Document(models.Model):
    """Rules, guide, announcement or letter of a contest (M5), in Markdown."""

    class Kind(models.TextChoices):
        RULES = "rules", "Thể lệ"
        GUIDE = "guide", "Hướng dẫn"
        LETTER = "letter", "Công văn"
        ANNOUNCEMENT = "announcement", "Thông báo"
        HELP = "help", "Trợ giúp"
        PRIVACY = "privacy", "Quyền riêng tư"
        ACCESSIBILITY = "accessibility", "Khả năng tiếp cận"

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="documents", verbose_name="cuộc thi")
    slug = models.SlugField("địa chỉ", max_length=80)
    kind = models.CharField("loại", max_length=20, choices=Kind)
    title = models.CharField("tiêu đề", max_length=200)
    title_en = models.CharField("tiêu đề tiếng Anh", max_length=200, blank=True)
    body = models.TextField("nội dung (Markdown)")
    body_en = models.TextField("nội dung tiếng Anh (Markdown)", blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=100)
    published_at = models.DateTimeField("công bố lúc", null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "slug"],
                name="document_address_once",
                violation_error_message="Cuộc thi đã có văn bản ở địa chỉ này.",
            )
        ]

    def __str__(self) -> str:
        return self.title


NAMED_DOCUMENTS = Compiled(lambda: Document.objects.public(Slot("contest")).defer("body", "body_en"))


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Reads of files."""

    def public(self, name: str) -> bool:
        """Whether the file of that name comes with a document that everybody may read."""
        shown = Q(document__published_at__isnull=False, document__contest__published=True)
        return self.filter(shown, file=name).exists()


class Attachment(models.Model):
    """A file that comes with a document."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="attachments")
    title = models.CharField("tên tệp", max_length=200)
    file = models.FileField("tệp", upload_to="van-ban/")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp đính kèm"
        verbose_name_plural = "tệp đính kèm"

    def __str__(self) -> str:
        return self.title
