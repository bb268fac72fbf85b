"""What the worker folds from the facts; the shapes are those of figures.md §2."""

from __future__ import annotations

from django.db import models

from lantoa.contests.models import Contest


class Tally(models.Model):
    """Running totals of a unit from all facts with `at < until`, at the end of each minute in which it moved."""

    pk = models.CompositePrimaryKey("contest_id", "unit_id", "until")
    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    unit_id = models.BigIntegerField()
    until = models.DateTimeField()
    reg = models.IntegerField()
    fin = models.IntegerField()
    att = models.IntegerField()

    class Meta:
        verbose_name = "lũy kế"
        verbose_name_plural = "lũy kế"

    def __str__(self) -> str:
        return f"{self.unit_id} {self.until}"


class TallyEdge(models.Model):
    """How far a contest is folded; the query counts the rest from the movements: never wrong, only slower."""

    contest = models.OneToOneField(Contest, models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField()

    class Meta:
        verbose_name = "mốc gộp"
        verbose_name_plural = "mốc gộp"

    def __str__(self) -> str:
        return str(self.until)


class VisitTotal(models.Model):
    """All visits before the end of a minute."""

    pk = models.CompositePrimaryKey("contest_id", "until")
    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    until = models.DateTimeField()
    total = models.BigIntegerField()

    class Meta:
        verbose_name = "tổng lượt truy cập"
        verbose_name_plural = "tổng lượt truy cập"

    def __str__(self) -> str:
        return f"{self.until}: {self.total}"


class Bucket(models.Model):
    """How many best results lie in a slot: level 0 by missed, 1 minute, 2 second, 3 50 ms; unit −1 is the city."""

    pk = models.CompositePrimaryKey("contest_id", "unit_id", "level", "missed", "slot")
    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    unit_id = models.BigIntegerField()
    level = models.PositiveSmallIntegerField()
    missed = models.SmallIntegerField()
    slot = models.IntegerField()
    n = models.IntegerField()

    class Meta:
        verbose_name = "ngăn xếp hạng"
        verbose_name_plural = "ngăn xếp hạng"

    def __str__(self) -> str:
        return f"{self.level}/{self.missed}/{self.slot}: {self.n}"
