"""R01 in short: what was acknowledged is kept."""

from torture import kept

SMALL = {"submissions": 80, "people": 12, "again": 0.2}


def test_whoever_is_killed_in_a_rush_nothing_acknowledged_is_lost_or_doubled(template):
    report = kept.run(template, database=2, workers=1, everything=1, **SMALL)
    assert report.faults == [], report
    assert report.figures["kills"] == 4


def test_control_a_database_that_promises_before_it_wrote_loses(template):
    report = kept.run(template, database=1, workers=0, everything=0, careful=False, **SMALL)
    assert report.figures["lost"] > 0, report
