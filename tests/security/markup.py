"""Reads a page as a browser's parser does: every element with its attributes, and what would run."""

from __future__ import annotations

import re
from html.parser import HTMLParser

ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "poster", "data"}
RUNS = re.compile(r"^\s*(javascript|vbscript|data:text)", re.IGNORECASE)


class Markup(HTMLParser):
    """The elements of a page in order, and the words inside <script> and <style>."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.code: list[str] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag if tag in {"script", "style"} else ""

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside and data.strip():
            self.code.append(data)

    @property
    def links(self) -> list[str]:
        """Where the page leads."""
        return [attrs["href"] for tag, attrs in self.elements if tag == "a" and attrs.get("href")]

    def runs(self) -> list[str]:
        """Everything that would run or dress the page from inside it; a page of the site has none."""
        found = [f"<{text[:60]}>" for text in self.code]
        for tag, attrs in self.elements:
            found += [f"{tag} {name}" for name in attrs if name.startswith("on") or name == "style"]
            found += [f"{tag} {name}={attrs[name]}" for name in ADDRESSES & set(attrs) if RUNS.match(attrs[name])]
            if tag in {"iframe", "object", "embed", "base", "frame"} or (tag == "meta" and "http-equiv" in attrs):
                found.append(tag)
        return found
