"""Numbers and moments in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib import written

MOMENT = datetime(2025, 10, 21, 8, 30, tzinfo=UTC)  # 15:30 in Vietnam


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [(0, "0", "0"), (999, "999", "999"), (70949, "70.949", "70,949"), (1240000, "1.240.000", "1,240,000")],
)
def test_thousands_are_parted_as_each_language_does(value, vi, en):
    assert (written.count(value, "vi"), written.count(value, "en")) == (vi, en)


def test_a_ratio_has_two_places_and_three_below_one():
    assert written.percent(1234, 10_000, "vi") == "12,34\N{NO-BREAK SPACE}%"
    assert written.percent(1234, 10_000, "en") == "12.34%"
    assert written.percent(1, 7_000, "vi") == "0,014\N{NO-BREAK SPACE}%"
    assert written.percent(0, 7_000, "vi") == "0,00\N{NO-BREAK SPACE}%"
    assert written.percent(5, None, "vi") == ""


@given(part=st.integers(0, 10**7), whole=st.integers(1, 10**7))
def test_a_ratio_is_never_further_off_than_half_of_its_last_place(part, whole):
    exact = Decimal(100 * part) / whole
    shown = written.hundredths(part, whole)
    assert abs(shown - exact) <= (Decimal("0.005") if exact >= 1 else Decimal("0.0005"))


def test_moments_are_those_of_vietnam():
    assert written.moment(MOMENT, "vi") == "15:30 ngày 21/10/2025"
    assert written.moment(MOMENT, "en") == "15:30 on 21 October 2025"
    assert written.exact(MOMENT.replace(second=20), "vi") == "15:30:20 ngày 21/10/2025"
    assert written.exact(MOMENT.replace(second=0), "en") == "15:30 on 21 October 2025"
    assert written.day(datetime(2025, 10, 21, 17, tzinfo=UTC), "vi") == "22/10/2025"
    assert written.day(date(2025, 1, 5), "en") == "5 January 2025"
