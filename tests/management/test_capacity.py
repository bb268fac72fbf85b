"""The operator's page of figures says what was measured, and nothing else."""

from benchmarks import capacity


def test_the_page_and_its_picture_are_what_the_script_makes_of_the_results_that_are_kept():
    made = capacity.made()
    assert capacity.CHART.exists() == (capacity.CHART in made)
    for path, text in made.items():
        assert path.read_text() == text, path
