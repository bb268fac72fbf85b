"""Numbers of one process in a small file of its own, which anybody on the machine may read and add up.

A process claims the first file of its role that nobody holds (the lock goes with the process, however it ends) and
counts on where the last holder left off: sums never fall, nothing is left to tidy up, and there are never more files
than processes that lived at once. A number costs under a microsecond; nothing is ever written or waited for.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock

SIZE = 262_144  # bytes of a file: a thousand series with their buckets
WORD = 8
_HEAD = struct.Struct("<8sQ")  # which layout, bytes used
_RECORD = struct.Struct("<II")  # bytes of the key, how many numbers
Key = tuple[str, ...]  # name of the measure, then the values of its labels


def layout(measures: Collection[object]) -> bytes:
    """Eight bytes that differ when what is measured does: a file of another release is begun anew."""
    return sha256(repr(sorted(map(repr, measures))).encode()).digest()[:WORD]


class Meters:
    """This process's numbers: in plain memory until a file is claimed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._handle: int | None = None  # kept open: it holds the lock
        self._begin(memoryview(bytearray(SIZE)), bytes(WORD))

    def claim(self, folder: Path, role: str, *, measures: Collection[object], gauges: Collection[str]) -> None:
        """Take a free file of that role; what it counted goes on, and its gauges begin at nothing.

        What was counted in memory before is forgotten. Raises OSError where no file can be made whole: a hole in it
        would kill the process when the disk is full.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, memory = _free(folder, role)
        with self._lock:
            self._handle = handle
            self._begin(memory, layout(measures))
            for key, place in self._places.items():
                if key[0] in gauges:
                    self._values[place] = 0.0

    def add(self, key: Key, by: float, *, size: int = 1, slot: int = 0) -> None:
        """Add to one number of ``size`` that stand under this key."""
        with self._lock:
            place = self._places.get(key)
            self._values[(self._make(key, size) if place is None else place) + slot] += by

    def add_two(self, key: Key, slot: int, by: float, *, size: int) -> None:
        """Add 1 to the number in ``slot`` and ``by`` to the last one: a value of a histogram and its sum."""
        with self._lock:
            place = self._places.get(key)
            place = self._make(key, size) if place is None else place
            self._values[place + slot] += 1.0
            self._values[place + size - 1] += by

    def set(self, key: Key, value: float) -> None:
        """The number under this key."""
        with self._lock:
            place = self._places.get(key)
            self._values[self._make(key, 1) if place is None else place] = value

    def numbers(self) -> dict[Key, tuple[float, ...]]:
        """Everything, by key."""
        return dict(_records(self._bytes))

    def _begin(self, memory: memoryview, which: bytes) -> None:
        self._bytes, self._values = memory, memory.cast("d")
        held, used = _HEAD.unpack_from(memory)
        if held != which or not used:
            used = _HEAD.size
            _HEAD.pack_into(memory, 0, which, used)
        self._used = used
        self._places = {key: place for key, place, _n in _walk(memory)}
        self._spare = len(self._values) - 64  # where a series that finds no room counts for nobody

    def _make(self, key: Key, size: int) -> int:
        """Room for a new series; it is there for readers only when it is whole."""
        name = json.dumps(key).encode()
        name += b" " * (-len(name) % WORD)
        start: int = self._used
        end = start + _RECORD.size + len(name) + size * WORD
        if end > self._spare * WORD:
            self._places[key] = self._spare
            return self._spare
        _RECORD.pack_into(self._bytes, start, len(name), size)
        place = start + _RECORD.size + len(name)
        self._bytes[start + _RECORD.size : place] = name
        self._bytes[place:end] = bytes(end - place)
        struct.pack_into("<Q", self._bytes, WORD, end)
        self._used = end
        number = place // WORD
        self._places[key] = number
        return number


def _free(folder: Path, role: str) -> tuple[int, memoryview]:
    number = 0
    while True:
        handle = os.open(folder / f"{role}-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.posix_fallocate(handle, 0, SIZE)
            return handle, memoryview(mmap.mmap(handle, SIZE))
        except BlockingIOError:
            os.close(handle)
            number += 1
        except OSError:
            os.close(handle)
            raise


def _walk(memory: memoryview) -> Iterator[tuple[Key, int, int]]:
    """Key, place of the first number, how many, of each record."""
    _which, used = _HEAD.unpack_from(memory)
    at = _HEAD.size
    while at < used:
        length, size = _RECORD.unpack_from(memory, at)
        start = at + _RECORD.size
        at = start + length + size * WORD
        yield tuple(json.loads(bytes(memory[start : start + length]))), (start + length) // WORD, size


def _records(memory: memoryview) -> Iterator[tuple[Key, tuple[float, ...]]]:
    values = memory.cast("d")
    for key, place, size in _walk(memory):
        yield key, tuple(values[place : place + size])


@dataclass(frozen=True)
class Held:
    """One file as it was read."""

    role: str
    alive: bool  # whether a process holds it
    numbers: dict[Key, tuple[float, ...]] = field(default_factory=dict)


def read_all(folder: Path, *, measures: Collection[object]) -> list[Held]:
    """Every file of the folder; one of another release says nothing but whether its process lives."""
    which, found = layout(measures), []
    for path in sorted(folder.glob("*-*")) if folder.is_dir() else []:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            alive = _is_held(handle)
            whole = os.fstat(handle).st_size == SIZE  # else it was made this very moment
            memory = memoryview(mmap.mmap(handle, SIZE, access=mmap.ACCESS_READ)) if whole else memoryview(bytes(WORD))
        finally:
            os.close(handle)
        numbers = dict(_records(memory)) if memory[:WORD] == which else {}
        found.append(Held(path.name.rpartition("-")[0], alive, numbers))
    return found


def _is_held(handle: int) -> bool:
    """Whether a living process has the lock; who claims in this very moment takes the next file."""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


MINE = Meters()
