"""The contest's log as tables (design/log.md §3): what was acknowledged, in lines to which one can only add.

Only `Entry.secret`, `body` and `contestant` may ever change, to nothing: without secret and body a person is erased,
and every proof stays valid. A trigger lets nothing else pass.
"""

from __future__ import annotations

from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q
from django.db.models.lookups import Exact

from lantoa.contests.models import Contest, Contestant
from lantoa.lib.compiled import Compiled, Slot

HASH_BYTES = 32
CODE_REST = 8 * HASH_BYTES - 60  # bits of a leaf hash that its short code leaves out


class Log(models.Model):
    """The log of one contest. Its row is what a sequencer locks: the fence between two of them."""

    contest = models.OneToOneField(Contest, models.PROTECT, primary_key=True, related_name="log")
    origin = models.CharField(max_length=200, unique=True)
    size = models.BigIntegerField(default=0)  # entries with a number

    class Meta:
        verbose_name = "sổ của cuộc thi"
        verbose_name_plural = "sổ của các cuộc thi"
        constraints = [models.CheckConstraint(condition=Q(size__gte=0), name="log_size_positive")]

    def __str__(self) -> str:
        return self.origin


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads of entries."""

    def published(self, contest: Contest) -> EntryQuerySet:
        """Public entries whose text is kept: rules, units, banks; the oldest first."""
        return self.filter(contest=contest, contestant__isnull=True, body__isnull=False).order_by("pk")

    def newest(self, contest: Contest, kind: str) -> Entry | None:
        """The newest of these of a kind."""
        return self.published(contest).filter(line__startswith=f"{kind} ").last()

    def placed(self, contest: Contest) -> EntryQuerySet:
        """Entries of a contest with their place, once they have one."""
        return self.filter(contest=contest).select_related("contest", "numbered")

    def of_attempt(self, contestant: int, number: int) -> Entry | None:
        """The entry of a submitted attempt, with its place once it is numbered; one query."""
        return OF_ATTEMPT.first(contestant=contestant, number=number) if number >= 1 else None

    def open_of(self, contestant: Contestant) -> EntryQuerySet:
        """Everything that the log can still tell of somebody, locked, in the order of the log."""
        held = self.filter(contestant=contestant, secret__isnull=False).order_by("numbered__index")
        return held.select_related("numbered").select_for_update(no_key=True, of=("self",))

    def of_leaf(self, contest: Contest, leaf: bytes) -> Entry | None:
        """The entry of a leaf hash."""
        return self.placed(contest).filter(leaf=leaf).first()

    def at_index(self, contest: Contest, index: int) -> Entry | None:
        """The entry of a number."""
        return self.placed(contest).filter(numbered__contest=contest, numbered__index=index).first()

    def coded(self, contest: Contest, code: int) -> Entry | None:
        """The entry whose leaf hash begins with these 60 bits; the first of two would be as good a place to look."""
        low = (code << CODE_REST).to_bytes(HASH_BYTES, "big")
        high = (((code + 1) << CODE_REST) - 1).to_bytes(HASH_BYTES, "big")
        return self.placed(contest).filter(leaf__gte=low, leaf__lte=high).first()


class Entry(models.Model):
    """One line of the log. `number` 0: the joining; n: attempt n; none: what may happen more than once."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="+", db_index=False)
    contestant = models.ForeignKey(Contestant, models.PROTECT, null=True, related_name="log_entries", db_index=False)
    number = models.PositiveIntegerField(null=True)
    at_ms = models.BigIntegerField()  # milliseconds since 1970 UTC
    line = models.TextField()
    leaf = models.BinaryField(max_length=HASH_BYTES)
    secret = models.BinaryField(max_length=32, null=True)
    body = models.TextField(null=True)  # what the line commits to; of a public kind the published text itself

    numbered: Leaf  # its place, once the sequencer gave it one

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "dòng sổ"
        verbose_name_plural = "dòng sổ"
        constraints = [
            models.UniqueConstraint(fields=["contest", "leaf"], name="entry_leaf_once"),
            models.UniqueConstraint(fields=["contestant", "number"], name="entry_fact_once"),
            models.CheckConstraint(
                condition=Exact(
                    Func(F("leaf"), function="octet_length", output_field=models.IntegerField()), HASH_BYTES
                ),
                name="entry_leaf_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["contest", "id"],
                condition=Q(contestant__isnull=True, body__isnull=False),
                name="entry_published",
            )
        ]

    def __str__(self) -> str:
        return self.line


