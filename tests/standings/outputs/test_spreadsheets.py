"""The tables of a bulletin as CSV and Excel: all of them, the same bytes again, nothing that a spreadsheet would run."""

import csv
import io
import json
import zipfile
from xml.etree import ElementTree as ET

import pytest

from lantoa.standings.content import canonical
from lantoa.standings.editions import Edition
from lantoa.standings.outputs.formats import RENDERERS
from tests.factories.bulletin import the_reference

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook(made):
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        trees = {name: ET.fromstring(file.read(name)) for name in file.namelist() if name.endswith(".xml")}
    names = [sheet.get("name") for sheet in trees["xl/workbook.xml"].iter(f"{SHEET}sheet")]
    strings = ["".join(item.itertext()) for item in trees["xl/sharedStrings.xml"].iter(f"{SHEET}si")]
    return names, strings, [trees[f"xl/worksheets/sheet{n}.xml"] for n in range(1, len(names) + 1)]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_the_same_content_gives_the_same_bytes(name, language):
    assert RENDERERS[name](Edition(the_reference()), language) == RENDERERS[name](Edition(the_reference()), language)


def test_the_workbook_has_a_sheet_for_each_table_with_headings_that_stay():
    names, strings, sheets = workbook(RENDERERS["xlsx"](Edition(the_reference()), "vi"))
    assert names == [
        "Tổng hợp", "Đơn vị", "Cụm thi đua", "Top đăng ký", "Top hoàn thành", "Top tỷ lệ", "Cách tính",
    ]  # fmt: skip
    assert {"Hạng tỷ lệ", "Dân số", "Phường Lê Chân", "15:30 ngày 21/10/2025"} <= set(strings)
    assert all(next(sheet.iter(f"{SHEET}pane")).get("state") == "frozen" for sheet in sheets)
    assert [len(list(sheet.iter(f"{SHEET}row"))) - 3 for sheet in sheets[1:6]] == [114, 2, 10, 10, 10]
    numbers = {cell.findtext(f"{SHEET}v") for cell in sheets[0].iter(f"{SHEET}c") if cell.get("t") != "s"}
    assert {"70949", "42117", "59807", "1243918", "114"} <= numbers


def test_csv_holds_every_table_and_every_unit():
    rows = list(csv.reader(io.StringIO(RENDERERS["csv"](Edition(the_reference()), "vi").decode("utf-8-sig"))))
    assert ["Đăng ký", "70949"] in rows and ["Lượt truy cập", "1243918"] in rows
    assert sum(len(row) == 11 and row[0].isdigit() for row in rows) == 114
    assert [row[0] for before, row in zip([[], *rows], rows, strict=False) if row and not before][1:] == [
        "Tổng hợp", "Tất cả đơn vị", "Cụm thi đua", "10 đơn vị có nhiều người đăng ký nhất",
        "10 đơn vị có nhiều người hoàn thành nhất", "10 đơn vị có tỷ lệ hoàn thành cao nhất", "Cách tính",
    ]  # fmt: skip


def test_what_starts_like_a_formula_stays_words():
    content = the_reference(organiser='=HYPERLINK("http://x","y")', name="@SUM(A1)")
    assert b"'=HYPERLINK" in RENDERERS["csv"](Edition(content), "vi")
    _, strings, sheets = workbook(RENDERERS["xlsx"](Edition(content), "vi"))
    assert '=HYPERLINK("http://x","y")' in strings
    assert not [cell for sheet in sheets for cell in sheet.iter(f"{SHEET}f")]


def test_unknown_numbers_are_empty_not_zero():
    content = the_reference()
    content["units"][0] |= {"population": None, "ratio": None, "attempts": None}
    row = next(
        row
        for row in csv.reader(io.StringIO(RENDERERS["csv"](Edition(content), "vi").decode("utf-8-sig")))
        if "10507" in row
    )
    assert row[5] == row[6] == row[7] == ""
    workbook(RENDERERS["xlsx"](Edition(content), "vi"))


def test_json_says_ratios_in_parts_of_one_and_sealed_is_what_is_signed():
    content = the_reference()
    said = json.loads(RENDERERS["json"](Edition(content), "vi"))
    assert said["ratio"] == round(42_117 / 4_664_124, 8)
    assert {key: value for key, value in said.items() if key not in {"ratio", "units", "clusters"}} == {
        key: value for key, value in content.items() if key not in {"ratio", "units", "clusters"}
    }
    assert RENDERERS["sealed"](Edition(content), "vi") == canonical(content)
