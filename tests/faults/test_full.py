"""R08 in short: the disk is full, and has room again."""

from torture import full


def test_a_full_disk_refuses_clearly_and_loses_nothing(template, tried):
    report = tried(full.run, template, people=6, seconds=4, again=0.3)
    assert report.faults == [], report
    assert report.figures["never full"] == 0
