"""The lots of one topic: picks in which every lesson is met at most once, each question as often as its neighbours.

Sources: items.md, section 1 (the questions of a topic come from different lessons) and section 6, "load" (every question's
exposure within a quarter of its cell's mean); log, section 6 (whole numbers only, so that anyone can draw again).

All allowed picks are counted, a whole number below that count is drawn, and the pick with that number is the result. Cells
whose questions are spread unevenly over the lessons would show some questions more often than others; therefore each
(cell, lesson) carries a whole weight by which its picks are counted. The weights are fitted once a bank version, with
additions, multiplications and divisions alone, and are part of what is published.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

Share = list[list[float]]  # [lesson][cell]
Pools = Mapping[str, Sequence[Mapping[str, float]]]  # lesson -> cell -> question -> how often a paper should hold it
State = tuple[int, ...]  # questions still wanted, by cell

MAX_WEIGHT = 65_535
_ROUNDS = 60
_CLOSE = 0.002
_SLACK = 0.05


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

    def __init__(self, counts: Sequence[int], pools: Pools) -> None:
        """Count the picks: ``counts`` questions a cell; ``pools`` by lesson and cell how often each question is wanted."""
        self._start: State = tuple(counts)
        self._pools = [[dict(sorted(cell.items())) for cell in pools[lesson]] for lesson in sorted(pools)]
        self._weights = self._fit()
        self._lots, self.size = self._count()

    def _fit(self) -> list[list[dict[str, int]]]:
        """Fit the weights so that each question is met as often as wanted, as far as the lessons allow it."""
        asked = [[sum(cell.values()) for cell in row] for row in self._pools]
        wanted = _allowed(asked, self._start)
        weights = [list(row) for row in wanted]
        for _ in range(_ROUNDS):
            met = _met(self._start, weights)
            if met is None or _gap(wanted, met) < _CLOSE:
                break
            weights = [
                [w * t / m if m else 0.0 for w, t, m in zip(*rows, strict=True)]
                for rows in zip(weights, wanted, met, strict=True)
            ]
            weights = _scaled(weights)
        return _whole(weights, asked, self._pools)

    def _count(self) -> tuple[Lots, int]:
        """Count backwards from the last lesson how many weighted picks each state still allows."""
        after: dict[State, int] = {(0,) * len(self._start): 1}
        lots: list[dict[State, tuple[int, tuple[Branch, ...]]]] = []
        for weights in reversed(self._weights):
            here = {
                state: (after.get(state, 0), tuple(_branches(state, weights, after))) for state in _states(self._start)
            }
            lots.append(here)
            after = {state: skip + sum(b.picks for b in branches) for state, (skip, branches) in here.items()}
        return tuple(reversed(lots)), after.get(self._start, 0)

    def weights(self) -> dict[str, int]:
        """Return the weight by which each question's picks are counted."""
        return {one: weight for row in self._weights for cell in row for one, weight in cell.items()}

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


def _allowed(wanted: Share, counts: State) -> Share:
    """Lower what is wanted of a lesson to less than one question a paper, and let the others of the cell make up for it."""
    lessons = len(wanted)
    most = 1 - (1 - sum(counts) / lessons) * _SLACK if lessons else 1.0
    for _ in range(_ROUNDS):
        if all(sum(row) <= most for row in wanted):
            break
        wanted = [[part * min(1.0, most / (sum(row) or 1.0)) for part in row] for row in wanted]
        totals = [sum(column) or 1.0 for column in zip(*wanted, strict=True)]
        wanted = [[part * count / total for part, count, total in zip(row, counts, totals, strict=True)] for row in wanted]
    return wanted


def _gap(wanted: Share, met: Share) -> float:
    return max(
        (abs(m - t) / t for rows in zip(wanted, met, strict=True) for t, m in zip(*rows, strict=True) if t), default=0.0
    )


def _scaled(weights: Share) -> Share:
    """Divide each cell by its greatest weight: only the proportions inside a cell matter."""
    tops = [max(column) or 1.0 for column in zip(*weights, strict=True)]
    return [[weight / top for weight, top in zip(row, tops, strict=True)] for row in weights]


def _whole(weights: Share, asked: Share, pools: Sequence[Sequence[Mapping[str, float]]]) -> list[list[dict[str, int]]]:
    """Part the weights of (lesson, cell) among the questions there, as whole numbers from 1 to MAX_WEIGHT."""
    each = [
        [{one: weight * part / total for one, part in cell.items()} for weight, total, cell in zip(*rows, strict=True)]
        for rows in zip(weights, asked, pools, strict=True)
    ]
    tops = [max((part for cell in column for part in cell.values()), default=1.0) for column in zip(*each, strict=True)]
    return [
        [
            {one: max(1, int(part * MAX_WEIGHT / (top or 1.0) + 0.5)) for one, part in cell.items()}
            for top, cell in zip(tops, row, strict=True)
        ]
        for row in each
    ]
