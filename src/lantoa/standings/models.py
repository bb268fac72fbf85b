"""What the worker folds from the facts (the shapes are those of figures.md §2), and bulletins as published."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Max, Q

from lantoa.contests.models import Contest
from lantoa.exams.models import Question
from lantoa.people.models import Account


class Totals(models.Model):
    """Totals from all facts with `at < until`: of every unit at once, in the order of `TotalsEdge.units`.

    A unit that came later has no place yet. `until` ends a minute in which something moved, or a PIECE of its facts.
    """

    pk = models.CompositePrimaryKey("contest_id", "until")
    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    until = models.DateTimeField()
    reg = ArrayField(models.IntegerField())
    fin = ArrayField(models.IntegerField())
    att = ArrayField(models.IntegerField())

    class Meta:
        verbose_name = "lũy kế"
        verbose_name_plural = "lũy kế"

    def __str__(self) -> str:
        return str(self.until)


class TotalsEdge(models.Model):
    """How far a contest is folded, and of which units; the query counts the rest: never wrong, only slower."""

    contest = models.OneToOneField(Contest, models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField()
    units = ArrayField(models.BigIntegerField())

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
    """How many best results a slot holds, by its parts: level 0 by missed, 1 minute, 2 second, 3 50 ms; unit −1: city.

    What a slot is of, is above it: nothing at level 0, `missed` at 1, with a minute at 2, with a second at 3 (tree.py).
    """

    pk = models.CompositePrimaryKey("contest_id", "unit_id", "level", "missed", "slot")
    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    unit_id = models.BigIntegerField()
    level = models.PositiveSmallIntegerField()
    missed = models.SmallIntegerField()
    slot = models.IntegerField()
    counts = ArrayField(models.IntegerField())

    class Meta:
        verbose_name = "ngăn xếp hạng"
        verbose_name_plural = "ngăn xếp hạng"

    def __str__(self) -> str:
        return f"{self.level}/{self.missed}/{self.slot}: {self.counts}"


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    """Reads of bulletins."""

    def of(self, contest: Contest) -> BulletinQuerySet:
        """A contest's, the newest first."""
        return self.filter(contest=contest).order_by("-number")

    def listed(self, contest: Contest) -> BulletinQuerySet:
        """A contest's without what they say, the newest first."""
        return self.of(contest).defer("content")

    def public(self) -> BulletinQuerySet:
        """Those of contests that everybody may see, the newest first."""
        return self.filter(contest__published=True).select_related("contest").order_by("-published_at", "-pk")

    def newest_number(self, contest: Contest) -> int:
        """How many a contest has: the number of the last one, or 0."""
        newest: int | None = self.filter(contest=contest).aggregate(n=Max("number"))["n"]
        return newest or 0

    def detailed(self) -> BulletinQuerySet:
        """With contest and publisher."""
        return self.select_related("contest", "by")

    def numbered(self, contest: Contest, number: int) -> Bulletin | None:
        """One of a contest."""
        return self.of(contest).filter(number=number).first()

    def before(self, contest: Contest, as_of: datetime, number: int | None = None) -> Bulletin | None:
        """The one of the latest moment before ``as_of``, among those with a smaller number."""
        earlier = self.filter(contest=contest, as_of__lt=as_of)
        among = earlier if number is None else earlier.filter(number__lt=number)
        return among.order_by("-as_of", "-number").first()

    def last(self, contest: Contest) -> Bulletin | None:  # type: ignore[override] # the last of one contest
        """The newest of a contest."""
        return self.of(contest).first()


