"""Prizes as announced and certificates as issued."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lantoa.contests.models import Contest, Contestant
from lantoa.lib.compiled import Compiled, Slot


class PrizeQuerySet(models.QuerySet["Prize"]):
    """Reads of the prize table."""

    def of(self, contest: Contest) -> list[Prize]:
        """As announced, in its order."""
        return PRIZES.all(contest=contest.pk)


class Prize(models.Model):
    """A line of the prize table (M11, M12): how many, how much, and by which rule it is won."""

    class Rule(models.TextChoices):
        INDIVIDUAL = "individual", "Cá nhân theo bảng xếp hạng"
        UNIT_RATIO = "unit_ratio", "Đơn vị theo tỷ lệ hoàn thành trên dân số"

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="prizes", verbose_name="cuộc thi")
    rule = models.CharField("cách xét", max_length=20, choices=Rule)
    position = models.PositiveSmallIntegerField("thứ tự")
    name = models.CharField("tên giải", max_length=120)
    name_en = models.CharField("tên tiếng Anh", max_length=120, blank=True)
    count = models.PositiveSmallIntegerField("số giải")
    amount = models.PositiveIntegerField("mỗi giải (đồng)")
    note = models.CharField("kèm theo", max_length=200, blank=True)

    objects = PrizeQuerySet.as_manager()

    class Meta:
        verbose_name = "giải thưởng"
        verbose_name_plural = "giải thưởng"
        ordering = ["contest", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "position"],
                name="prize_position_once",
                violation_error_message="Thứ tự này đã có giải khác.",
            ),
            models.CheckConstraint(
                condition=Q(count__gt=0),
                name="prize_given_at_least_once",
                violation_error_message="Số giải phải lớn hơn 0.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


PRIZES = Compiled(lambda: Prize.objects.filter(contest=Slot("contest")).order_by("position"))


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Reads of certificates."""

    def of(self, contestant: Contestant) -> Certificate | None:
        """This person's own."""
        return self.filter(contestant=contestant).first()

    def numbered(self, number: str) -> Certificate | None:
        """The one that bears exactly this number."""
        return self.select_related("contestant").filter(number=number).first()


class Certificate(models.Model):
    """A certificate of participation (M10): everything printed on it is kept as printed; a trigger refuses changes."""

    contestant = models.OneToOneField(Contestant, models.PROTECT, related_name="certificate", verbose_name="thí sinh")
    number = models.CharField("số", max_length=20, unique=True)
    name = models.CharField("họ tên như in", max_length=120)
    unit_name = models.CharField("đơn vị như in", max_length=200)
    contest_name = models.CharField("cuộc thi như in", max_length=200)
    organiser = models.CharField("đơn vị tổ chức như in", max_length=200)
    correct = models.PositiveSmallIntegerField("số câu đúng")
    asked = models.PositiveSmallIntegerField("số câu hỏi")
    issued_at = models.DateTimeField("cấp lúc")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "giấy chứng nhận"
        verbose_name_plural = "giấy chứng nhận"

    def __str__(self) -> str:
        return self.number

    @property
    def named(self) -> str:
        """The name as others may see it: empty once its owner took back the consent."""
        return self.name if self.contestant.valid_at else ""
