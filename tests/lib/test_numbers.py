"""Citizen and phone numbers as people type them; identifier confusion (S30)."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lantoa.lib import citizen_id, phone
from lantoa.lib.digits import Unreadable, plain

YEAR = 2025
DIGITS = ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⓪①②③④⑤⑥⑦⑧⑨"]
GAPS = ["", " ", ".", "-", "\u00a0", "\u200b", "\u3000", "  ", "·"]


@st.composite
def dressed(draw, number):
    """The same number as another hand would type it."""
    out = [draw(st.sampled_from(GAPS[:1] * 4 + GAPS))]
    for digit in number:
        script = draw(st.sampled_from(DIGITS[:1] * 4 + DIGITS[:4]))
        out += [script[int(digit)], draw(st.sampled_from(GAPS[:1] * 4 + GAPS))]
    return "".join(out)


citizen_numbers = st.tuples(st.integers(1, 96), st.integers(0, 1), st.integers(0, 99), st.integers(0, 999_999)).map(
    lambda parts: f"{parts[0]:03}{parts[1]}{parts[2]:02}{parts[3]:06}"
)
mobiles = st.tuples(st.sampled_from("35789"), st.integers(0, 10**8 - 1)).map(lambda p: f"{p[0]}{p[1]:08}")


@settings(max_examples=1000)
@given(st.data(), citizen_numbers)
def test_every_dress_of_a_citizen_number_is_that_number(data, number):
    assert citizen_id.parse(data.draw(dressed(number)), year=YEAR) == number


@settings(max_examples=1000)
@given(st.data(), mobiles, st.sampled_from(["0", "+84", "84", "0084", "+840", ""]))
def test_every_dress_of_a_phone_number_is_that_number(data, national, prefix):
    plus, digits = ("+", prefix[1:]) if prefix.startswith("+") else ("", prefix)
    typed = plus + data.draw(dressed(digits + national))
    assert phone.parse(typed) == f"+84{national}"


@given(st.text(max_size=30))
@example("0912\x00345678")
@example("+")
@example("00")
@example("+840")
def test_whatever_is_typed_is_a_number_or_is_refused(typed):
    for read in (phone.parse, lambda text: citizen_id.parse(text, year=YEAR)):
        try:
            found = read(typed)
        except Unreadable as refused:
            assert refused.code
        else:
            assert found.isascii()
            assert read(found) == found


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("03117500482", "short"),
        ("0311750048211", "long"),
        ("03117500482O", "letters"),
        ("", "empty"),
        (" . ", "empty"),
        ("031326004821", "future"),
        ("031475004821", "future"),
        ("½31175004821", "letters"),
    ],
)
def test_a_citizen_number_says_what_is_wrong_with_it(typed, code):
    with pytest.raises(Unreadable) as refused:
        citizen_id.parse(typed, year=YEAR)
    assert refused.value.code == code


def test_a_birth_this_year_is_possible():
    assert citizen_id.parse("031225004821", year=YEAR) == "031225004821"


def test_all_63_provinces_are_known_and_another_prefix_is_only_doubted():
    assert len(citizen_id.provinces()) == 63
    assert citizen_id.doubt("031175004821") is None
    assert citizen_id.doubt("999175004821") == "unknown_province"
    assert citizen_id.parse("999175004821", year=YEAR)


@pytest.mark.parametrize(
    ("typed", "code", "facts"),
    [
        ("0162 345 6789", "old", {"suggestion": "0323456789"}),
        ("+84 199 345 6789", "old", {"suggestion": "0593456789"}),
        ("0225 3842 123", "fixed", {}),
        ("0412345678", "fixed", {}),
        ("091234567", "short", {"digits": 9}),
        ("09123456789", "long", {"digits": 11}),
        ("không có", "letters", {}),
        ("+1 23", "abroad", {}),
    ],
)
def test_a_phone_number_says_what_is_wrong_with_it(typed, code, facts):
    with pytest.raises(Unreadable) as refused:
        phone.parse(typed)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_a_new_range_that_the_library_does_not_know_is_only_doubted():
    assert phone.parse("0551234567") == "+84551234567"
    assert phone.doubt("+84551234567") == "unknown_range"
    assert phone.doubt("+84912345678") is None


def test_a_number_from_abroad_is_taken_with_its_country():
    assert phone.parse("+61 412 345 678") == phone.parse("0061412345678") == "+61412345678"


def test_masks_show_the_last_three_digits_only():
    assert citizen_id.mask("031175004821") == "•••••••••821"
    assert phone.mask("+84912345678") == "•••••••678"


def test_letters_that_look_like_digits_are_refused_not_guessed():
    with pytest.raises(Unreadable):
        plain("O91234567l")
