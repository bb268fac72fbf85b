"""Keeps processes running: what ends unasked is started again, until the operator says stop."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

log = logging.getLogger("lantoa.serve")
BEAT = 1.0  # seconds between two looks
TOO_SOON = 5.0  # seconds: what ends sooner after its start than this may only end again,
IN_VAIN = 3  # and after so many such starts in a row it is given up


@dataclass
class Kept:
    """One command that must always run."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] = field(init=False)
    began: float = field(init=False)
    in_vain: int = 0

    def start(self) -> None:
        """Run it (again)."""
        self.began = time.monotonic()
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 (our own)

    def look(self) -> int | None:
        """Start it again if it ended; the status with which it ended when it is given up, else None."""
        code = self.process.poll()
        if code is None:
            return None
        self.in_vain = self.in_vain + 1 if time.monotonic() - self.began < TOO_SOON else 0
        if self.in_vain == IN_VAIN:
            return abs(code) or 1
        log.error("the %s ended with %d: started again", self.name, code)
        with suppress(ProcessLookupError):  # what it left behind would go on in its place
            os.killpg(self.process.pid, signal.SIGKILL)
        self.start()
        return None

    def end(self) -> None:
        """Ask it to end, and wait until it did."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()


def keep(kept: Sequence[Kept], *, ready: Callable[[], bool]) -> int:
    """Run all until SIGTERM, SIGINT, or until one is given up; the status to end with.

    ``ready`` says with every beat whether what they all need is there: while it is not, nothing is started in vain, and
    nothing is given up. At the end they stop in their order.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    for one in kept:
        one.start()
    code = None
    while code is None and not stop.wait(BEAT):
        if ready():
            code = next((ended for one in kept if (ended := one.look()) is not None), None)
    for one in kept:
        one.end()
    return code or 0
