"""R11 in short: wrong clocks of the site's processes change nothing, and no rule asks them."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from torture import skewed

SRC = Path(__file__).parents[2] / "src" / "lantoa"
OWN_CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "timezone.now"}
# Not facts of a contest: which questions should be looked at again, and how old a file is.
ALLOWED = {"exams/checks.py", "lib/page_files.py"}


def test_order_duration_and_deadline_are_those_of_the_databases_clock(template, tried):
    report = tried(skewed.run, template, submissions=18, people=9)
    assert report.faults == [], report
    assert report.figures["inversions by the sites' own clocks"] > 0, "the control: the clocks were truly wrong"


def asks_its_own_clock(source):
    """The calls of a module that read the clock of the machine it runs on."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            if any(called == name or called.endswith(f".{name}") for name in OWN_CLOCK):
                yield f"{node.lineno} {called}"


def test_no_rule_reads_the_clock_of_the_machine_it_runs_on():
    for room in (*settings.ROOMS, "lib"):
        for path in sorted((SRC / room).rglob("*.py")):
            if path.relative_to(SRC).as_posix() not in ALLOWED:
                assert list(asks_its_own_clock(path.read_text(encoding="utf-8"))) == [], path


@pytest.mark.parametrize("call", ["dt.datetime.now()", "time.time()", "timezone.now()", "datetime.now(UTC)"])
def test_control_a_rule_that_did_would_be_found(call):
    assert list(asks_its_own_clock(f"x = {call}"))
