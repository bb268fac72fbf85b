"""Where the lines of a chart lie: numbers for an SVG that carries no style and no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from lantoa.standings.figures import Day

LINES = 4  # at most, across the chart
LABEL = 22  # the height of a line of words
NICE = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing's size and how many days it can name."""

    width: int
    height: int
    names: int
    words: int  # the width of what stands at the end of the lower line
    left: int = 12
    top: int = 64
    foot: int = 34

    @property
    def base(self) -> int:
        """Where zero lies."""
        return self.height - self.foot


WIDE = Frame(1040, 380, names=10, words=190)
NARROW = Frame(330, 300, names=5, words=84)


@dataclass(frozen=True, slots=True)
class Label:
    """A word or number at a place; ``line`` is the height that it points at.

    Coordinates are texts: a template would write the number 1012 as 1.012.
    """

    x: str
    y: str
    line: str
    day: Day | None = None
    value: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """Two rising lines over days."""

    box: str
    left: str
    right: str
    base: str
    registered: str
    finished: str
    area: str
    lines: tuple[Label, ...]
    days: tuple[Label, ...]
    end: Label
    end_finished: Label


def rising(days: Sequence[Day], frame: Frame) -> Chart:
    """The chart of running totals, from nothing at the opening to the end of each day."""
    most = max(day.registered for day in days) or 1
    right = frame.width - 28
    xs = [round(frame.left + (right - frame.left) * n / len(days)) for n in range(len(days) + 1)]

    def height(value: int) -> int:
        return round(frame.base - (frame.base - frame.top) * value / most)

    registered = [height(0), *(height(day.registered) for day in days)]
    finished = [height(0), *(height(day.finished) for day in days)]
    step = _step(most)
    grid = takewhile(lambda value: value <= most, range(step, most + step, step))
    every = (len(days) - 1) // frame.names + 1
    end, end_finished = _place(xs, registered, finished, frame)
    return Chart(
        box=f"0 0 {frame.width} {frame.height}",
        left=str(frame.left),
        right=str(right),
        base=str(frame.base),
        registered=_points(xs, registered),
        finished=_points(xs, finished),
        area=f"{_points(xs, registered)} {right},{frame.base} {frame.left},{frame.base}",
        lines=tuple(_label(frame.left, height(v) - 6, height(v), value=v) for v in grid),
        days=tuple(
            _label(xs[n], frame.height - 8, frame.base, day=days[n - 1]) for n in sorted(range(len(days), 0, -every))
        ),
        end=_label(right - 38, end, registered[-1], value=days[-1].registered),
        end_finished=_label(right, end_finished, finished[-1], value=days[-1].finished),
    )


def _label(x: int, y: int, line: int, *, day: Day | None = None, value: int = 0) -> Label:
    return Label(str(x), str(y), str(line), day, value)


def _points(xs: Sequence[int], ys: Sequence[int]) -> str:
    return " ".join(f"{x},{y}" for x, y in zip(xs, ys, strict=True))


def _step(most: int) -> int:
    """The distance of the lines: 1, 2 or 5 times a power of ten, so that at most `LINES` are drawn."""
    size = 1
    while True:
        for nice in NICE:
            if most // (nice * size) <= LINES:
                return nice * size
        size *= 10


def _place(xs: Sequence[int], registered: Sequence[int], finished: Sequence[int], frame: Frame) -> tuple[int, int]:
    """Heights of the words at the ends of both lines: clear of each other, of both lines and of the axis.

    The words over the higher line always are; those of the lower one go above it or below it, where the fewest meet.
    """
    span = range(frame.width - frame.words, xs[-1] + 1, 8)
    high, low = (_heights(xs, line, span) for line in (registered, finished))
    first = registered[-1] - 12
    tries = [finished[-1] - 10, min(max(round(y) for y in low) + LABEL, frame.base - 8), frame.base - 8]

    def met(y: int) -> int:
        lines = sum(y - LABEL < at < y + 4 for at in (*high, *low))
        return lines + len(span) * (abs(y - first) < LABEL)

    return first, min(tries, key=met)


def _heights(xs: Sequence[int], ys: Sequence[int], span: Iterable[int]) -> list[float]:
    """How high a line lies at each place of the span."""
    found = []
    for x in span:
        n = max(n for n in range(len(xs)) if xs[n] <= x)
        after = min(n + 1, len(xs) - 1)
        part = (x - xs[n]) / (xs[after] - xs[n]) if after > n else 0.0
        found.append(ys[n] + part * (ys[after] - ys[n]))
    return found
