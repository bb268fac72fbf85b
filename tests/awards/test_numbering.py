import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.awards import numbering
from lantoa.contests.models import Contest
from lantoa.units.models import Unit
from tests.factories.contest import OPENS


def contest(city="Hải Phòng"):
    return Contest(root=Unit(name=city), opens_at=OPENS)


def test_a_number_names_place_and_year_and_carries_sixty_random_bits():
    number = numbering.draw(contest())
    prefix, *groups = number.split("-")
    assert prefix == "HP25"
    assert [len(group) for group in groups] == [4, 4, 4]
    assert set("".join(groups)) <= set(numbering.ALPHABET)
    assert len(numbering.ALPHABET) ** numbering.RANDOM == 2**60


@pytest.mark.parametrize(
    ("city", "prefix"), [("Đắk Lắk", "DL25"), ("Bà Rịa – Vũng Tàu", "BRV25"), ("Lào Cai", "LC25"), ("", "LT25")]
)
def test_every_place_has_a_prefix_that_reads_back(city, prefix):
    number = numbering.draw(contest(city))
    assert number.startswith(prefix + "-")
    assert numbering.read(number) == number


def test_ten_thousand_numbers_are_all_different():
    drawn = contest()
    assert len({numbering.draw(drawn) for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    "typed",
    [
        "HP25-7K3M-9Q2X-41D0",
        "hp25-7k3m-9q2x-41d0",
        "hp257k3m9q2x41d0",
        " HP25 7K3M 9Q2X 41D0 ",
        "HP25–7K3M–9Q2X–4LDO",
        "HP25.7K3M.9Q2X.4iDo",
    ],
)
def test_a_number_is_understood_however_it_is_copied(typed):
    assert numbering.read(typed) == "HP25-7K3M-9Q2X-41D0"


@pytest.mark.parametrize(
    "typed", ["", "HP25", "HP25-7K3M-9Q2X", "HP25-7K3M-9Q2X-41D0-1", "HP25-7K3M-9Q2X-41DU", "٢HP25", "' OR 1=1"]
)
def test_what_can_be_no_number_is_none(typed):
    assert numbering.read(typed) is None


@settings(deadline=None)
@given(st.text())
def test_anything_typed_is_a_number_or_none_and_reading_twice_changes_nothing(typed):
    number = numbering.read(typed)
    assert number is None or numbering.read(number) == number
