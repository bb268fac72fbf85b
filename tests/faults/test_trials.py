"""The list of the long forms can be run, and says of each what it asks and how it is found out."""

from torture.trials import TRIALS


def test_every_trial_says_what_it_asks_and_has_a_control():
    names = [trial.name for trial in TRIALS]
    assert len(names) == len(set(names))
    for trial in TRIALS:
        assert trial.asks
        assert trial.control is not None or trial.name == "R11", "R11 counts by the wrong clocks beside the right one"
