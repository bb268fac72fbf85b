"""What the organiser published of the reference contest (seed B, domain.md §0), and when the contest was open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lantoa.lib.clock import VIETNAM

OPENS = datetime(2025, 10, 11, tzinfo=VIETNAM)
CLOSES = datetime(2025, 11, 12, tzinfo=VIETNAM)
MILLISECOND = timedelta(milliseconds=1)
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000  # in milliseconds, as all times of a history are
END = (CLOSES - OPENS) // MILLISECOND
MINUTES = END // MINUTE


@dataclass(frozen=True, slots=True)
class Row:
    """The figures as of a moment."""

    at: datetime
    registered: int
    finished: int
    attempts: int
    visits: int

    @property
    def cut(self) -> int:
        """Milliseconds from the opening."""
        return since_opening(self.at)


Rows = tuple[Row, Row]

# "hơn 1,24 triệu" and "more than 3 million" visits were published; the whole numbers are ours (figures.md §7).
REFERENCE: Rows = (
    Row(datetime(2025, 10, 21, 15, 30, tzinfo=VIETNAM), 70_949, 42_117, 59_807, 1_243_918),
    Row(datetime(2025, 10, 31, 13, 0, tzinfo=VIETNAM), 181_367, 103_136, 147_967, 3_041_275),
)


def since_opening(at: datetime) -> int:
    """An instant as milliseconds from the opening."""
    return (at - OPENS) // MILLISECOND


def smaller(rows: Rows, part: int) -> Rows:
    """The same history with one of ``part`` people: for tests and for small machines."""
    first, second = (
        Row(row.at, row.registered // part, row.finished // part, row.attempts // part, row.visits // part)
        for row in rows
    )
    return first, second
