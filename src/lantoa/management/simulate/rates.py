"""When people do things: hour by hour, working days and weekends, a trend, the mood of a day; campaigns of a unit."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from math import exp
from random import Random

from lantoa.management.simulate.published import DAY, END, HOUR, MINUTE, MINUTES, OPENS

DAYS = END // DAY
BY_HOUR = (0.6, 0.3, 0.2, 0.15, 0.2, 0.5, 1.4, 3.2, 6.0, 8.2, 7.4, 4.6, 3.0, 3.6, 7.2, 7.8, 6.2, 4.0, 3.4, 5.0, 7.6,
           7.4, 4.4, 1.8)  # fmt: skip
AT_REST = (0.9, 0.5, 0.3, 0.2, 0.2, 0.5, 1.2, 2.2, 3.8, 5.0, 4.8, 3.8, 3.0, 3.0, 3.8, 4.4, 4.2, 3.4, 3.2, 5.2, 7.4,
           7.2, 4.6, 2.2)  # fmt: skip
BY_WEEKDAY = (1.12, 1.15, 1.08, 1.0, 0.96, 0.62, 0.50)
SATURDAY = 5
LAUNCH = 7 * 60  # minutes: before the ceremony of the first morning hardly anybody knows
BEFORE_LAUNCH = 0.12
TREND = ((0, 0.55), (1, 0.6), (3, 0.72), (7, 0.85), (10, 0.95), (14, 1.12), (18, 1.12), (22, 0.85), (27, 0.62),
         (31.2, 0.85), (32, 0.9))  # fmt: skip
MOOD = 0.09  # of a day
CAMPAIGN_TREND = ((0, 0.7), (10, 1.0), (20, 1.25), (31, 0.8))
CAMPAIGN_AT_REST = 0.45
CAMPAIGNS = range(5, 10)  # of a unit
# When a campaign starts (hour, and how many hours later at most) and how many of ten do then: a school or office
# morning, an afternoon, an evening meeting.
STARTS = ((7.6, 2.2, 5.0), (13.8, 1.6, 2.5), (19.0, 1.2, 2.5))

Points = Sequence[tuple[float, float]]


def line(points: Points, x: float) -> float:
    """The value at ``x`` on straight lines between points; outside them the nearest one's."""
    place = bisect(points, x, key=lambda point: point[0])
    if place == 0:
        return points[0][1]
    if place == len(points):
        return points[-1][1]
    (x0, y0), (x1, y1) = points[place - 1], points[place]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def weekday(day: int) -> int:
    """0 is Monday; ``day`` counts from the opening."""
    return (OPENS.weekday() + day) % 7


@cache
def _ordinary() -> tuple[float, ...]:
    """Hour by hour and weekday, each minute of the contest; the same for every seed."""
    found = []
    for minute in range(MINUTES):
        of_day = weekday(minute // 1440)
        hours = AT_REST if of_day >= SATURDAY else BY_HOUR
        place, part = divmod(minute / 60 - 0.5, 1)
        here = hours[int(place) % 24] * (1 - part) + hours[int(place + 1) % 24] * part
        found.append(here * BY_WEEKDAY[of_day] * (BEFORE_LAUNCH if minute < LAUNCH else 1))
    return tuple(found)


def by_minute(rng: Random) -> list[float]:
    """How much happens in each minute of the contest, up to a factor."""
    moods = [(day + 0.5, rng.gauss(0, MOOD)) for day in range(DAYS + 1)]
    hourly = [
        line(TREND, hour / 24) * exp(line(moods, hour / 24)) for hour in range(MINUTES // 60 + 2)
    ]  # smooth enough: between two hours on a straight line
    found = []
    for minute, rate in enumerate(_ordinary()):
        hour, part = divmod(minute, 60)
        found.append(rate * (hourly[hour] + (hourly[hour + 1] - hourly[hour]) * part / 60))
    return found


class Moments:
    """Draws instants from a rate by minute."""

    def __init__(self, rng: Random, rate: Sequence[float]) -> None:
        self.rng, self.sums = rng, list(accumulate(rate))

    def draw(self, count: int) -> list[int]:
        """``count`` instants in milliseconds, in no order."""
        minutes = self.rng.choices(range(len(self.sums)), cum_weights=self.sums, k=count)
        within = self.rng.random
        return [minute * MINUTE + int(within() * MINUTE) for minute in minutes]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A unit calls its people together."""

    unit: int
    starts: int
    hours: float  # how slowly it fades
    weight: float


def campaigns(rng: Random, shares: Sequence[float]) -> list[Campaign]:
    """Some campaigns of each unit over the days; ``shares`` say how many people a unit can call."""
    days = [line(CAMPAIGN_TREND, day) * (CAMPAIGN_AT_REST if weekday(day) >= SATURDAY else 1) for day in range(DAYS)]
    found = []
    for unit, share in enumerate(shares):
        for _ in range(rng.choice(CAMPAIGNS)):
            (day,) = rng.choices(range(DAYS), days)
            ((hour, later, _often),) = rng.choices(STARTS, [often for *_, often in STARTS])
            starts = day * DAY + int((hour + later * rng.random()) * HOUR)
            found.append(Campaign(unit, starts, rng.uniform(0.5, 1.6), share * rng.lognormvariate(0, 0.7)))
    return found
