"""The page of figures says what was measured."""

import json

from benchmarks import capacity, targets


def test_the_page_and_its_picture_are_what_the_script_makes_of_the_results():
    for path, text in capacity.made().items():
        assert path.read_text() == text, path


def test_the_results_hold_what_others_read():
    found = json.loads(capacity.LATEST.read_text())
    keys = {"start_submit_over_floor", "flow_cpu_ms", "app_cpu_ms", "queries", "bytes_per_attempt", "wal_per_attempt"}
    assert not {*keys, "growth"} - set(found)
    assert all(len(line) == 4 for line in targets.judged(found))
