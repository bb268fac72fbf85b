"""Every form that a bulletin can be had in: its name, and what makes it from the content alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lantoa.lib.written import Language
from lantoa.standings.outputs.data import plain_json, sealed
from lantoa.standings.outputs.pictures import PICTURES
from lantoa.standings.outputs.press import press
from lantoa.standings.outputs.spreadsheets import csv, xlsx

Renderer = Callable[[Mapping[str, Any], Language], bytes]

RENDERERS: dict[str, Renderer] = {
    "json": plain_json,
    "sealed": sealed,
    "csv": csv,
    "xlsx": xlsx,
    "md": press,
    "png": PICTURES["hoan-thanh-1600x900.png"],
    "svg": PICTURES["hoan-thanh-1600x900.svg"],
}
# File name → renderer: what a published bulletin offers for download.
FILES: dict[str, Renderer] = {
    **{f"ban-tin.{name}": RENDERERS[name] for name in ("json", "csv", "xlsx", "md")},
    "niem-phong.json": RENDERERS["sealed"],
    **PICTURES,
}
