import pytest

from lantoa.units.models import Kind, Unit
from lantoa.units.search import one, suggest, told_apart


@pytest.fixture
def units():
    named = [
        ("1", "Cẩm Giang", Kind.COMMUNE),
        ("2", "Cẩm Giàng", Kind.COMMUNE),
        ("3", "Bạch Đằng", Kind.WARD),
        ("4", "Bạch Long Vĩ", Kind.SPECIAL_ZONE),
        ("5", "Vĩnh Hòa", Kind.COMMUNE),
        ("6", "Việt Hòa", Kind.WARD),
        ("7", "Thành Đông", Kind.WARD),
    ]
    units = []
    for code, name, kind in named:
        unit = Unit(code=code, name=name, kind=kind)
        unit.clean_fields(exclude=["search"])
        from lantoa.lib.text import fold

        unit.search = fold(name)
        units.append(unit)
    return units


def codes(found):
    return [unit.code for unit in found]


def test_words_without_marks_find_the_unit(units):
    assert codes(suggest(units, "bach")) == ["3", "4"]
    assert codes(suggest(units, "dong")) == ["7"]
    assert codes(suggest(units, "phuong viet")) == ["6"]


def test_typed_without_marks_both_cam_giang_are_offered(units):
    assert codes(suggest(units, "cam giang")) == ["1", "2"]
    assert one(units, "cam giang") is None


def test_typed_with_its_tone_the_one_meant_comes_first_and_is_found(units):
    assert codes(suggest(units, "cẩm giàng")) == ["2", "1"]
    assert one(units, "Xã Cẩm Giàng").code == "2"
    assert one(units, "cẩm giang").code == "1"


def test_both_schools_of_tone_placement_find_vinh_hoa(units):
    assert one(units, "vĩnh hoà").code == one(units, "Vĩnh Hòa").code == "5"


def test_an_only_name_is_meant_without_its_marks(units):
    assert one(units, "thanh dong").code == "7"
    assert one(units, "thanh") is None
    assert one(units, "") is None


def test_nothing_typed_offers_nothing(units):
    assert suggest(units, " ") == []


def test_names_alike_but_for_a_mark_say_which_mark(units):
    assert told_apart(units) == {"1": "Giang: không dấu", "2": "Giàng: dấu huyền"}
