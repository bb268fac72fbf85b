"""A bulletin as data: JSON with the keys that outsiders rely on (docs/interfaces.md), and the signed bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lantoa.lib.written import Language
from lantoa.standings.content import canonical

Content = Mapping[str, Any]


def plain_json(content: Content, language: Language) -> bytes:  # noqa: ARG001 (a renderer's shape)
    """To be read: indented, ratios in parts of one."""
    shown = {
        **_decimal(content),
        "units": [_decimal(unit) for unit in content["units"]],
        "clusters": [_decimal(cluster) for cluster in content["clusters"]],
    }
    return json.dumps(shown, ensure_ascii=False, indent=2).encode() + b"\n"


def sealed(content: Content, language: Language) -> bytes:  # noqa: ARG001
    """To be checked: the bytes that are signed."""
    return canonical(content)


def _decimal(row: Mapping[str, Any]) -> dict[str, Any]:
    ratio = round(row["finished"] / row["population"], 8) if row["population"] else None
    return {**row, "ratio": ratio}
