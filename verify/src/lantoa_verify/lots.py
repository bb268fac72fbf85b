"""The lots of one topic: picks in which every lesson is met at most once, each question as often as its neighbours.

Sources: items.md §1 (the questions of a topic come from different lessons), §6 (load: exposure of every question
within a quarter of its cell's mean); log.md §6 (whole numbers, so that anyone can draw again).

All allowed picks are counted, a whole number below that count is drawn, and the pick with that number is the result.
Questions spread unevenly over the lessons, or with many enemies, would be met more or less often than their neighbours;
therefore each question carries a whole weight, and a pick counts as often as the product of its weights. The weights
are fitted once a bank version, with additions, multiplications and divisions alone, and are published with it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import prod

Share = list[list[float]]  # [lesson][cell]
Pools = Mapping[str, Sequence[Mapping[str, float]]]  # lesson -> cell -> question -> how often a paper should hold it
State = tuple[int, ...]  # questions still wanted, by cell

MAX_WEIGHT = 65_535
_ROUNDS = 300
_CLOSE = 0.002
_SLACK = 0.05
_RAKINGS = 8


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to go on at a lesson: take a question of one cell there."""

    picks: int  # how many weighted picks begin with this branch
    ids: tuple[str, ...]
    upto: tuple[int, ...]  # weights of the questions, added up
    rest: int  # how many picks remain after it
    to: State


Lots = tuple[dict[State, tuple[int, tuple[Branch, ...]]], ...]  # by lesson: state -> picks that skip it, branches


class Ballot:
    """All allowed picks of the cells that share lessons."""

    def __init__(self, counts: Sequence[int], pools: Pools, weights: Mapping[str, int]) -> None:
        """Count the picks: ``counts`` questions a cell, ``pools`` by lesson and cell, a whole weight a question."""
        self._start: State = tuple(counts)
        self._lots, self.size = self._count([pools[lesson] for lesson in sorted(pools)], weights)

    def _count(self, pools: Sequence[Sequence[Iterable[str]]], weights: Mapping[str, int]) -> tuple[Lots, int]:
        """Count backwards from the last lesson how many weighted picks each state still allows."""
        after: dict[State, int] = {(0,) * len(self._start): 1}
        lots: list[dict[State, tuple[int, tuple[Branch, ...]]]] = []
        for row in reversed(pools):
            ballots = [{one: weights[one] for one in sorted(cell)} for cell in row]
            here = {
                state: (after.get(state, 0), tuple(_branches(state, ballots, after))) for state in _states(self._start)
            }
            lots.append(here)
            after = {state: skip + sum(b.picks for b in branches) for state, (skip, branches) in here.items()}
        return tuple(reversed(lots)), after.get(self._start, 0)

    def pick(self, number: int) -> list[str]:
        """Return the pick with this number, 0 <= number < size, in the order of the lessons."""
        state, chosen = self._start, []
        for lesson in self._lots:
            skip, branches = lesson[state]
            if number < skip:
                continue
            number -= skip
            for branch in branches:
                if number < branch.picks:
                    heap, number = divmod(number, branch.rest)
                    chosen.append(branch.ids[bisect_right(branch.upto, heap)])
                    state = branch.to
                    break
                number -= branch.picks
        return chosen


def _states(start: State) -> list[State]:
    states: list[State] = [()]
    for count in start:
        states = [(*state, left) for state in states for left in range(count + 1)]
    return states


def _less(state: State, cell: int) -> State:
    return (*state[:cell], state[cell] - 1, *state[cell + 1 :])


def _branches(state: State, weights: Sequence[Mapping[str, int]], after: Mapping[State, int]) -> Iterator[Branch]:
    for cell, ids in enumerate(weights):
        to = _less(state, cell)
        rest = after.get(to, 0)
        if ids and rest:
            upto = tuple(accumulate(ids.values()))
            yield Branch(upto[-1] * rest, tuple(ids), upto, rest, to)


def fit(counts: Sequence[int], pools: Pools) -> dict[str, float]:
    """Fit the weights so that a pick holds each question as often as wanted, as far as the lessons allow it.

    ``pools`` says by lesson, cell and question how often it is wanted.
    """
    rows = [pools[lesson] for lesson in sorted(pools)]
    asked = [[sum(cell.values()) for cell in row] for row in rows]
    wanted = _allowed(asked, counts)
    weights = [list(row) for row in wanted]
    for _ in range(_ROUNDS):
        met = _met(tuple(counts), weights)
        if met is None or _gap(wanted, met) < _CLOSE:
            break
        weights = [
            [w * t / m if m else 0.0 for w, t, m in zip(*parts, strict=True)]
            for parts in zip(weights, wanted, met, strict=True)
        ]
        weights = _scaled(weights)
    return {
        one: weight * part / total
        for row, parts, totals in zip(rows, weights, asked, strict=True)
        for cell, weight, total in zip(row, parts, totals, strict=True)
        for one, part in cell.items()
    }


