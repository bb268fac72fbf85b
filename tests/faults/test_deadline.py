"""R06 in short: the last hour in seconds."""

from torture import deadline

SMALL = {"people": 40, "seconds": 8}


def test_on_time_is_never_refused_and_late_is_never_counted(template):
    report = deadline.run(template, **SMALL)
    assert report.faults == [], report
    assert report.figures["acknowledged"] == 39


def test_control_a_site_that_closes_later_than_it_says_is_found(template):
    assert deadline.run(template, lenient=3, **SMALL).figures["late and accepted"] > 0
