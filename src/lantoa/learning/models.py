"""Topics, lessons as published, and progress."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lantoa.contests.models import Contest, Contestant


class Topic(models.Model):
    """A topic of a contest (M6: four of them in the reference)."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="topics")
    number = models.PositiveSmallIntegerField("số")
    title = models.CharField("tên", max_length=200)
    title_en = models.CharField("tên tiếng Anh", max_length=200, blank=True)
    summary = models.CharField("giới thiệu", max_length=400, blank=True)
    summary_en = models.CharField("giới thiệu tiếng Anh", max_length=400, blank=True)
    picture = models.CharField("tranh", max_length=80, blank=True)

    class Meta:
        verbose_name = "chuyên đề"
        verbose_name_plural = "chuyên đề"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["contest", "number"], name="topic_number_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class LessonQuerySet(models.QuerySet["Lesson"]):
    """Reads of lessons."""

    def current(self, contest: Contest) -> LessonQuerySet:
        """The published versions of today, in the order of the course; without the cards' text."""
        lessons = self.filter(contest=contest, current=True).select_related("topic").defer("cards")
        return lessons.order_by("topic__number", "position")


class Lesson(models.Model):
    """One version of a lesson; publishing makes a new row, nothing is edited (law 8)."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="lessons")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="lessons", verbose_name="chuyên đề")
    code = models.CharField("mã", max_length=10)
    version = models.PositiveIntegerField("bản")
    current = models.BooleanField("đang dùng", default=True)
    position = models.PositiveSmallIntegerField("thứ tự")
    title = models.CharField("tên bài", max_length=200)
    goal = models.CharField("làm được", max_length=300)
    takeaway = models.CharField("điều cần nhớ", max_length=300)
    minutes = models.PositiveSmallIntegerField("số phút")
    compulsory = models.BooleanField("bắt buộc", default=True)
    review_by = models.DateField("xem lại trước", null=True, blank=True)
    cards = models.JSONField("thẻ")
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField("công bố lúc")

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = "bài học"
        verbose_name_plural = "bài học"
        constraints = [
            models.UniqueConstraint(fields=["contest", "code", "version"], name="lesson_version_once"),
            models.UniqueConstraint(fields=["contest", "code"], condition=Q(current=True), name="lesson_current_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Progress(models.Model):
    """How far a contestant has come in a lesson: the numbers of the cards done; only grows."""

    contestant = models.ForeignKey(Contestant, models.CASCADE, related_name="progress", db_index=False)
    lesson_code = models.CharField(max_length=10)
    cards = ArrayField(models.PositiveSmallIntegerField(), default=list)
    last_card = models.PositiveSmallIntegerField(default=1)
    completed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = "tiến độ"
        verbose_name_plural = "tiến độ"
        constraints = [models.UniqueConstraint(fields=["contestant", "lesson_code"], name="progress_once")]

    def __str__(self) -> str:
        return f"{self.lesson_code}: {len(self.cards)}"
