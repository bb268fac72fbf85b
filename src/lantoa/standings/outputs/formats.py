"""Every form that a bulletin can be had in: its name, and what makes it from an edition alone (editions.py)."""

from __future__ import annotations

from collections.abc import Callable

from lantoa.lib.written import Language
from lantoa.standings.editions import Edition
from lantoa.standings.outputs import report
from lantoa.standings.outputs.data import plain_json, sealed
from lantoa.standings.outputs.pictures import PICTURES
from lantoa.standings.outputs.press import press
from lantoa.standings.outputs.spreadsheets import csv, xlsx
from lantoa.standings.outputs.tables import Content

Renderer = Callable[[Edition, Language], bytes]


def _of_content(made: Callable[[Content, Language], bytes]) -> Renderer:
    """What needs the content only."""
    return lambda edition, language: made(edition.content, language)


RENDERERS: dict[str, Renderer] = {
    "json": _of_content(plain_json),
    "sealed": _of_content(sealed),
    "csv": _of_content(csv),
    "xlsx": _of_content(xlsx),
    "md": _of_content(press),
    "docx": report.docx,
    "pdf": report.pdf,
    "png": _of_content(PICTURES["hoan-thanh-1600x900.png"]),
    "svg": _of_content(PICTURES["hoan-thanh-1600x900.svg"]),
}
# File name → renderer: what a published bulletin offers for download.
FILES: dict[str, Renderer] = {
    **{f"ban-tin.{name}": RENDERERS[name] for name in ("json", "csv", "xlsx", "md")},
    **{f"bao-cao.{name}": RENDERERS[name] for name in ("docx", "pdf")},
    "niem-phong.json": RENDERERS["sealed"],
    **{name: _of_content(made) for name, made in PICTURES.items()},
}
