"""Forms as a browser reads them: every hidden field goes back as it came, whatever a release puts there."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple
from urllib.parse import urlencode

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_HIDDEN = re.compile(r"<input\b[^>]*\btype=[\"']?hidden\b[^>]*>")
_ATTRIBUTE = re.compile(r"\b([a-z-]+)=(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
_ERRORS = re.compile(r'class="error"[^>]*>.*?<span>([^<]*)</span>', re.DOTALL)


class NoForm(LookupError):
    """The page has no such form: it is another page than expected."""


class Form(NamedTuple):
    """Where it goes and what it carries by itself."""

    action: str
    fields: dict[str, str]

    def filled(self, **own: str) -> bytes:
        """The body of its post, with one's own fields over its own."""
        return urlencode(self.fields | own).encode()


def form_with(page: str, mark: str) -> Form:
    """The form in whose tags or contents ``mark`` stands (a field's name, an address); raises :class:`NoForm`."""
    for tag, inside in _FORM.findall(page):
        if mark in inside or mark in tag:
            return Form(attributes(tag).get("action", ""), _hidden(inside))
    raise NoForm(f"{mark}: {_said(page)}")


def attributes(tag: str) -> dict[str, str]:
    """Of one tag."""
    return {name: unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}


def _hidden(inside: str) -> dict[str, str]:
    found = (attributes(tag) for tag in _HIDDEN.findall(inside))
    return {field["name"]: field.get("value", "") for field in found if "name" in field}


def errors_of(page: str) -> str:
    """What a form that came back says is wrong."""
    return "; ".join(dict.fromkeys(unescape(error).strip() for error in _ERRORS.findall(page)))


def _said(page: str) -> str:
    """The first heading: enough to know which page it is."""
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", heading[1]).strip()[:80] if heading else page[:80]
