"""Reads a page's form as a browser does, so that a test changes one field and sends back the rest as it stood."""

from __future__ import annotations

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """The names and values of everything that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"submit", "button", "file"} or (kind in {"checkbox", "radio"} and "checked" not in given):
                return
            self.values[name] = value if kind not in {"checkbox", "radio"} else value or "on"
        elif tag == "textarea" and name:
            self._area = name
            self.values[name] = ""
        elif tag == "select" and name:
            self._select = name
            self.values.setdefault(name, "")
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = value

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data):
        if self._area:
            self.values[self._area] += data


def posted(browser, page, **changed):
    """Send a page's form back with some fields changed."""
    reader = FormReader()
    reader.feed(browser.get(page).content.decode())
    sent = {name: value.removeprefix("\r\n").removeprefix("\n") for name, value in reader.values.items()}
    return browser.post(page, {**sent, **changed})