OF_ATTEMPT = Compiled(
    lambda: Entry.objects.filter(contestant=Slot("contestant"), number=Slot("number")).select_related(
        "contest", "numbered"
    )
)


class WaitingQuerySet(models.QuerySet["Waiting"]):
    """Reads of what waits."""

    def in_order(self, contest: Contest) -> WaitingQuerySet:
        """As it is to be numbered: what was published before the facts that name it, those by their moment."""
        personal = ExpressionWrapper(Q(entry__contestant__isnull=False), models.BooleanField())
        return self.filter(contest=contest).order_by(personal, "entry__at_ms", "entry")

    def until(self, at_ms: int) -> WaitingQuerySet:
        """Without the facts after a moment; what was published stays, whenever it was."""
        return self.exclude(entry__contestant__isnull=False, entry__at_ms__gt=at_ms)


class Waiting(models.Model):
    """An entry without a number yet: written with the entry, gone when it is numbered."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="waiting")
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="+", db_index=False, db_constraint=False)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = "dòng chờ đánh số"
        verbose_name_plural = "dòng chờ đánh số"

    def __str__(self) -> str:
        return str(self.entry_id)


class LeafQuerySet(models.QuerySet["Leaf"]):
    """Reads of numbers."""

    def known_by(self, contest: Contest, at_ms: int) -> int:
        """How long the log was when all entries up to that moment were in it; 0 before the first."""
        newest = self.filter(contest=contest, entry__at_ms__lte=at_ms).order_by("-index").first()
        return newest.index + 1 if newest else 0


class Leaf(models.Model):
    """The number of an entry, from 0 without a gap."""

    pk = models.CompositePrimaryKey("contest_id", "index")
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    index = models.BigIntegerField()
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="numbered")

    objects = LeafQuerySet.as_manager()

    class Meta:
        verbose_name = "số thứ tự"
        verbose_name_plural = "số thứ tự"

    def __str__(self) -> str:
        return str(self.index)


class Tile(models.Model):
    """Up to 256 hashes of one level of the tree (C2SP tlog-tiles). Only those at the right edge ever change."""

    pk = models.CompositePrimaryKey("contest_id", "level", "number")
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    data = models.BinaryField(max_length=8192)

    class Meta:
        verbose_name = "ô băm"
        verbose_name_plural = "ô băm"

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class HeadQuerySet(models.QuerySet["Head"]):
    """Reads of heads."""

    def newest(self, contest: Contest) -> Head | None:
        """The last one that was signed."""
        return self.filter(contest=contest).order_by("-size").first()

    def covering(self, contest: Contest, size: int) -> Head | None:
        """The first one that was signed over the first ``size`` entries."""
        return self.filter(contest=contest, size__gte=size).order_by("size").first()

    def above(self, contest: Contest, index: int) -> Head | None:
        """The newest head, when it stands above the entry of that index."""
        return ABOVE.first(contest=contest.pk, index=index)


class Head(models.Model):
    """A signed state of the log: so many entries, this root. What was signed stays signed."""

    pk = models.CompositePrimaryKey("contest_id", "size")
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="heads", db_index=False)
    size = models.BigIntegerField()
    at = models.DateTimeField()
    root = models.BinaryField(max_length=HASH_BYTES)
    note = models.TextField()  # the whole signed note (C2SP tlog-checkpoint)

    objects = HeadQuerySet.as_manager()

    class Meta:
        verbose_name = "đầu sổ đã ký"
        verbose_name_plural = "đầu sổ đã ký"

    def __str__(self) -> str:
        return str(self.size)


ABOVE = Compiled(lambda: Head.objects.filter(contest=Slot("contest"), size__gt=Slot("index")).order_by("-size")[:1])


class Cosignature(models.Model):
    """A witness's line under a head: it saw this state and that it continues the one it saw before."""

    pk = models.CompositePrimaryKey("contest_id", "size", "witness")
    contest = models.ForeignKey(Contest, models.PROTECT, related_name="+", db_index=False)
    size = models.BigIntegerField()
    witness = models.CharField(max_length=200)
    line = models.TextField()

    class Meta:
        verbose_name = "chữ ký chứng kiến"
        verbose_name_plural = "chữ ký chứng kiến"

    def __str__(self) -> str:
        return f"{self.witness}: {self.size}"
