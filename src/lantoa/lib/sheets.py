"""CSV in and out: read within limits, written so that a spreadsheet runs nothing (MSA-25-0055)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_BYTES = 5_000_000
MOST_ROWS = 100_000
LONGEST_CELL = 2_000
_FORMULA = tuple("=+-@\t\r＝＋－＠")
BOM = "\ufeff"


class Unfit(ValueError):
    """A file that cannot be read as a sheet; ``line`` where it is known."""

    def __init__(self, code: str, line: int | None = None) -> None:
        super().__init__(code if line is None else f"{code}, line {line}")
        self.code = code
        self.line = line


@dataclass(frozen=True)
class Row:
    """One line of a sheet, by column name."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, or nothing when the sheet has no such column."""
        return self.cells.get(column, "")


def read(content: bytes, *, required: Iterable[str] = ()) -> list[Row]:
    """The rows of a UTF-8 CSV file, with or without a byte-order mark; raises :class:`Unfit`."""
    if len(content) > MOST_BYTES:
        raise Unfit("too_big")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unfit("not_utf8") from error
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(lines, [])]
        if missing := set(required) - set(header):
            raise Unfit("no_column_" + min(missing))
        return [_row(lines.line_num, header, cells) for cells in lines if any(cells)]
    except csv.Error as error:
        raise Unfit("not_csv", lines.line_num) from error


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    if line > MOST_ROWS:
        raise Unfit("too_many_rows")
    if len(cells) > len(header):
        raise Unfit("too_many_cells", line)
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise Unfit("cell_too_long", line)
    return Row(line, dict(zip(header, (cell.strip() for cell in cells), strict=False)))


def write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file as text, with the mark that makes spreadsheets read it as UTF-8; no cell can start a formula."""
    out = io.StringIO(newline="")
    out.write(BOM)
    sheet = csv.writer(out)
    sheet.writerow(header)
    sheet.writerows([tame(cell) for cell in row] for row in rows)
    return out.getvalue()


def tame(cell: object) -> object:
    """Text that would start a formula gets an apostrophe before it; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" \n").startswith(_FORMULA) else cell
