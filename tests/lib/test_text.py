from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib.text import fold, mask_name, name_key, sort_key, spelling_key, tidy, tone_names

NAMES = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạ AĐÔ'", max_size=60)


def test_folding_takes_marks_and_case_away():
    assert fold("Cẩm Giàng") == fold("CẨM GIANG") == "cam giang"
    assert fold("Đặc khu Bạch Long Vĩ") == "dac khu bach long vi"


def test_a_tone_put_on_either_vowel_is_one_spelling():
    assert spelling_key("Vĩnh Hoà") == spelling_key("Vĩnh Hòa")
    assert spelling_key("Kiến Thuỵ") == spelling_key("kiến thụy")


def test_another_tone_is_another_word():
    assert spelling_key("Cẩm Giang") != spelling_key("Cẩm Giàng")
    assert tone_names(["Cẩm Giang", "Cẩm Giàng"]) == ["Giang: không dấu", "Giàng: dấu huyền"]


def test_letters_sort_as_in_a_vietnamese_dictionary():
    words = ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"]
    assert sorted(set(words), key=sort_key) == words


def test_tones_sort_after_letters_in_their_school_order():
    words = ["hoa", "hòa", "hỏa", "hõa", "hóa", "họa", "hoan"]
    assert sorted(set(words), key=sort_key) == words


def test_people_sort_by_given_name_then_family_then_middle():
    names = ["Trần Văn An", "Lê Thị Ân", "Đỗ Bình", "Lê Anh Bình", "Lê Thị Bình", "Nguyễn Thị Bình", "Phạm Đức", "Ỷ"]
    assert sorted(set(names), key=name_key) == names


@given(NAMES)
def test_a_sort_key_is_plain_ascii_and_fits_its_column(name):
    assert name_key(name).isascii()
    assert len(name_key(name)) <= 160
    assert name_key(name) == name_key(tidy(name).upper())


def test_a_masked_name_keeps_family_and_given_name():
    assert mask_name("Nguyễn Thảo Phương Nguyên") == "Nguyễn T. P. Nguyên"


def test_a_name_of_two_words_keeps_the_given_one_only():
    assert mask_name("Trần An") == "T. An"


def test_invisible_characters_are_taken_out_of_a_name():
    assert tidy("Nguyễn\u202e  Văn\u0000\tAn ") == "Nguyễn Văn An"
