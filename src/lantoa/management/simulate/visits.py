"""Pages seen, minute by minute: passers-by, and what people do when they register and sit (figures.md §7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from math import exp
from random import Random

from lantoa.management.simulate.published import MINUTE, MINUTES, Rows

OF_A_REGISTRATION, OF_AN_ATTEMPT = 5.5, 3.5
FADING = 14.0  # minutes
NOISE = 0.06


def visits(
    rng: Random, rate: Sequence[float], registered: Sequence[int], submitted: Sequence[int], rows: Rows
) -> list[int]:
    """Visits in each minute; those of the minutes before the moments of ``rows`` add up to what these say.

    ``registered`` and ``submitted`` are instants in milliseconds from the opening.
    """
    lively = _lively(rng, rate, registered, submitted)
    edges = [0, *(row.cut // MINUTE for row in rows)]
    numbers = [rows[0].visits, rows[1].visits - rows[0].visits]
    found = [0] * MINUTES
    for low, high, number in zip(edges[:2], edges[1:], numbers, strict=True):
        found[low:high] = _spread(rng, lively[low:high], number)
    usual = numbers[1] / sum(lively[edges[1] : edges[2]])
    found[edges[2] :] = _spread(rng, lively[edges[2] :], round(usual * sum(lively[edges[2] :])))
    return found


def _spread(rng: Random, lively: Sequence[float], number: int) -> list[int]:
    """A multinomial draw: ``number`` visits over these minutes."""
    drawn = Counter(rng.choices(range(len(lively)), cum_weights=list(accumulate(lively)), k=number))
    return [drawn[minute] for minute in range(len(lively))]


def _lively(rng: Random, rate: Sequence[float], registered: Sequence[int], submitted: Sequence[int]) -> list[float]:
    """How many visits to expect in each minute, up to a factor."""
    done = [0.0] * MINUTES
    for instants, pages in ((registered, OF_A_REGISTRATION), (submitted, OF_AN_ATTEMPT)):
        for at in instants:
            done[at // MINUTE] += pages
    passing = len(registered) * OF_A_REGISTRATION / sum(rate)
    keep, smooth, found = exp(-1 / FADING), 0.0, []
    for minute in range(MINUTES):
        smooth = smooth * keep + done[minute] * (1 - keep)
        found.append((smooth + passing * rate[minute]) * exp(rng.gauss(0, NOISE)))
    return found
