"""R12 in short: everything that an organiser and the operator do, at once, beside a rush."""

from torture import deadlocks


def test_corrections_erasing_rebuilding_and_a_backup_beside_a_rush_deadlock_nobody(template):
    report = deadlocks.run(template, people=4, seconds=0, least=7, again=0.3)
    assert report.faults == [], report
    assert all(report.figures[f"{job} done"] for job in ("correct", "account", "rebuild", "bulletin", "backup"))


def test_control_two_who_lock_the_other_way_round_are_counted(template):
    assert deadlocks.crossed(template).figures["deadlocks"] == 1
