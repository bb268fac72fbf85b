"""Spelling, syllables and likeness of Vietnamese texts."""

import pytest

from lantoa.lib import wording


@pytest.mark.parametrize("word", ["hòa", "nghiêng", "thuở", "quý", "khuya", "giếng", "ươm", "chuyện", "gì", "yêu"])
def test_vietnamese_syllables_are_known_by_their_letters(word):
    assert wording.is_vietnamese(word)


@pytest.mark.parametrize("word", ["crypto", "link", "password", "facebook", "jazz"])
def test_foreign_words_are_not_vietnamese(word):
    assert not wording.is_vietnamese(word)


@pytest.mark.parametrize("word", ["hoà", "khoẻ", "thuỷ", "luỹ", "hoá đơn", "lí do", "tỉ lệ"])
def test_the_other_tone_style_is_found(word):
    assert wording.spelling_faults(f"Đây là {word} ấy.")


@pytest.mark.parametrize("word", ["hòa", "khỏe", "thủy", "hoàn", "quý", "quỹ", "thuế", "ngoài", "lý do", "toán"])
def test_our_tone_style_passes(word):
    assert wording.spelling_faults(f"Đây là {word} ấy.") == []


def test_likeness_is_one_for_the_same_text_whatever_its_marks():
    assert wording.likeness(wording.trigrams("Ông Hòa"), wording.trigrams("ong  hoa")) == 1
    assert wording.likeness(wording.trigrams("Ông Hòa"), wording.trigrams("Chị Mai")) == 0


def test_a_long_number_needs_its_dots_unless_it_is_a_year_or_a_telephone_number():
    assert wording.long_numbers("70949 người") == ["70949"]
    assert wording.long_numbers("Năm 2025, gọi 1800.6838.") == []
