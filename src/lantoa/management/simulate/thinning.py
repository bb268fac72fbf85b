"""Thin a stream of instants to exact totals, so that nothing shows where the totals were taken (figures.md §7).

Each candidate at t stays with probability p(t) = exp(a + b·t): continuous, so no step at a moment of publication. a and
b make the expected numbers of both windows the wanted whole numbers; systematic sampling in time order then gives
exactly these, whatever is drawn. After the last moment p stays as it was there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import exp, floor, log
from random import Random

from lantoa.management.simulate.published import END

CERTAIN = 1 - 1e-9
CLOSE = 1e-12
ROUNDS = 60
STEEPEST = 100.0  # of the slope over the whole contest: a stream so lopsided still gets its totals, only less smoothly


class TooFew(ValueError):
    """More is wanted than there are candidates."""


def thin(rng: Random, times: Sequence[int], cuts: Sequence[int], totals: Sequence[int]) -> list[int]:
    """Places of those of ``times`` (ascending) that stay: ``totals[k]`` of those up to ``cuts[k]``, both inclusive.

    Two cuts. Raises :class:`TooFew` where a window holds fewer candidates than it should keep.
    """
    edges = [0, *(bisect_right(times, cut) for cut in cuts)]
    wanted = [totals[0], totals[1] - totals[0]]
    for (low, high), number in zip(pairwise(edges), wanted, strict=True):
        if not 0 <= number <= high - low:
            raise TooFew(f"{number} of {high - low}")
    windows = [[time / END for time in times[low:high]] for low, high in pairwise(edges)]
    slope = _slope(windows, wanted)
    kept: list[int] = []
    for first, window, number in zip(edges[:2], windows, wanted, strict=True):
        kept += _chosen(rng, [exp(slope * x) for x in window], number, first)
    last = exp(slope * cuts[1] / END)
    rest = len(times) - edges[2]
    return kept + _chosen(rng, [1.0] * rest, min(rest, round(rest * last * _level(windows, wanted, slope))), edges[2])


def _slope(windows: Sequence[Sequence[float]], wanted: Sequence[int]) -> float:
    """The b of exp(a + b·t), by Newton: the one window gains on the other strictly with b, so there is one solution."""
    if not all(wanted):
        return 0.0
    aim, slope = log(wanted[1] / wanted[0]), 0.0
    for _ in range(ROUNDS):
        (early, early_mean), (late, late_mean) = (_sum_and_mean(window, slope) for window in windows)
        error = log(late / early) - aim
        if abs(error) < CLOSE or late_mean <= early_mean:
            break
        slope = max(-STEEPEST, min(STEEPEST, slope - error / (late_mean - early_mean)))
    return slope


def _sum_and_mean(window: Sequence[float], slope: float) -> tuple[float, float]:
    weights = [exp(slope * x) for x in window]
    total = sum(weights)
    return total, sum(weight * x for weight, x in zip(weights, window, strict=True)) / total


def _level(windows: Sequence[Sequence[float]], wanted: Sequence[int], slope: float) -> float:
    """The e^a: of the second window, or of the first where the second keeps nothing."""
    for window, number in zip(reversed(windows), reversed(wanted), strict=True):
        if number:
            return number / _sum_and_mean(window, slope)[0]
    return 0.0


def _chosen(rng: Random, weights: Sequence[float], number: int, first: int) -> list[int]:
    """Exactly ``number`` places (counted from ``first``), each with a chance in proportion to its weight, at most 1."""
    chances = _chances(weights, number)
    open_ones = [place for place, chance in enumerate(chances) if chance < CERTAIN]
    kept = {place for place, chance in enumerate(chances) if chance >= CERTAIN}
    kept.update(_systematic(rng, open_ones, chances, number - len(kept)))
    return [first + place for place in sorted(kept)]


def _chances(weights: Sequence[float], number: int) -> list[float]:
    """Proportional to the weights, adding up to ``number``; what would exceed 1 is certain, the rest is shared."""
    certain: set[int] = set()
    while True:
        total = sum(weight for place, weight in enumerate(weights) if place not in certain)
        factor = (number - len(certain)) / total if total else 0.0
        over = {place for place, weight in enumerate(weights) if place not in certain and weight * factor >= CERTAIN}
        if not over:
            return [1.0 if place in certain else weight * factor for place, weight in enumerate(weights)]
        certain |= over


def _systematic(rng: Random, places: Sequence[int], chances: Sequence[float], number: int) -> list[int]:
    """Walk along the chances; each whole number passed, counted from a random start, keeps one place."""
    if not places:
        return []
    reached = rng.random()
    before, kept = 0, []
    for place in places[:-1]:
        reached += chances[place]
        here = min(floor(reached), number)
        if here > before:
            kept.append(place)
        before = here
    return kept + [places[-1]] * (number > before)
