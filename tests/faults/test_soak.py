"""R15 in short: what is asked again and again leaves nothing behind."""

from torture import soak

SMALL = {"people": 3, "seconds": 3, "pause": 0.1}


def test_exams_and_pages_one_after_the_other_fail_nowhere_and_leave_no_file_open(template):
    report = soak.run(template, **SMALL)
    assert report.faults == [], report
    assert report.figures["answers"] > 0


def test_control_a_site_that_lets_go_of_nothing_is_found(template):
    longer = {**SMALL, "seconds": 6}  # half of it to warm up
    assert soak.run(template, careful=False, **longer).figures["steeper than allowed"] == 1
