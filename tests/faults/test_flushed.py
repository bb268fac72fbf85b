"""R03 in short: nothing is acknowledged before it is on disk."""

from torture import flushed


def test_between_a_submission_and_its_acknowledgement_the_log_is_flushed(template, tried):
    report = tried(flushed.run, template, submissions=12)
    assert report.faults == [], report
    assert report.figures["acknowledged"] == 12


def test_control_with_asynchronous_commits_no_flush_is_seen(template, tried):
    report = tried(flushed.run, template, submissions=6, careful=False)
    assert report.figures["without a flush"] > 0, report
