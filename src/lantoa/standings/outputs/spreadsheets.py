"""A bulletin's tables as an Excel workbook, one sheet a table, and as one CSV file."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from lantoa.lib import sheets
from lantoa.lib.written import Language
from lantoa.standings.outputs.tables import Content, Kind, Table, name_of, tables

GREEN, PALE, LINE = "#0B5D4B", "#EEF5F2", "#C9D8D2"
WIDEST = 46  # characters
_NARROWEST = 10
_TOP = 3  # rows above the rows of a table: title, moment, headings
_GROUPED, _PERCENT = "#,##0", "0.00%"


def csv(content: Content, language: Language) -> bytes:
    """All tables below each other, each with its title, headings and an empty line after; ratios in six places."""
    lines: list[list[object]] = []
    for table in tables(content, language):
        headings: list[object] = [column.heading for column in table.columns]
        title: list[object] = [table.title]
        lines += [title, headings, *([_plain(cell) for cell in row] for row in table.rows), []]
    return sheets.write([name_of(content, language), content["moment"]], [[], *lines]).encode()


def xlsx(content: Content, language: Language) -> bytes:
    """The workbook; the same content gives the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        made = datetime.fromisoformat(content["known_at"]).replace(tzinfo=None)
        title = name_of(content, language)
        book.set_properties({"title": title, "author": content["organiser"], "created": made})
        looks = _Looks(book)
        overview, *others = tables(content, language)
        moment = f"{overview.rows[3][0]}: {overview.rows[3][1]}"
        for table in (overview, *others):
            _sheet(book.add_worksheet(table.name), table, f"{title} · {moment}", looks)
    return out.getvalue()


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        base = {"font_name": "Calibri", "font_size": 11, "valign": "vcenter"}
        cell = {**base, "bottom": 1, "bottom_color": LINE}
        head = {**base, "bold": True, "font_color": "#FFFFFF", "bg_color": GREEN, "text_wrap": True}
        self.title = book.add_format({**base, "bold": True, "font_size": 15, "font_color": GREEN})
        self.note = book.add_format({**base, "font_color": "#51615B"})
        self.head_text = book.add_format({**head, "align": "left"})
        self.head_number = book.add_format({**head, "align": "right"})
        number = {"align": "right"}
        cells: dict[Kind, dict[str, Any]] = {
            Kind.TEXT: {},
            Kind.WHOLE: {**number, "num_format": _GROUPED},
            Kind.RATIO: {**number, "num_format": _PERCENT},
            Kind.RANK: {**number, "bold": True},
        }
        self.cells = {kind: self._pair(book, {**cell, **more}) for kind, more in cells.items()}
        self.words = self._pair(book, {**cell, "text_wrap": True, "valign": "top"})

    @staticmethod
    def _pair(book: Workbook, form: dict[str, Any]) -> tuple[Format, Format]:
        """Odd rows white, even rows pale."""
        return book.add_format(form), book.add_format({**form, "bg_color": PALE})

    def of(self, kind: Kind, cell: Any, row: int, *, wide: bool) -> Format:
        """How a cell looks."""
        if wide:
            return self.words[row % 2]
        kind = Kind.RATIO if isinstance(cell, tuple) else kind
        return self.cells[kind][row % 2]


def _sheet(sheet: Worksheet, table: Table, note: str, looks: _Looks) -> None:
    """Title and moment above; headings that stay, filters, pages that repeat them and print on the width of A4."""
    wide = len(table.columns) == 1
    sheet.hide_gridlines(2)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, table.title, looks.title)
    sheet.write_string(1, 0, note, looks.note)
    sheet.set_row(_TOP - 1, 34)
    for column, head in enumerate(table.columns):
        look = looks.head_text if head.kind is Kind.TEXT else looks.head_number
        sheet.write_string(_TOP - 1, column, head.heading, look)
        cells = [len(str(_plain(row[column]))) for row in table.rows]
        longest = max([*cells, *(len(word) for word in head.heading.split())], default=0)
        sheet.set_column(column, column, 110 if wide else min(WIDEST, max(_NARROWEST, longest + 3)))
    for number, row in enumerate(table.rows, _TOP):
        for column, cell in enumerate(row):
            _cell(sheet, number, column, cell, looks.of(table.columns[column].kind, cell, number, wide=wide))
    sheet.freeze_panes(_TOP, 2 if len(table.columns) > 2 else 0)  # noqa: PLR2004 (a table of pairs fits every screen)
    if len(table.columns) > 2 and table.rows:  # noqa: PLR2004
        sheet.autofilter(_TOP - 1, 0, _TOP - 1 + len(table.rows), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_TOP - 1)
    sheet.set_footer("&R&P/&N")


def _cell(sheet: Worksheet, row: int, column: int, cell: Any, look: Format) -> None:
    if cell is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(cell, tuple):
        sheet.write_number(row, column, cell[0] / cell[1], look)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, look)
    else:
        sheet.write_string(row, column, str(cell), look)


def _plain(cell: Any) -> object:
    """A cell as CSV says it."""
    return f"{cell[0] / cell[1]:.6f}" if isinstance(cell, tuple) else "" if cell is None else cell
