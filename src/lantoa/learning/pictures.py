"""Drawings of lessons: small, plain SVG that can stand in a page without any danger (S11)."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

LARGEST = 4096  # bytes: a lesson with its pictures stays within 30 KB (experience.md, budgets)
_SPACE = "{http://www.w3.org/2000/svg}"
_SHAPES = {"svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "title"}
_MANNERS = frozenset(
    {"viewBox", "d", "cx", "cy", "r", "rx", "ry", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "points"}
    | {"transform", "fill", "fill-opacity", "fill-rule", "clip-rule", "opacity", "pathLength"}
    | {"stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset"}
    | {"stroke-opacity", "stroke-miterlimit"}
)


_STEP = re.compile(r"([a-zA-Z])([^a-zA-Z]*)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")
_TAKES = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7}  # numbers a step of a path


def check(text: str, report: Callable[[str], None]) -> bool:
    """Whether ``text`` is a drawing and nothing else: shapes only, no script, no style, no reference, no event."""
    before: list[str] = []
    if len(text.encode()) > LARGEST:
        before.append(f"tranh nặng quá {LARGEST} byte")
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        before.append(f"không phải SVG: {error}")
    else:
        before += _strange(root)
    for what in before:
        report(what)
    return not before


def _strange(root: Element) -> list[str]:
    """Everything in the tree that is not on the lists."""
    found = [] if root.tag == f"{_SPACE}svg" and root.get("viewBox") else ["gốc phải là <svg viewBox>"]
    for element in root.iter():
        name = str(element.tag)
        if name.removeprefix(_SPACE) not in _SHAPES or not name.startswith(_SPACE):
            found.append(f"không được có <{name.removeprefix(_SPACE)}>")
        for attribute, value in element.attrib.items():
            if attribute not in _MANNERS or "url(" in value.lower():
                found.append(f"không được có {attribute}=“{value[:30]}”")
            elif attribute == "d" and not _drawable(value):
                found.append(f"đường vẽ sai: “{value[:30]}”")
    return found


def _drawable(path: str) -> bool:
    """Whether every step of a path has as many numbers as it takes; a browser draws nothing behind one that has not."""
    for step, rest in _STEP.findall(path):
        numbers, takes = len(_NUMBER.findall(rest)), _TAKES.get(step.lower(), 0)
        if (numbers % takes or not numbers) if takes else (step not in "zZ" or numbers):
            return False
    return path[:1] in {"M", "m"}
