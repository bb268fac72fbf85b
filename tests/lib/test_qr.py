import xml.etree.ElementTree as ET

from lantoa.lib import qr


def test_a_code_is_plain_svg_without_styles_and_keeps_its_label_as_text():
    image = qr.svg("https://vi-du.vn/?a=1&b=2", label='<script>"Lê Chân"&')
    root = ET.fromstring(image)
    assert root.attrib["aria-label"] == '<script>"Lê Chân"&'
    assert "style" not in image
    assert "<script" not in image


def test_a_code_has_four_modules_of_white_around_it():
    root = ET.fromstring(qr.svg("x", label="x"))
    assert root.attrib["viewBox"] == "0 0 29 29"  # version 1: 21 modules and twice 4