def whole(weights: Mapping[str, float], cells: Iterable[Iterable[str]]) -> dict[str, int]:
    """Turn weights into whole numbers from 1 to MAX_WEIGHT; only the proportions inside a cell matter."""
    found = {}
    for cell in map(list, cells):
        top = max((weights[one] for one in cell), default=0.0) or 1.0
        found.update({one: max(1, int(weights[one] * MAX_WEIGHT / top + 0.5)) for one in cell})
    return found


def rake(picks: Sequence[Sequence[str]], wanted: Mapping[str, float]) -> dict[str, float]:
    """Return factors for the weights, so that picks like these hold each question as often as wanted.

    The chance of a pick is the product of the weights of its questions, so the factors are found on the picks
    themselves; they are then drawn back towards 1 by as much of them as is chance: much in a small sample.
    """
    factors = dict.fromkeys(wanted, 1.0)
    for _ in range(_RAKINGS):
        met = dict.fromkeys(wanted, 0.0)
        total = 0.0
        for pick in picks:
            share = prod(factors[one] for one in pick)
            total += share
            for one in pick:
                met[one] += share
        for one, often in met.items():
            factors[one] *= min(max(wanted[one] * total / often, 0.5), 2.0) if often else 1.0
    chance = {one: 1 / (share * len(picks)) for one, share in wanted.items()}  # variance of a count, in its own units
    seen = sum((factor - 1) * (factor - 1) for factor in factors.values())
    real = max(0.0, seen - sum(chance.values())) / len(factors)
    return {one: 1 + (factor - 1) * real / (real + chance[one]) for one, factor in factors.items()}


def _met(start: State, weights: Share) -> Share | None:
    """Return how often each (lesson, cell) is met under these weights; None when no pick is allowed."""
    states = _states(start)
    steps = [(s, c, _less(s, c)) for s in states for c in range(len(start)) if s[c]]
    ahead = [dict.fromkeys(states, 0.0)]
    ahead[0][(0,) * len(start)] = 1.0
    for row in reversed(weights):
        ways = dict(ahead[-1])
        for state, cell, to in steps:
            ways[state] += row[cell] * ahead[-1][to]
        ahead.append(ways)
    ahead.reverse()
    total = ahead[0][start]
    if not total:
        return None
    behind = dict.fromkeys(states, 0.0)
    behind[start] = 1.0
    met = []
    for row, (_, later) in zip(weights, pairwise(ahead), strict=True):
        here = [0.0] * len(start)
        passed = dict(behind)
        for state, cell, to in steps:
            flow = behind[state] * row[cell]
            here[cell] += flow * later[to]
            passed[to] += flow
        behind = passed
        met.append([part / total for part in here])
    return met


def _allowed(wanted: Share, counts: Sequence[int]) -> Share:
    """Lower what is wanted of a lesson to less than one question a paper; the rest of the cell makes up for it."""
    lessons = len(wanted)
    most = 1 - (1 - sum(counts) / lessons) * _SLACK if lessons else 1.0
    for _ in range(_ROUNDS):
        if all(sum(row) <= most for row in wanted):
            break
        wanted = [[part * min(1.0, most / (sum(row) or 1.0)) for part in row] for row in wanted]
        totals = [sum(column) or 1.0 for column in zip(*wanted, strict=True)]
        wanted = [
            [part * count / total for part, count, total in zip(row, counts, totals, strict=True)] for row in wanted
        ]
    return wanted


def _gap(wanted: Share, met: Share) -> float:
    return max(
        (abs(m - t) / t for rows in zip(wanted, met, strict=True) for t, m in zip(*rows, strict=True) if t), default=0.0
    )


def _scaled(weights: Share) -> Share:
    """Divide each cell by its greatest weight: only the proportions inside a cell matter."""
    tops = [max(column) or 1.0 for column in zip(*weights, strict=True)]
    return [[weight / top for weight, top in zip(row, tops, strict=True)] for row in weights]
