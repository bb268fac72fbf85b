"""R09 in short: whoever sends or reads a byte a second hinders nobody behind nginx."""

from torture import slow
from torture.slow import Sizes


def test_behind_nginx_slow_and_silent_clients_hinder_nobody(template, tried):
    # They rest: nginx lets one address ask two hundred times a second, and a fast machine lets four people ask more.
    sizes = Sizes(people=4, each=6, silent=40, kept=40, seconds=4, again=0.3, pause=0.2)
    report = tried(slow.run, template, sizes)
    assert report.faults == [], report


def test_control_straight_at_the_sites_processes_they_hinder_everybody(template, tried):
    report = tried(slow.run, template, Sizes(people=4, each=6, silent=6, seconds=4, again=0.3), behind=False)
    assert report.figures["starved"] == 1, report
