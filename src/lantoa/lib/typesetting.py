"""Paper and pictures, set by typst with our own fonts embedded and those of the system ignored (0006).

A room keeps its layouts beside its code, and a layout may import from `/lib/layouts`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

_PACKAGE = Path(__file__).parent.parent
_FONTS = Path(__file__).parent / "fonts"
_ONE_AT_A_TIME = Lock()  # a compiler keeps what it read, and is used by one thread at a time


def typeset(layout: Path, facts: dict[str, Any], **how: Any) -> bytes:
    """The layout filled with facts: one page as PDF, PNG or SVG, as ``how`` says (``format``, ``ppi``, …).

    Facts go in as JSON, so that a name is always words and never typst's own language. The same facts give the same
    bytes, as long as a PDF is given its ``timestamp``.
    """
    with _ONE_AT_A_TIME:
        made = _compiler(layout).compile(sys_inputs={"it": json.dumps(facts)}, **how)
    assert isinstance(made, bytes)
    return made


@cache
def _compiler(layout: Path) -> typst.Compiler:
    return typst.Compiler(input=str(layout), root=str(_PACKAGE), font_paths=[str(_FONTS)], ignore_system_fonts=True)
