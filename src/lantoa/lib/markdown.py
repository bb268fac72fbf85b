"""Markdown of organisers and authors as HTML that is safe to show: no raw HTML, no images, no scripts (XSS: S11)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

_READER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_WORDS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote"}
_PAGE = _WORDS | {"h2", "h3", "h4", "hr", "table", "thead", "tbody", "tr", "th", "td", "a"}
_ENDS = ".?!:;…”"


@lru_cache(maxsize=128)
def page(text: str) -> str:
    """A document: headings, tables and links to https, mail, telephone or this very site."""
    return nh3.clean(
        _READER.render(text),
        tags=_PAGE,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "mailto", "tel"},
        link_rel=None,
    )


def words(text: str) -> str:
    """A lesson card: paragraphs, bold, lists; a link leaves its words only."""
    return nh3.clean(_READER.render(text), tags=_WORDS, attributes={"ol": {"start"}}, link_rel=None)


def plain(text: str) -> str:
    """The words alone, a line a paragraph or list item, each ending with a stop so that a voice pauses."""
    lines = [_letters(token.children or ()) for token in _READER.parse(text) if token.type == "inline"]
    return "\n".join(line if line[-1:] in _ENDS else f"{line}." for line in lines if line)


def _letters(tokens: Iterable[Token]) -> str:
    """What an inline token says, without its marks."""
    return "".join(" " if token.type in {"softbreak", "hardbreak"} else token.content for token in tokens).strip()
