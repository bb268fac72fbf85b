"""The picture of growth: a row a request, a dot a size, how many times the first size's cost; SVG, light and dark."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

LEFT, RIGHT, TOP, STEP = 300, 40, 84, 26  # pixels
WIDTH = 860
MOST = 2.4  # the ratio at the right edge; what is beyond stands there
MARKS = {0: "hair", 0.5: "hair", 1: "one", 1.5: "limit", 2: "hair"}  # how each vertical line looks


def drawn(growth: dict[str, Any]) -> str:
    """The whole file."""
    sizes = sorted({size for row in growth.values() for size in row["sizes"]}, key=int)
    height = TOP + STEP * len(growth) + 24
    title = f"Against the cost among {int(sizes[0]):,} contestants"
    box = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f"<style>\n{(Path(__file__).parent / 'chart.css').read_text()}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}" rx="12"/>',
        f'<text class="head" x="20" y="32">{title}</text>',
        _key(sizes[1:]),
        *(_line(ratio, kind, height) for ratio, kind in MARKS.items()),
        *(_row(number, name, row, sizes) for number, (name, row) in enumerate(growth.items())),
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _x(ratio: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * min(ratio, MOST) / MOST, 1)


def _line(ratio: float, kind: str, height: int) -> str:
    x, word = _x(ratio), "limit-word" if kind == "limit" else "quiet"
    line = f'<line class="{kind}" x1="{x}" x2="{x}" y1="{TOP - 14}" y2="{height - 16}"/>'
    return f'{line}<text class="{word}" x="{x}" y="{TOP - 20}" text-anchor="middle">{ratio:g} ×</text>'


def _key(sizes: list[str]) -> str:
    found, x = [], WIDTH - RIGHT
    for number, size in reversed(list(enumerate(sizes))):
        word = f"{int(size):,}"
        found.append(f'<text class="quiet" x="{x}" y="32" text-anchor="end">{word}</text>')
        x -= 8 * len(word) + 14
        found.append(f'<circle class="{_shade(number, len(sizes))}" cx="{x}" cy="27.5" r="6"/>')
        x -= 20
    return "".join(found)


def _row(number: int, name: str, row: dict[str, Any], sizes: list[str]) -> str:
    y = TOP + STEP * number + STEP / 2
    parts = [f'<text x="{LEFT - 14}" y="{y + 5}" text-anchor="end">{escape(name)}</text>']
    parts.append(f'<line class="hair" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
    for nth, size in enumerate(sizes[1:]):
        if (ratio := row["ratios"].get(size)) is not None:
            shade = "over" if ratio > row["limit"] else _shade(nth, len(sizes) - 1)
            parts.append(f'<circle class="{shade} dot" cx="{_x(ratio)}" cy="{y}" r="6.5"/>')
    return "".join(parts)


def _shade(number: int, count: int) -> str:
    """The largest is the darkest."""
    return f"s{2 - min(2, count - 1 - number)}"
