"""One template a run of the tests: an installation at rest that each trial copies."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from torture.report import Missing
from torture.rig import make_template

PEOPLE = 120


@pytest.fixture(scope="session")
def template() -> Path:
    """Made by the first process of a run that needs it; the others wait for it. The next run makes its own."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder, made = settings.DATA / "faults", settings.DATA / "faults" / "run"
    with (settings.DATA / "faults.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not made.exists() or made.read_text() != run:
            shutil.rmtree(folder, ignore_errors=True)
            make_template(folder, PEOPLE)
            made.write_text(run)
    return folder


@pytest.fixture(scope="session")
def tried():
    """Run a trial; what it lacks on this machine skips it loudly, and in CI nothing may be lacking."""

    def run(trial, *arguments, **sizes):
        try:
            return trial(*arguments, **sizes)
        except Missing as lacking:
            assert not os.environ.get("CI"), f"CI must be able to try this: {lacking}"
            pytest.skip(f"NOT TRIED: {lacking}")

    return run
