"""Who registers when and where: most by themselves, the others when their unit calls (figures.md §7)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import itemgetter
from random import Random

from lantoa.management.simulate.published import END, HOUR, MINUTE, Rows
from lantoa.management.simulate.rates import Moments, campaigns
from lantoa.management.simulate.thinning import thin

CANDIDATES = 1.75  # for each that stays
BY_THEMSELVES = 0.62
LARGE_UNITS = 0.93  # a unit's share is its population to this power: in small places more of them come
ZEAL = 0.42

Registration = tuple[int, int]  # when (milliseconds from the opening), and the place of the unit


def registrations(rng: Random, rate: Sequence[float], populations: Sequence[int], rows: Rows) -> list[Registration]:
    """All of them in time order, exactly as many at the moments of ``rows`` as these say."""
    shares = [population**LARGE_UNITS * rng.lognormvariate(0, ZEAL) for population in populations]
    whole = rows[1].registered * END / rows[1].cut * CANDIDATES
    found = _by_themselves(rng, rate, shares, int(whole * BY_THEMSELVES))
    found += _called(rng, shares, int(whole * (1 - BY_THEMSELVES)))
    found.sort()
    cuts, totals = [row.cut for row in rows], [row.registered for row in rows]
    return [found[place] for place in thin(rng, list(map(itemgetter(0), found)), cuts, totals)]


def _by_themselves(rng: Random, rate: Sequence[float], shares: Sequence[float], count: int) -> list[Registration]:
    units = rng.choices(range(len(shares)), shares, k=count)
    return list(zip(Moments(rng, rate).draw(count), units, strict=True))


def _called(rng: Random, shares: Sequence[float], count: int) -> list[Registration]:
    """Within hours after a campaign began, the fewer the later."""
    known = campaigns(rng, shares)
    sums = list(accumulate(campaign.weight for campaign in known))
    found = []
    for campaign in rng.choices(known, cum_weights=sums, k=count):
        when = campaign.starts + int((rng.expovariate(1) + rng.expovariate(1)) * campaign.hours * HOUR)
        if when < END - MINUTE:
            found.append((when, campaign.unit))
    return found
