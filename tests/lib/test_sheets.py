import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib import sheets

CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def test_a_sheet_is_read_by_column_with_or_without_a_mark():
    for mark in ("", sheets.BOM):
        (row,) = sheets.read(f"{mark}code,name\r\n01, Lê Chân \n".encode(), required=["code"])
        assert (row.line, row["code"], row["name"], row["nothing"]) == (2, "01", "Lê Chân", "")


def test_empty_lines_are_no_rows_and_short_rows_are_filled():
    rows = sheets.read(b"code,name\n\n01\n")
    assert [(row["code"], row["name"]) for row in rows] == [("01", "")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"name\nx", "no_column_code"),
        (b"", "no_column_code"),
        (b"code\n\xff\xfe", "not_utf8"),
        (b"code\n1,2", "too_many_cells"),
        (b"code\n" + b"x" * 2_001, "cell_too_long"),
        (b'code\n"x', "not_csv"),
        (b"x" * (sheets.MOST_BYTES + 1), "too_big"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_its_reason(content, code):
    with pytest.raises(sheets.Unfit) as refused:
        sheets.read(content, required=["code"])
    assert refused.value.code == code


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_no_cell_that_is_written_can_start_a_formula(cells):
    text = sheets.write(["h"] * len(cells), [cells])
    _, row = csv.reader(io.StringIO(text.removeprefix(sheets.BOM), newline=""))
    for cell in row:
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t"))


def test_numbers_stay_numbers():
    assert sheets.tame(-5) == -5
    assert sheets.tame("-5") == "'-5"
