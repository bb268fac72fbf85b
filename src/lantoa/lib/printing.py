"""A document as PDF, set by typst from the same data as the one for Word, tagged for screen readers (PDF/UA-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lantoa.lib import documents
from lantoa.lib.documents import Appendix, Block, Document, Grid
from lantoa.lib.typesetting import typeset

_LAYOUT = Path(__file__).parent / "layouts" / "official.typ"
_MEASURES = {
    "page": documents.PAGE,
    "sizes": documents.SIZES,
    "text_width": documents.TEXT_WIDTH,
    "left_width": documents.LEFT_WIDTH,
    "indent": documents.INDENT,
    "line_share": documents.LINE_SHARE,
    "line_gap": documents.LINE_GAP,
    "gap": documents.GAP,
    "room_to_sign": documents.ROOM_TO_SIGN,
}


def pdf(document: Document) -> bytes:
    """The whole file; the same document gives the same bytes."""
    facts = {
        **asdict(document),
        "title": document.title,
        "made": None,
        "blocks": _plain(document.blocks, documents.TEXT_WIDTH),
        "appendices": [_appendix(one) for one in document.appendices],
        "measures": _MEASURES,
    }
    made = int(document.made.timestamp())
    return typeset(_LAYOUT, facts, format="pdf", pdf_standards=["ua-1"], timestamp=made)


def _appendix(appendix: Appendix) -> dict[str, Any]:
    blocks = _plain(appendix.blocks, appendix.width)
    return {**asdict(appendix), "landscape": appendix.landscape, "blocks": blocks}


def _plain(blocks: Iterable[Block], width: float) -> list[dict[str, Any]]:
    """Blocks as data; of a table also what follows from its columns."""
    return [{**asdict(block), **(_shape(block, width) if isinstance(block, Grid) else {})} for block in blocks]


def _shape(grid: Grid, width: float) -> dict[str, Any]:
    return {"widths": grid.widths(width), "size": grid.size, "whole": grid.whole}
