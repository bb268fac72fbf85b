"""How often an address may ask in a minute: counted in a small file that all processes of a machine share.

Two counts of 8 bytes an address, found by a keyed hash; the smaller one counts, so that two addresses are taken for one
only if they meet twice. No address is kept. About 10 µs, where the database would write a row for each read.
Several machines count in the cache they share (CACHE_URL) and each for itself; the larger counts. So an address gets
at each machine no more than it may have, whatever happens to the cache, and while the cache is there no more in all.
"""

from __future__ import annotations

import fcntl
import logging
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from django.core.cache import cache
from redis.exceptions import RedisError

from lantoa.lib import sealing
from lantoa.people.sign_in import place_of

log = logging.getLogger(__name__)
SECONDS = 60
ALONE = 5.0  # seconds without asking a cache that did not answer
SLOTS = 65_536  # in each of two rows
_COUNT = struct.Struct("<II")  # minute, how often
_ROW = SLOTS * _COUNT.size


class Limit:
    """The counts of one file; opened when the first request comes, so that each process has its own handle."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._opened: tuple[int, int, mmap.mmap] | None = None  # whose process, handle, memory

    def count(self, address: str, at: float) -> int:
        """Count one request of that address at that second (Unix time); how many there were in its minute."""
        minute = int(at) // SECONDS
        digest = sealing.blind("api", place_of(address))
        places = [row * _ROW + int.from_bytes(digest[4 * row : 4 * row + 4]) % SLOTS * _COUNT.size for row in range(2)]
        with self._memory() as memory:
            counts = []
            for place in places:
                known, times = _COUNT.unpack_from(memory, place)
                times = min(times + 1, 2**32 - 1) if known == minute else 1
                _COUNT.pack_into(memory, place, minute, times)
                counts.append(times)
        return min(counts)

    @contextmanager
    def _memory(self) -> Iterator[mmap.mmap]:
        """The file's memory, held against other threads and other processes."""
        with self._lock:
            handle, memory = self._open()
            fcntl.lockf(handle, fcntl.LOCK_EX)
            try:
                yield memory
            finally:
                fcntl.lockf(handle, fcntl.LOCK_UN)

    def _open(self) -> tuple[int, mmap.mmap]:
        if self._opened is None or self._opened[0] != os.getpid():
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(handle, 0, 2 * _ROW)  # a hole would kill the process when the disk is full
                memory = mmap.mmap(handle, 2 * _ROW)
            except OSError:
                memory = mmap.mmap(-1, 2 * _ROW)  # no room: this process counts by itself
            self._opened = os.getpid(), handle, memory
        return self._opened[1:]


class SharedLimit:
    """The counts in the cache of all machines; a cache that is gone costs one short wait, then it is left alone."""

    def __init__(self, own: Limit) -> None:
        self.own = own
        self._alone_until = 0.0

    def count(self, address: str, at: float) -> int:
        """As :meth:`Limit.count`; what was asked here counts also when the cache has forgotten it."""
        own = self.own.count(address, at)
        if at < self._alone_until:
            return own
        key = f"api:{int(at) // SECONDS}:{sealing.blind('api', place_of(address)).hex()}"
        try:
            cache.add(key, 0, timeout=2 * SECONDS)
            return max(own, int(cache.incr(key)))
        except (RedisError, ValueError) as trouble:  # no answer; or it was emptied between the two
            log.warning("the shared cache does not count: %s", type(trouble).__name__)
            self._alone_until = at + ALONE
            return own


def until_next(at: float) -> int:
    """Whole seconds until the next minute begins, at least one."""
    return SECONDS - int(at) % SECONDS
