"""Pages that a web server sent by itself: its log has a line for each that somebody saw, counted here exactly once.

A line is `<when>-<connection> <contest>`: no address, nothing of who it was. The first line names the file: wherever
it is moved when logs are rotated, it is the same file, and how far it was read stands in the database, changed in one
transaction with the numbers. So nothing is lost or counted twice, whoever is killed when (figures.md §6).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from django.db import connection, models, transaction

from lantoa.contests.visits import record_visits

PIECE = 1 << 20  # bytes counted in one transaction
LONGEST = 300  # bytes of a line

KNOWN = "INSERT INTO lantoa_visitlog (first, read) VALUES (%(first)s, 0) ON CONFLICT DO NOTHING"
FURTHER = "UPDATE lantoa_visitlog SET read = %(after)s WHERE first = %(first)s AND read = %(before)s"


class VisitLog(models.Model):
    """How far a log was read: `first` is its first line, `read` the bytes that were counted."""

    first = models.CharField(max_length=LONGEST, primary_key=True)
    read = models.BigIntegerField()

    class Meta:
        verbose_name = "nhật ký lượt truy cập"
        verbose_name_plural = "nhật ký lượt truy cập"

    def __str__(self) -> str:
        return f"{self.first}: {self.read}"


def count_logs(path: Path, *, shard: int) -> int:
    """Count what is new in the log at ``path`` and in its elder ones beside it (`visits.log.1`); how many visits."""
    files = (file for file in path.parent.glob(f"{path.name}*") if file.suffix != ".gz")
    return sum(_count(file, shard) for file in sorted(files))


def _count(path: Path, shard: int) -> int:
    """One file, a piece at a time up to its last whole line."""
    counted = 0
    with path.open("rb") as file:
        first = file.readline(LONGEST + 1)
        if not first.endswith(b"\n"):
            return 0
        name = first.decode(errors="replace").replace("\0", "").strip()
        before = file.seek(_read(name))
        while piece := _whole_lines(file.read(PIECE)):
            if not _record(name, piece, before, shard):
                break  # another reader was faster: it goes on
            before = file.seek(before + len(piece))
            counted += piece.count(b"\n")
    return counted


def _read(first: str) -> int:
    known = VisitLog.objects.filter(first=first).values_list("read", flat=True)
    return known[0] if known else 0


def _whole_lines(piece: bytes) -> bytes:
    return piece[: piece.rfind(b"\n") + 1]


@transaction.atomic
def _record(first: str, piece: bytes, before: int, shard: int) -> bool:
    """The numbers and how far they reach, together or not at all; False where somebody else counted them."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"first": first})
        cursor.execute(FURTHER, {"first": first, "before": before, "after": before + len(piece)})
        if cursor.rowcount != 1:
            return False
    lines = piece.decode(errors="replace").replace("\0", "").splitlines()
    made = Counter(line.rpartition(" ")[2] for line in lines)
    record_visits(made, shard=shard)
    return True
