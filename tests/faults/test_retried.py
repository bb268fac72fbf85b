"""R05 in short: a network that cuts, doubles, delays and reorders harms nothing."""

from torture import retried


def test_whatever_the_network_does_to_a_request_it_has_one_effect_and_one_receipt(template):
    report = retried.run(template, submissions=48, people=16, delay=0.5, again=0.2)
    assert report.faults == [], report
    assert report.figures["acknowledged"] == 48
    assert min(report.figures[f"requests {fate}"] for fate in retried.FATES) > 0


def test_control_a_site_that_forgets_what_was_submitted_doubles(template):
    report = retried.run(template, submissions=16, people=16, delay=0.5, again=0.2, harmless=False)
    assert report.figures["doubled"] > 0, report
