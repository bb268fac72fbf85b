"""Shares and reports of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lantoa.contests.models import Contest, Contestant
from lantoa.lib.compiled import Compiled, Slot
from lantoa.people.models import Account
from lantoa.units.models import Unit


class ShareQuerySet(models.QuerySet["Share"]):
    """Reads of shares."""

    def in_state(self, state: str) -> ShareQuerySet:
        """Those in one state: the waiting ones in the order they came, the decided ones newest first."""
        order = "sent_at" if state == Share.State.RECEIVED else "-decided_at"
        return self.filter(state=state).order_by(order)

    def detailed(self) -> ShareQuerySet:
        """With what a list of shares shows."""
        return self.select_related("contest", "contestant__person", "unit", "decided_by")

    def published(self, contest: Contest) -> ShareQuerySet:
        """What the wall shows, the newest first; nothing of somebody whose account is not valid (any more)."""
        return (
            self.filter(contest=contest, state=Share.State.PUBLISHED, contestant__valid_at__isnull=False)
            .select_related("contestant__person", "unit")
            .order_by("-decided_at", "-pk")
        )

    def of(self, contestant: Contestant) -> Share | None:
        """This person's own share, in whatever state."""
        return OF.first(contestant=contestant.pk)


class Share(models.Model):
    """A slogan, message or true story (M9, seed B Bước 5); one a contestant and contest, sent again after a return."""

    class Kind(models.TextChoices):
        SLOGAN = "slogan", _("Khẩu hiệu")
        MESSAGE = "message", _("Thông điệp")
        STORY = "story", _("Câu chuyện")

    class State(models.TextChoices):
        RECEIVED = "received", "Đã nhận"
        PUBLISHED = "published", "Đã đăng"
        RETURNED = "returned", "Trả lại"

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False, verbose_name="cuộc thi")
    contestant = models.OneToOneField(Contestant, models.PROTECT, related_name="share", verbose_name="thí sinh")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="đơn vị")
    kind = models.CharField("thể loại", max_length=10, choices=Kind)
    text = models.TextField("nội dung")
    may_publish = models.BooleanField("đồng ý đăng", default=False)
    state = models.CharField("trạng thái", max_length=10, choices=State, default=State.RECEIVED)
    reason = models.TextField("lý do trả lại", blank=True)
    sent_at = models.DateTimeField("gửi lúc")
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    decided_by = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="người quyết định"
    )

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = "bài chia sẻ"
        verbose_name_plural = "bài chia sẻ"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(may_publish=True, decided_at__isnull=False),
                name="share_public_by_consent",
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(reason=""), name="share_returned_with_reason"),
        ]
        indexes = [
            models.Index(fields=["contest", "-decided_at"], condition=Q(state="published"), name="share_wall"),
            models.Index(
                fields=["contest", "unit", "-decided_at"], condition=Q(state="published"), name="share_wall_of_unit"
            ),
            models.Index(fields=["contest", "sent_at"], condition=Q(state="received"), name="share_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


OF = Compiled(lambda: Share.objects.filter(contestant=Slot("contestant")))


class ReportQuerySet(models.QuerySet["Report"]):
    """Reads of reports."""

    def open(self) -> ReportQuerySet:
        """Those that nobody has looked at, the oldest first."""
        return self.filter(settled=False).order_by("at")


class Report(models.Model):
    """Somebody says that a published share should not stand."""

    share = models.ForeignKey(Share, models.CASCADE, related_name="reports", verbose_name="bài")
    reason = models.CharField("lý do", max_length=300)
    at = models.DateTimeField("lúc")
    settled = models.BooleanField("đã xem", default=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo bài"
        verbose_name_plural = "báo cáo bài"

    def __str__(self) -> str:
        return self.reason
