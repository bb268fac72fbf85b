"""QR codes as inline SVG: no style attribute, a white ground of its own so that it scans on a dark page."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

import segno

QUIET = 4  # modules of white around the code (ISO/IEC 18004)
MASK = 2  # of a series: readers take any of the eight
PIECE = 8  # modules drawn at once
_RUN = re.compile("1+")


@lru_cache(maxsize=512)  # five milliseconds to set, and a certificate's page asks for the same again and again
def svg(content: str, *, label: str) -> str:
    """A QR code of ``content``, medium correction, named ``label`` to a screen reader; good inline and as a file."""
    return _drawn(_rows(segno.make(content, error="m", micro=False)), label)


def svg_in_series(stem: str, end: str, *, label: str) -> str:
    """The same of ``stem`` + ``end``, where very many have one stem and ends of one length; all ASCII.

    Codes of one length under one mask are an affine space over two elements: data, Reed-Solomon's words and the mask
    are all added without a carry. So a code is the one of zeros, and what each character of its end changes in it.
    """
    code, size = _number(stem + "0" * len(end))
    for place, letter in enumerate(end):
        code ^= _changed(stem, len(end), place, letter)
    bits = f"{code:0{size * size}b}"
    return _drawn([bits[at : at + size] for at in range(0, size * size, size)], label)


def _rows(code: segno.QRCode) -> list[str]:
    return ["".join("1" if dark else "0" for dark in row) for row in code.matrix]


@lru_cache(maxsize=64)
def _number(content: str) -> tuple[int, int]:
    """All modules as one number, and how many stand in a row."""
    rows = _rows(segno.make(content, error="m", micro=False, mode="byte", mask=MASK))
    return int("".join(rows), 2), len(rows)


@lru_cache(maxsize=8_192)
def _changed(stem: str, length: int, place: int, letter: str) -> int:
    zeros = "0" * length
    return _number(stem + zeros)[0] ^ _number(f"{stem}{zeros[:place]}{letter}{zeros[place + 1 :]}")[0]


@lru_cache(maxsize=1_024)  # all of eight modules, and what is left at the end of a row
def _piece(bits: str) -> str:
    """The path of some modules of a row, from the place where they begin to the place where they end."""
    path, at = "", 0
    for run in _RUN.finditer(bits):
        long = run.end() - run.start()
        path += f"m{run.start() - at} 0h{long}v1h-{long}z"
        at = run.start()
    return f"{path}m{len(bits) - at} 0"


def _drawn(rows: list[str], label: str) -> str:
    size = len(rows) + 2 * QUIET
    starts = range(0, len(rows), PIECE)
    path = "".join(
        f"M{QUIET} {y}{''.join([_piece(bits[at : at + PIECE]) for at in starts])}" for y, bits in enumerate(rows, QUIET)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" aria-label={quoteattr(label)} '
        f'shape-rendering="crispEdges"><title>{escape(label)}</title>'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )
