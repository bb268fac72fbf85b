import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.contests.models import Contest
from lantoa.shares.rules import Refused, fitting, lengths, tidy_text


@settings(deadline=None)
@given(st.text())
def test_a_text_made_tidy_stays_as_it_is(text):
    once = tidy_text(text)
    assert tidy_text(once) == once


@settings(deadline=None)
@given(st.text())
def test_nothing_that_hides_is_kept_and_line_breaks_are(text):
    kept = tidy_text(f"a{text}\nb")
    assert "\n" in kept
    assert "\n\n\n" not in kept
    hidden = {ch for ch in kept if unicodedata.category(ch) in {"Cc", "Cf", "Co", "Cs"}}
    assert hidden <= {"\n", "\u200d"}


def test_lines_and_verses_keep_their_breaks_but_not_their_gaps():
    assert (
        tidy_text("  Chậm một nhịp, \r\n\r\n\r\n\r\n giữ   trọn\ttiền nhà.\r ")
        == "Chậm một nhịp,\n\ngiữ trọn tiền nhà."
    )


def test_marks_that_turn_the_reading_direction_are_dropped():
    assert tidy_text("an\u202etoàn\u200b số\u2066!") == "antoàn số!"


def test_decomposed_letters_are_counted_as_they_are_read():
    assert tidy_text(unicodedata.normalize("NFD", "Tỏa")) == "Tỏa"


def test_a_slogan_is_one_line():
    assert fitting(Contest(), "slogan", "Chậm một nhịp\ngiữ trọn tiền") == "Chậm một nhịp giữ trọn tiền"


def test_the_contest_sets_the_lengths_and_the_house_the_rest():
    found = lengths(Contest(share_rules={"slogan": {"max": 60}, "story": {"min": 1, "max": 2}}))
    assert (found["slogan"].least, found["slogan"].most) == (5, 60)
    assert (found["story"].least, found["story"].most) == (1, 2)
    assert found["message"].most > found["message"].least


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("slogan", "Bốn…", "short"),
        ("slogan", "x" * 121, "long"),
        ("message", "ngắn", "short"),
        ("poem", "không có thể loại này", "kind"),
        ("story", " \n\u200b" * 100, "short"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kind, text, code):
    with pytest.raises(Refused) as refused:
        fitting(Contest(), kind, text)
    assert refused.value.code == code


def test_both_ends_of_a_length_are_allowed():
    assert fitting(Contest(), "slogan", "x" * 5)
    assert fitting(Contest(), "slogan", "x" * 120)
