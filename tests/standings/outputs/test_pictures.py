"""The pictures for the press: sizes, every figure, ties, both languages, the same bytes."""

import re
import shutil
import struct
import subprocess

import pytest

from lantoa.lib.typesetting import typeset
from lantoa.standings.figures import Measure
from lantoa.standings.outputs import pictures
from lantoa.standings.outputs.pictures import PICTURES, SIZES
from tests.factories.bulletin import the_reference


def drawn(content, language, measure, size, tmp_path):
    """The words that the same layout draws, read back from a PDF of it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("NOT CHECKED: the words of the pictures; poppler's pdftotext is not installed here")
    width, height = SIZES[size]
    facts = {"width": width, "height": height, **pictures._facts(content, language, measure)}
    file = tmp_path / "anh.pdf"
    file.write_bytes(typeset(pictures._LAYOUT, facts, format="pdf", timestamp=0))
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    return re.sub(r"\s+", " ", text)


def tied(ranks):
    """The reference with the ten and more first units by `finished` at these ranks, with equal figures."""
    content = the_reference()
    units = {unit["code"]: unit for unit in content["units"]}
    chosen = [unit["code"] for unit in sorted(content["units"], key=lambda u: u["rank"]["finished"])][: len(ranks)]
    for code, rank in zip(chosen, ranks, strict=True):
        units[code]["rank"]["finished"], units[code]["finished"] = rank, 2_000 - rank
    content["top"]["finished"] = chosen
    return content, units, chosen


def test_every_picture_has_its_size_and_format():
    content = the_reference()
    assert len(PICTURES) == 12
    for name, render in PICTURES.items():
        size = SIZES[re.search(r"\d+x\d+", name)[0]]
        made = render(content, "vi")
        if name.endswith("png"):
            assert struct.unpack(">II", made[16:24]) == size
            assert len(made) < 400_000
        else:
            assert f'viewBox="0 0 {size[0]} {size[1]}"' in made.decode()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("measure", list(Measure))
def test_a_picture_shows_every_figure_name_moment_and_source(measure, language, size, tmp_path):
    content = the_reference()
    text = drawn(content, language, measure, size, tmp_path)
    units = {unit["code"]: unit for unit in content["units"]}
    for code in content["top"][measure][:10]:
        number = units[code]["registered" if measure is Measure.REGISTERED else "finished"]
        assert units[code]["name"] in text
        assert (f"{number:,}".replace(",", ".") if language == "vi" else f"{number:,}") in text
    assert ("Tính đến 15:30 ngày 21/10/2025" if language == "vi" else "As of 15:30 on 21 October 2025") in text
    assert content["organiser"] in text
    assert ("bản tin số 3" if language == "vi" else "bulletin no. 3") in text


def test_the_drawing_tells_its_figures_to_those_who_hear_it():
    content = the_reference()
    svg = PICTURES["hoan-thanh-1600x900.svg"](content, "vi").decode()
    told = re.search(r"<desc>(.*?)</desc>", svg, re.DOTALL)[1]
    units = {unit["code"]: unit for unit in content["units"]}
    for code in content["top"]["finished"][:10]:
        assert f"{units[code]['name']}: {units[code]['finished']:,}".replace(",", ".") in told


def test_equal_units_share_a_rank_and_nobody_who_shares_the_last_place_is_hidden(tmp_path):
    content, units, chosen = tied([1, 1, 3, 4, 5, 6, 7, 8, 9, 10, 10])
    text = drawn(content, "vi", Measure.FINISHED, "1080x1350", tmp_path)
    assert f"Cùng hạng 10: {units[chosen[-1]]['name']}." in text
    content, _, _ = tied([1, 1, 3, 4, 5, 6, 7, 8, 9, *[10] * 7])
    assert "Cùng hạng 10 còn 6 đơn vị nữa." in drawn(content, "vi", Measure.FINISHED, "1600x900", tmp_path)


def test_with_nobody_there_the_picture_says_so(tmp_path):
    content = the_reference()
    content["top"] = {measure.value: [] for measure in Measure}
    assert "Chưa có đơn vị nào." in drawn(content, "vi", Measure.RATIO, "1600x900", tmp_path)


def test_a_name_is_always_words(tmp_path):
    content = the_reference()
    for unit in content["units"]:
        unit["name"] = '#panic("x") $x$ <b>*đậm*'
    assert "$x$ <b>*đậm*" in drawn(content, "vi", Measure.FINISHED, "1600x900", tmp_path)
    svg = PICTURES["hoan-thanh-1600x900.svg"](content, "vi")
    assert b"<b>" not in svg


def test_the_same_content_gives_the_same_bytes():
    for name, render in PICTURES.items():
        assert render(the_reference(), "en") == render(the_reference(), "en"), name
