"""What is kept running: started again, given up when it only ends, and not blamed for what it needs and is not there."""

import os
import signal
import sys

import pytest

from lantoa.management import keeping
from lantoa.management.keeping import IN_VAIN, Kept, keep


@pytest.fixture(autouse=True)
def _own_signals(monkeypatch):
    monkeypatch.setattr(keeping, "BEAT", 0.01)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Needing:
    """A process that ends at once with status 7 without the file it needs, which is there from some beat on."""

    def __init__(self, folder, beats):
        self.needed, self.ran, self.beats = folder / "needed", folder / "ran", beats
        end = f"import pathlib, sys, time; pathlib.Path({str(self.needed)!r}).exists() or sys.exit(7)"
        self.kept = Kept(
            "it", [sys.executable, "-c", f"{end}; pathlib.Path({str(self.ran)!r}).touch(); time.sleep(60)"]
        )

    def ready(self):
        if self.kept.process.poll() is None:
            if self.ran.exists():
                os.kill(os.getpid(), signal.SIGTERM)
            return True
        self.beats -= 1
        if not self.beats:
            self.needed.touch()
        return self.needed.exists()


def test_what_ends_for_want_of_the_database_is_started_when_that_is_there(tmp_path):
    needing = Needing(tmp_path, beats=5 * IN_VAIN)
    assert keep([needing.kept], ready=needing.ready) == 0
    assert needing.ran.exists()


def test_control_what_only_ends_is_given_up_with_its_status(tmp_path):
    needing = Needing(tmp_path, beats=10**9)
    assert keep([needing.kept], ready=lambda: True) == 7
