"""What the worker tells of itself and of the database: written down every ten seconds, never O(participants)."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import caches

from lantoa.lib.watch import measures, postgres
from lantoa.standings import pulse

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=10)
MEMORY = "django.core.cache.backends.locmem.LocMemCache"  # of one process: there is nothing to watch


@contextmanager
def step(name: str) -> Iterator[None]:
    """Around a step of the worker's round: how long it took, also when it fails."""
    began = time.perf_counter()
    try:
        yield
    finally:
        measures.STEP.observe(time.perf_counter() - began, name)


class Measuring:
    """Tells itself when it is time; an object of the worker's."""

    def __init__(self) -> None:
        self._last: datetime | None = None
        self._written: datetime | None = None

    def due(self, at: datetime) -> bool:
        """Whether the last time is long enough ago."""
        return _is_over(self._last, at, EVERY)

    def measure(self, at: datetime) -> None:
        """Write the beat down now and then, and read how everything goes."""
        self._last = at
        if _is_over(self._written, at, pulse.EVERY):
            pulse.beat(os.uname().nodename[:100], at=at)
            self._written = at
        show(pulse.state())
        postgres.measure()
        if settings.CACHES["default"]["BACKEND"] != MEMORY:
            measures.CACHE.set(cache_answers())


def _is_over(since: datetime | None, at: datetime, period: timedelta) -> bool:
    """Whether the period passed; a clock that was set back ends it."""
    return since is None or not since <= at < since + period


def show(state: pulse.State) -> None:
    """Set the numbers of the house's own work."""
    measures.OPEN.set(state.open_attempts)
    measures.OVERDUE.set(state.overdue.total_seconds())
    measures.CHANGES.set(state.changes)
    measures.ENTRIES.set(state.entries)
    measures.ENTRIES_AGE.set(_ago(state, state.oldest_entry))
    measures.FIGURES.set(_ago(state, state.folded_until))
    measures.UNSIGNED.set(_ago(state, state.unsigned))
    if state.signed is not None:
        measures.HEAD.set(state.signed.timestamp())


def _ago(state: pulse.State, moment: datetime | None) -> float:
    """Seconds since then; 0 when there is no such moment."""
    return max((state.now - moment).total_seconds(), 0.0) if moment else 0.0


def cache_answers() -> bool:
    """Whether the cache keeps what it is given; whatever is wrong with it, the worker goes on."""
    try:
        caches["default"].set("lantoa-watch", 1, 60)
        return bool(caches["default"].get("lantoa-watch"))
    except Exception:  # noqa: BLE001 (each cache has exceptions of its own)
        log.warning("the cache does not answer")
        return False
