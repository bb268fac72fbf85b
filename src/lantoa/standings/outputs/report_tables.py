"""The tables of the report to superiors: what they show, and how wide their columns are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lantoa.lib.documents import SIZES, Align, Column, Grid, fitted
from lantoa.lib.written import Language, count, percent
from lantoa.standings.bulletins import Change
from lantoa.standings.editions import Edition
from lantoa.standings.outputs import tables
from lantoa.standings.outputs.report_words import WORDS
from lantoa.standings.outputs.tables import Content, Kind

MOST = 15  # rows of a first ten whose last place many share
UNKNOWN = "–"
_TOTALS = ("registered", "finished", "finished_units", "attempts", "visits")
_ALIGNS: dict[Kind, Align] = {Kind.TEXT: "left", Kind.WHOLE: "right", Kind.RATIO: "right", Kind.RANK: "center"}
_COUNTED = ("registered", "finished", "attempts", "population")
_NAME = 1  # the column of a table of units or clusters that names them
_GROUP = 8  # signs of a code that the eye takes at once
_LABEL = 89.0  # millimetres: beside it four groups a line


def overall(edition: Edition, language: Language) -> Grid:
    """The totals; with a bulletin before, its totals beside them and how they differ."""
    content, before, words = edition.content, edition.before, WORDS[language]
    shown = [before, content] if before else [content]
    headings = [words["figure"], words["value"]]
    if before:
        number = words["before_short"].format(number=before["number"])
        headings[1:] = [number, words["now"], words["difference"], words["difference_share"]]
    rows: list[tuple[str, ...]] = [
        (
            *(words[name], *(_whole(one[name], language) for one in shown)),
            *(difference(content[name], before[name], language) if before else ()),
        )
        for name in _TOTALS
    ]
    if content["population"]:
        open_cells = ("", "") if before else ()
        rows.append((words["population"], *(_whole(one["population"], language) for one in shown), *open_cells))
        rows.append((words["ratio"], *(_ratio(one, language) for one in shown), *open_cells))
    return _table(words["overall"], headings, rows, SIZES["table"])


def difference(now: int | None, before: int | None, language: Language) -> tuple[str, str]:
    """How much more or less, as a number and as a part of what was; unknown where either is."""
    if now is None or before is None:
        return UNKNOWN, UNKNOWN
    sign = "+" if now > before else "−" if now < before else ""
    part = percent(abs(now - before), before, language)
    return f"{sign}{count(abs(now - before), language)}", f"{sign}{part}" if part else UNKNOWN


def first_ten(content: Content, measure: str, language: Language) -> tuple[Grid, int]:
    """The leading units by a measure, and how many more share the last place that is shown."""
    table = tables.top(content, measure, language)
    kinds = [column.kind for column in table.columns]
    rows = [_written(row, kinds, language) for row in table.rows[:MOST]]
    headings = [column.heading for column in table.columns]
    shown = _table(table.title, headings, rows, SIZES["table"], kinds=kinds)
    return shown, len(table.rows[MOST:])


def all_units(content: Content, language: Language) -> Grid:
    """Every unit with its counts and ranks, and the whole contest."""
    return _counted(tables.units(content, language), _whole_contest(content), language)


def all_clusters(content: Content, language: Language) -> Grid:
    """Every cluster with its counts and ranks, and the whole contest."""
    return _counted(tables.clusters(content, language), [len(content["units"]), *_whole_contest(content)], language)


def all_changes(changes: Sequence[Change], language: Language) -> Grid:
    """Every number that is not what was published."""
    words = WORDS[language]
    rows = [
        (
            *(str(n), change.name or words["whole"], words[change.what]),
            *(_whole(number, language) for number in (change.published, change.today)),
        )
        for n, change in enumerate(changes, 1)
    ]
    headings = (words["order"], tables.WORDS[language]["unit"], words["what"], words["published"], words["today"])
    kinds = (Kind.RANK, Kind.TEXT, Kind.TEXT, Kind.WHOLE, Kind.WHOLE)
    return _table("", headings, rows, SIZES["table"], kinds=kinds)


def codes(edition: Edition, language: Language) -> Grid:
    """What a bulletin is checked by, in groups that the eye can follow."""
    content, seal, words = edition.content, edition.seal, WORDS[language]
    assert seal is not None
    rows = [(words[name], grouped(getattr(seal, name))) for name in ("digest", "signature", "key")]
    if content["previous"]:
        rows.append((words["previous"], grouped(content["previous"])))
    if seal.root:
        size = content["known_size"]
        rows += [(words["size"], count(size, language))] if size else []
        rows.append((words["root"], grouped(seal.root)))
    columns = (Column(words["code"], _LABEL, "left"), Column(words["value"], 0, "left"))
    return Grid(words["codes_title"], columns, tuple(rows))


def grouped(code: str) -> str:
    """0123456789abcdef → 01234567 89abcdef."""
    return " ".join(code[n : n + _GROUP] for n in range(0, len(code), _GROUP))


def _whole_contest(content: Content) -> list[Any]:
    return [*(content[what] for what in _COUNTED), tables.ratio(content)]


def _counted(table: tables.Table, totals: list[Any], language: Language) -> Grid:
    """A table of units or clusters with numbers from 1 instead of codes, what follows the names, the totals below."""
    words = WORDS[language]
    columns = [column for n, column in enumerate(table.columns) if n == _NAME or column.kind is not Kind.TEXT]
    kept = [table.columns.index(column) for column in columns]
    kinds = [Kind.RANK, *(column.kind for column in columns)]
    headings = [words["order"], *(column.heading for column in columns)]
    rows = [_written([order, *(row[n] for n in kept)], kinds, language) for order, row in enumerate(table.rows, 1)]
    last = ("", *_written([words["total"], *totals], kinds[1:], language), *[""] * len(tables.TOPS))
    return _table("", headings, rows, SIZES["wide_table"], kinds=kinds, total=last)


def _table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    size: float,
    *,
    kinds: Sequence[Kind] | None = None,
    total: tuple[str, ...] = (),
) -> Grid:
    """Words take what numbers leave; without ``kinds`` only the first column is words."""
    kinds = kinds or [Kind.TEXT, *[Kind.WHOLE] * (len(headings) - 1)]
    cells = zip(*rows, *([total] if total else []), strict=True) if rows else [()] * len(headings)
    columns = tuple(
        Column(heading, 0, "left") if kind is Kind.TEXT else fitted(heading, below, size, _ALIGNS[kind])
        for heading, kind, below in zip(headings, kinds, cells, strict=True)
    )
    return Grid(caption, columns, tuple(rows), total)


def _written(row: Iterable[Any], kinds: Iterable[Kind], language: Language) -> tuple[str, ...]:
    return tuple(_cell(cell, kind, language) for cell, kind in zip(row, kinds, strict=False))


def _cell(cell: Any, kind: Kind, language: Language) -> str:
    if cell is None:
        return UNKNOWN
    if kind is Kind.RATIO:
        part, whole = cell
        return percent(part, whole, language)
    return str(cell) if kind in {Kind.TEXT, Kind.RANK} else count(cell, language)


def _whole(number: int | None, language: Language) -> str:
    return _cell(number, Kind.WHOLE, language)


def _ratio(content: Content, language: Language) -> str:
    return _cell(tables.ratio(content), Kind.RATIO, language)
