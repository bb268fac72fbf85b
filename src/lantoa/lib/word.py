"""A document as Word draws it: A4 with headings, tables that repeat their first row, pages counted in each part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lantoa.lib.documents import (
    GAP,
    LEFT_WIDTH,
    LINE_SHARE,
    PAGE,
    ROOM_TO_SIGN,
    SIZES,
    TEXT_WIDTH,
    Align,
    Appendix,
    Block,
    Document,
    Grid,
    Heading,
    Run,
)
from lantoa.lib.word_package import HEADER, Element, gap, letters, package, related, spacing, twips, w, words

_CAPITAL, _LETTER = 0.62, 0.46  # how wide a bold letter is on average, in parts of its size
_POINT = 25.4 / 72  # millimetres
_RIGHT_WIDTH = TEXT_WIDTH - LEFT_WIDTH
_PADDING = 1.2  # millimetres at both sides of a cell
_REGIONS = {"vi": "vi-VN", "en": "en-GB"}


def docx(document: Document) -> bytes:
    """The whole file; the same document gives the same bytes."""
    text = [*_title(document), *_blocks(document.blocks, TEXT_WIDTH)]
    parts = [([_letterhead(document), *text, _signatures(document)], _section())]
    for appendix in document.appendices:
        drawn = [*_appendix_title(appendix), *_blocks(appendix.blocks, appendix.width)]
        parts.append((drawn, _section(landscape=appendix.landscape)))
    body = w("body")
    for part, section in parts[:-1]:
        body.extend([*part, _space(1, section)])
    body.extend([*parts[-1][0], _space(1), parts[-1][1]])
    language = _REGIONS[document.language]
    return package(body, title=document.title, author=document.author, language=language, made=document.made)


def _section(*, landscape: bool = False) -> Element:
    """A part of the document: its paper, and its own pages from 1, the first without a number."""
    sides = [twips(PAGE[name]) for name in (("height", "width") if landscape else ("width", "height"))]
    margins = {name: twips(PAGE[name]) for name in ("top", "right", "bottom", "left", "header")}
    return w(
        "sectPr",
        related(w("headerReference", type="default"), HEADER),
        w("pgSz", w=sides[0], h=sides[1], orient="landscape" if landscape else "portrait"),
        w("pgMar", **margins, footer=margins["header"], gutter=0),
        w("pgNumType", start=1),
        w("titlePg"),
    )


# --- paragraphs -----------------------------------------------------------------------------------------------------


def _paragraph(
    runs: Iterable[Run], style: str = "Normal", *inside: Element | None, size: float | None = None, italic: bool = False
) -> Element:
    """Words in a style; ``inside`` says what is special about this one paragraph."""
    shown = (w("r", letters(size=size, bold=run.bold, italic=italic), words(run.text)) for run in runs)
    return w("p", w("pPr", w("pStyle", val=style), *inside), *shown)


def _line(text: str, size: float, *, bold: bool = False, italic: bool = False, before: float = 0) -> Element:
    """A centred line of the letterhead."""
    room = spacing(before=before)
    return _paragraph([Run(text, bold)], "Normal", room, w("jc", val="center"), size=size, italic=italic)


def _rule(length: float, within: float) -> Element:
    """A line of that length in the middle, just below what stands above."""
    room = twips(max(0, within - length) / 2)
    border = w("pBdr", w("bottom", val="single", sz=6, space=0, color="000000"))
    return w("p", w("pPr", border, gap(3), w("ind", left=room, right=room)))


def _space(height: float, section: Element | None = None) -> Element:
    """Nothing, so many points high; where a part ends it holds what is set for that part."""
    return w("p", w("pPr", gap(height), section))


def _blocks(blocks: Iterable[Block], width: float) -> Iterator[Element]:
    for block in blocks:
        if isinstance(block, Grid):
            yield from _grid(block, block.widths(width))
        elif isinstance(block, Heading):
            yield _paragraph([Run(block.text)], f"Heading{block.level}")
        else:
            yield _paragraph(block.runs, "BodyText", w("keepNext") if block.keep else None)


# --- tables ---------------------------------------------------------------------------------------------------------


def _grid(grid: Grid, widths: list[float]) -> Iterator[Element]:
    """Caption, first row on every page, rows that no page cuts, total."""
    if grid.caption:
        yield _paragraph([Run(grid.caption)], "Caption")
    aligns: list[Align] = [column.align for column in grid.columns]
    centred: list[Align] = ["center"] * len(aligns)
    style = "Cell" if grid.size == SIZES["table"] else "WideCell"
    rows = [(tuple(column.heading for column in grid.columns), centred, True)]
    rows += [(row, aligns, False) for row in grid.rows]
    rows += [(grid.total, aligns, True)] if grid.total else []
    made = []
    for number, (row, where, bold) in enumerate(rows):
        keep = grid.whole and number < len(rows) - 1
        paragraphs = (
            _paragraph(
                [Run(text, bold)],
                style,
                w("keepNext") if keep else None,
                None if align == "left" else w("jc", val=align),
            )
            for text, align in zip(row, where, strict=True)
        )
        made.append(_row(widths, ([one] for one in paragraphs), head=not number))
    yield _table(widths, made, name=grid.caption)
    yield _space(2 * GAP)


def _row(widths: Sequence[float], cells: Iterable[Iterable[Element]], *, head: bool = False) -> Element:
    made = w("tr", w("trPr", w("cantSplit"), w("tblHeader") if head else None))
    for width, inside in zip(widths, cells, strict=True):
        where = w("vAlign", val="center") if head else None
        made.append(w("tc", w("tcPr", w("tcW", w=twips(width), type="dxa"), where), *inside))
    return made


def _table(widths: Sequence[float], rows: Iterable[Element], *, name: str | None = None) -> Element:
    """With a name (empty in an appendix) it is a table with lines; without, it only sets things side by side."""
    lined = name is not None
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    line = {"val": "single", "sz": 4, "space": 0, "color": "000000"}
    sides = {side: twips(_PADDING if lined else 0) for side in ("left", "right")}
    look = w(
        "tblPr",
        w("tblW", w=twips(sum(widths)), type="dxa"),
        w("jc", val="center"),
        w("tblBorders", *(w(edge, **line) for edge in edges)) if lined else None,
        w("tblLayout", type="fixed"),
        w("tblCellMar", *(w(side, w=width, type="dxa") for side, width in sides.items())),
        w("tblLook", firstRow=1) if lined else None,
        w("tblCaption", val=name) if name else None,
    )
    return w("tbl", look, w("tblGrid", *(w("gridCol", w=twips(width)) for width in widths)), *rows)


# --- what is set by the decree --------------------------------------------------------------------------------------


def _letterhead(document: Document) -> Element:
    """Who issues it at the left, the nation at the right; below them the number, the place and the day."""
    number = _line(document.number, SIZES["number"], before=GAP)
    where = _line(document.place_date, SIZES["place_date"], italic=True, before=GAP)
    last = len(document.issuer[-1]) * _CAPITAL * SIZES["issuer"] * _POINT
    issuer = [_line(line, SIZES["issuer"], bold=True) for line in document.issuer]
    nation = [
        _line(document.nation, SIZES["nation"], bold=True),
        _line(document.motto, SIZES["motto"], bold=True),
        _rule(document.motto_width, _RIGHT_WIDTH),
    ]
    widths = (LEFT_WIDTH, _RIGHT_WIDTH)
    left = [*issuer, _rule(LINE_SHARE * min(last, LEFT_WIDTH), LEFT_WIDTH)]
    return _table(widths, [_row(widths, (left, nation)), _row(widths, ([number], [where]))])


def _title(document: Document) -> Iterator[Element]:
    """What it is, what it is about, and a line below."""
    yield _paragraph([Run(document.kind)], "Title")
    yield _paragraph([Run(document.abstract)], "Subtitle")
    about = len(document.abstract) * _LETTER * SIZES["kind"] * _POINT
    yield _rule(LINE_SHARE * min(about, TEXT_WIDTH), TEXT_WIDTH)
    yield _space(3 * GAP)


def _signatures(document: Document) -> Element:
    """For whom it is at the left; at the right who signs, and room to do so."""
    heading, *others = document.recipients
    small = SIZES["recipients"]
    left = [_paragraph([Run(heading, bold=True)], size=SIZES["recipients_heading"], italic=True)]
    left += [_paragraph([Run(other)], size=small) for other in others]
    position, name = document.signer
    right = [_line(position, SIZES["signer"], bold=True)]
    right.append(_line(name, SIZES["signer"], bold=True, before=ROOM_TO_SIGN))
    widths = (LEFT_WIDTH, _RIGHT_WIDTH)
    return _table(widths, [_row(widths, (left, right))])


def _appendix_title(appendix: Appendix) -> Iterator[Element]:
    """Which one, of what, to which document."""
    yield _paragraph([Run(appendix.name)], "Appendix")
    yield _paragraph([Run(appendix.title)], "AppendixTitle")
    yield _line(appendix.note, SIZES["appendix_title"], italic=True)
    yield _space(2 * GAP)
