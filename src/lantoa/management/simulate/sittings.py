"""Who sits the exam when, how often and how well (figures.md §7).

Half learn in one go and sit after about three quarters of an hour, others take hours or days; nights are slept. Some
sit again, likelier with 15–19 right than with all; each time a little better and faster.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import comb, exp, log
from operator import attrgetter
from random import Random

from lantoa.management.simulate.published import DAY, END, HOUR, MINUTE, SECOND, Rows
from lantoa.management.simulate.registrations import Registration
from lantoa.management.simulate.thinning import thin

# (up to which share of all, the median lag in milliseconds, its spread)
LEARNING = ((0.5, 46 * MINUTE, 0.45), (0.8, 9 * HOUR, 0.8), (1.0, 3 * DAY, 0.75))
AGAIN_AFTER = ((0.68, 11 * MINUTE, 0.55), (1.0, 20 * HOUR, 0.9))
AT_LEAST = 12 * MINUTE  # to learn what is there
TRIES = 0.93  # of those who register would finish
SLEEP, WAKE = 23.2 * HOUR, 5.5 * HOUR
MORNING = 7 * HOUR
UP_AT_NIGHT = 0.07
AGAIN = 0.60
LESS_AFTER_THE_SECOND = 0.92
# How many of ALL who did so well sit again, as a part of AGAIN: from this share of right answers on.
KEENNESS = ((1.0, 0.25), (0.9, 1.0), (0.75, 1.08), (0.0, 0.95))
MOST_CHANCE = 0.95
MOST_TRIES = 40
MEDIAN_TIME = 415.0  # seconds of the 20 minutes
QUICKEST = (38.0, 20.0)  # seconds, and a random part
STEPS = 400  # of a chance, for the tables below


@dataclass(frozen=True, slots=True)
class Exam:
    """What the contest's rules say of the exam."""

    asked: int = 20
    limit: int = 20 * MINUTE


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt: submitted when, by whom (place of the registration), how many right, milliseconds taken."""

    at: int
    who: int
    correct: int
    took: int


def sittings(rng: Random, exam: Exam, joined: Sequence[Registration], rows: Rows) -> list[Sitting]:
    """All attempts in time order: so many finishers and attempts at the moments of ``rows`` as these say."""
    skills = [rng.gauss(0, 1) for _ in joined]
    cuts = [row.cut for row in rows]
    first = _thin(rng, _first(rng, exam, joined, skills), cuts, [row.finished for row in rows])
    more = [again for sitting in first for again in _again(rng, exam, sitting, skills[sitting.who])]
    return _sorted(first + _thin(rng, more, cuts, [row.attempts - row.finished for row in rows]))


def _thin(rng: Random, stream: list[Sitting], cuts: Sequence[int], totals: Sequence[int]) -> list[Sitting]:
    stream = _sorted(stream)
    return [stream[place] for place in thin(rng, [sitting.at for sitting in stream], cuts, totals)]


def _sorted(stream: list[Sitting]) -> list[Sitting]:
    return sorted(stream, key=attrgetter("at", "who"))


def _first(rng: Random, exam: Exam, joined: Sequence[Registration], skills: Sequence[float]) -> list[Sitting]:
    """When each who tries would first submit; not all are in time before the closing."""
    found = []
    for who, (registered, _) in enumerate(joined):
        if rng.random() >= TRIES:
            continue
        took = _took(rng, exam, skills[who], 0)
        learned = registered + AT_LEAST + int(rng.random() * 5 * MINUTE)
        at = max(_awake(rng, registered + _lag(rng, LEARNING)), learned + took)
        if at < END - 30 * SECOND:
            found.append(Sitting(at, who, _correct(rng, exam, skills[who], 0), took))
    return found


def _again(rng: Random, exam: Exam, sitting: Sitting, skill: float) -> Iterator[Sitting]:
    """The further attempts that somebody would make."""
    for number in range(1, MOST_TRIES):
        keen = next(keen for share, keen in KEENNESS if sitting.correct >= share * exam.asked)
        chance = AGAIN * keen * (1 if number == 1 else LESS_AFTER_THE_SECOND)
        if rng.random() >= min(chance, MOST_CHANCE):
            return
        begins = max(_awake(rng, sitting.at + _lag(rng, AGAIN_AFTER)), sitting.at + 20 * SECOND)
        took = _took(rng, exam, skill, number)
        if begins + took >= END - SECOND:
            return
        sitting = Sitting(begins + took, sitting.who, _correct(rng, exam, skill, number), took)
        yield sitting


def _lag(rng: Random, kinds: Sequence[tuple[float, int, float]]) -> int:
    drawn = rng.random()
    median, spread = next((median, spread) for upto, median, spread in kinds if drawn < upto)
    return int(rng.lognormvariate(log(median), spread))


def _awake(rng: Random, at: int) -> int:
    """What would end at night ends the next morning; for most."""
    day, hour = divmod(at, DAY)
    if WAKE <= hour <= SLEEP or rng.random() < UP_AT_NIGHT:
        return at
    day += hour > SLEEP
    return int(day * DAY + MORNING + rng.gammavariate(2.2, 2.1) * HOUR)


def _took(rng: Random, exam: Exam, skill: float, number: int) -> int:
    """Milliseconds, within the limit; the skilled and the practised are faster."""
    median = MEDIAN_TIME * SECOND * exam.limit / (20 * MINUTE)
    taken = median * rng.lognormvariate(-0.07 * skill - 0.13 * min(number, 5), 0.42)
    least = (QUICKEST[0] + rng.random() * QUICKEST[1]) * SECOND
    return int(min(max(taken, least), exam.limit - 1))


def _correct(rng: Random, exam: Exam, skill: float, number: int) -> int:
    """Right answers: binomial on a skill that grows with each try, on a day like any other."""
    z = 1.30 + 0.72 * skill + 0.30 * min(number, 6) + rng.gauss(0, 0.28)
    return bisect(_binomial(exam.asked, round(STEPS / (1 + exp(-z)))), rng.random(), hi=exam.asked)


@cache
def _binomial(asked: int, step: int) -> tuple[float, ...]:
    """The chance of at most so many right of ``asked``, each with the chance ``step``/STEPS."""
    p = step / STEPS
    return tuple(accumulate(comb(asked, right) * p**right * (1 - p) ** (asked - right) for right in range(asked + 1)))
