import re
import xml.etree.ElementTree as ET

import segno
from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib import qr
from lantoa_verify.codes import short_code


def modules(svg: str) -> set[tuple[int, int]]:
    """The dark modules of a drawing, as its path walks: M and m move, a run of h is closed by z where it began."""
    x = y = 0
    dark = set()
    for step, one, two in re.findall(r"([Mmh])(\d+)(?: (\d+)|v1h-\2z)", svg.rpartition('d="')[2]):
        if step == "h":
            dark |= {(x + right, y) for right in range(int(one))}
        else:
            x, y = (int(one), int(two)) if step == "M" else (x + int(one), y + int(two))
    return dark


def test_a_code_is_plain_svg_without_styles_and_keeps_its_label_as_text():
    image = qr.svg("https://vi-du.vn/?a=1&b=2", label='<script>"Lê Chân"&')
    root = ET.fromstring(image)
    assert root.attrib["aria-label"] == '<script>"Lê Chân"&'
    assert "style" not in image
    assert "<script" not in image


def test_a_code_has_four_modules_of_white_around_it():
    root = ET.fromstring(qr.svg("x", label="x"))
    assert root.attrib["viewBox"] == "0 0 29 29"  # version 1: 21 modules and twice 4


@given(leaf=st.binary(min_size=8, max_size=8))
def test_a_code_in_a_series_is_what_is_set_by_itself_under_the_same_mask(leaf):
    stem, end = "https://thi.vi-du.vn/cong-dan-so/so/?ma=", short_code(leaf)
    matrix = segno.make(stem + end, error="m", micro=False, mask=qr.MASK).matrix
    dark = {(x + qr.QUIET, y + qr.QUIET) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    drawn = qr.svg_in_series(stem, end, label="Mã QR")
    assert modules(drawn) == dark
