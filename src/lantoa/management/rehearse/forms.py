"""Forms as a browser reads them: every hidden field goes back as it came, whatever a release puts there."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple
from urllib.parse import quote_plus

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
        return "&".join([f"{_sent(name)}={_sent(value)}" for name, value in (self.fields | own).items()]).encode()


def _sent(text: str) -> str:
    """As a form sends it; most needs no change."""
    return text if text.isascii() and text.isalnum() else quote_plus(text)


def form_with(page: str, mark: str) -> Form:
    """The form in whose tags or contents ``mark`` stands (a field's name, an address); raises :class:`NoForm`."""
    at = page.find("<form")
    while at >= 0:
        opened = page.find(">", at)
        closed = page.find("</form>", opened)
        if min(opened, closed) < 0:
            break
        if page.find(mark, at, closed) >= 0:
            return Form(attributes(page[at:opened]).get("action", ""), _hidden(page[opened:closed]))
        at = page.find("<form", closed)
    raise NoForm(f"{mark}: {_said(page)}")


def attributes(tag: str) -> dict[str, str]:
    """Of one tag."""
    return {name: unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}


def _hidden(inside: str) -> dict[str, str]:
    tags = (rest.partition(">")[0] for rest in inside.split("<input")[1:])
    found = [attributes(tag) for tag in tags if "hidden" in tag]
    return {one["name"]: one.get("value", "") for one in found if one.get("type") == "hidden" and "name" in one}


def errors_of(page: str) -> str:
    """What a form that came back says is wrong."""
    return "; ".join(dict.fromkeys(unescape(error).strip() for error in _ERRORS.findall(page)))


def _said(page: str) -> str:
    """The first heading: enough to know which page it is."""
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", heading[1]).strip()[:80] if heading else page[:80]
