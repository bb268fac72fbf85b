"""When people do things: awake hours, a launch that everybody hears of, quieter days between, weekends at home."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from lantoa.lib.clock import VIETNAM

if TYPE_CHECKING:
    from random import Random

BY_HOUR = [1, 0, 0, 0, 1, 3, 8, 14, 22, 26, 24, 18, 14, 14, 20, 22, 20, 16, 14, 22, 28, 24, 12, 4]
BY_WEEKDAY = [1.1, 1.0, 1.0, 1.05, 1.2, 0.75, 0.65]
HOUR = timedelta(hours=1)


class Pulse:
    """The hours from ``since`` to ``until``, each with its share of what happens."""

    def __init__(self, rng: Random, since: datetime, until: datetime) -> None:
        """Give each day its mood; the first two are the launch."""
        self.rng, self.since, self.until = rng, since, until
        day_of = [(since + HOUR * n).astimezone(VIETNAM) for n in range(-(-(until - since) // HOUR))]
        moods = {hour.date(): rng.uniform(0.8, 1.25) * BY_WEEKDAY[hour.weekday()] for hour in day_of}
        first, second = sorted(moods)[:1], sorted(moods)[1:2]
        for day in first + second:
            moods[day] *= 1.6
        self.weights = [0.02 + BY_HOUR[hour.hour] * moods[hour.date()] for hour in day_of]
        self.sums = list(accumulate(self.weights))

    def moment(self, since: datetime, until: datetime | None = None) -> datetime:
        """Draw an instant of [since, until), to the millisecond."""
        until = min(until or self.until, self.until)
        low, high = self._mass(since), self._mass(until)
        place = bisect_left(self.sums, self.rng.uniform(low, high))
        drawn = self.since + HOUR * place + timedelta(milliseconds=self.rng.randrange(3_600_000))
        if since <= drawn < until:
            return drawn
        return since + timedelta(milliseconds=int((until - since) / timedelta(milliseconds=1) * self.rng.random()))

    def _mass(self, at: datetime) -> float:
        """How much happens before ``at``."""
        hours = (at - self.since) / HOUR
        whole = min(int(hours), len(self.sums) - 1)
        before = self.sums[whole - 1] if whole else 0.0
        return before + (hours - whole) * self.weights[whole]

    def spread(self, total: int) -> dict[datetime, int]:
        """``total`` events over the minutes of all hours that are over."""
        found: dict[datetime, int] = {}
        share = total / self.sums[-1]
        for place, weight in enumerate(self.weights[:-1]):
            minute = (self.since + HOUR * place).replace(second=0, microsecond=0)
            count = round(share * weight * self.rng.uniform(0.85, 1.15))
            for part in range(0, 60, 5):
                if here := count * (part + 5) // 60 - count * part // 60:
                    found[minute + timedelta(minutes=part + self.rng.randrange(5))] = here
        return found