class Bulletin(models.Model):
    """Figures of a moment as they were published: numbered, chained, signed, never changed (bulletins.py)."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="bulletins", verbose_name="cuộc thi")
    number = models.PositiveIntegerField("số")
    as_of = models.DateTimeField("tính đến")
    known_at = models.DateTimeField("điều chỉnh đã biết đến")
    known_size = models.BigIntegerField("số dòng sổ cuộc thi", null=True)
    method = models.PositiveSmallIntegerField("cách tính")
    content = models.TextField("nội dung")
    previous = models.CharField("mã kiểm tra bản trước", max_length=64)
    signature = models.BinaryField("chữ ký")
    key = models.BinaryField("khóa công khai")
    published_at = models.DateTimeField("công bố lúc")
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="người công bố")
    scheduled = models.BooleanField("theo lịch", default=False)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = "bản tin"
        verbose_name_plural = "bản tin"
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="bulletin_number_once"),
            models.UniqueConstraint(
                fields=["contest", "as_of"], condition=Q(scheduled=True), name="bulletin_scheduled_once"
            ),
            models.CheckConstraint(
                condition=Q(as_of__lte=F("known_at"), known_at__lt=F("published_at")), name="bulletin_looks_back"
            ),
            models.CheckConstraint(
                condition=Q(number=1, previous="") | Q(number__gt=1, previous__regex="^[0-9a-f]{64}$"),
                name="bulletin_follows_another",
            ),
        ]

    def __str__(self) -> str:
        return f"Bản tin số {self.number}"

    @property
    def sealed(self) -> bytes:
        """The bytes that were signed."""
        return self.content.encode()

    @property
    def digest(self) -> str:
        """SHA-256 of these bytes, in hex: what the next bulletin names and the contest log holds."""
        return sha256(self.sealed).hexdigest()

    @property
    def data(self) -> dict[str, Any]:
        """The content as plain data."""
        data: dict[str, Any] = json.loads(self.content)
        return data


class BucketRun(models.Model):
    """Steps of one of the city's buckets in their order, and what it counted before them: ranks of past moments.

    `parts` are its parts from 1, with a minus where a result went; `nth` steps of this bucket lie before the first.
    """

    pk = models.CompositePrimaryKey("contest_id", "level", "missed", "slot", "since")
    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField()
    missed = models.SmallIntegerField()
    slot = models.IntegerField()
    since = models.DateTimeField()
    nth = models.IntegerField()
    counts = ArrayField(models.IntegerField())
    at = ArrayField(models.DateTimeField())
    parts = ArrayField(models.SmallIntegerField())

    class Meta:
        verbose_name = "diễn biến ngăn xếp hạng"
        verbose_name_plural = "diễn biến ngăn xếp hạng"

    def __str__(self) -> str:
        return f"{self.level}/{self.missed}/{self.slot} {self.since}"


class QuestionTallyQuerySet(models.QuerySet["QuestionTally"]):
    """Reads of them."""

    def of(self, contest: Contest) -> QuestionTallyQuerySet:
        """A contest's, each with its question, lesson by lesson."""
        return self.filter(contest=contest).select_related("question").order_by("question__code", "question__version")


class QuestionTally(models.Model):
    """How a version of a question fared in first attempts, as sums: what `item_use.py` makes its figures of.

    `rest` is how many of the other questions of the same paper were answered rightly; `chosen` counts the options in
    the author's order, then those who chose nothing.
    """

    pk = models.CompositePrimaryKey("contest_id", "question_id")
    contest = models.ForeignKey(Contest, models.CASCADE, related_name="+", db_index=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="+", db_index=False)
    n = models.BigIntegerField()
    hits = models.BigIntegerField()
    rest = models.BigIntegerField()
    rest_squares = models.BigIntegerField()
    rest_of_hits = models.BigIntegerField()
    chosen = ArrayField(models.BigIntegerField())

    objects = QuestionTallyQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu câu hỏi"
        verbose_name_plural = "số liệu câu hỏi"

    def __str__(self) -> str:
        return f"{self.question_id}: {self.hits}/{self.n}"


class QuestionEdge(models.Model):
    """Up to which moment first attempts are counted in the questions' sums."""

    contest = models.OneToOneField(Contest, models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField()

    class Meta:
        verbose_name = "mốc gộp câu hỏi"
        verbose_name_plural = "mốc gộp câu hỏi"

    def __str__(self) -> str:
        return str(self.until)


class Pulse(models.Model):
    """When a worker last finished a round (pulse.py); a row a machine."""

    worker = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "nhịp của worker"
        verbose_name_plural = "nhịp của worker"

    def __str__(self) -> str:
        return f"{self.worker} {self.at}"
