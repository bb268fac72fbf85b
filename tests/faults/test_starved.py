"""R07 in short: without a free connection, then beside a slow table, exams go on and pages say clearly that they wait."""

from torture import starved

SMALL = {"people": 6, "readers": 6, "seconds": 6, "again": 0.3}


def test_exams_go_on_while_pages_say_busy_and_all_is_well_afterwards(template):
    report = starved.run(template, **SMALL)
    assert report.faults == [], report
    assert report.figures["pages that said busy"] > 0


def test_control_where_nothing_gives_way_exams_starve_behind_pages(template):
    assert starved.run(template, careful=False, **SMALL).figures["starved"] > 0
