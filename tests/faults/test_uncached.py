"""R10 in short: the cache that machines share is killed, emptied and frozen."""

from torture import uncached

SMALL = {"people": 4, "every": 1.2, "away": 0.6, "again": 0.3}


def test_without_the_cache_nobody_meets_an_error_nothing_is_lost_and_throttles_hold(template, tried):
    report = tried(uncached.run, template, blows=3, **SMALL)
    assert report.faults == [], report
    assert report.figures["acknowledged"] > 0
    assert report.figures["refused as too many"] > 0


def test_control_a_build_that_needs_its_cache_fails_without_it(template, tried):
    report = tried(uncached.run, template, blows=1, careful=False, **SMALL)
    assert report.figures["failures"] > 0, report
