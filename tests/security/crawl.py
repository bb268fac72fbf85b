"""Walks the site as somebody does who follows every link, a few of each kind."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import override

from tests.security.markup import Markup

OWN = ("", "testserver", "127.0.0.1:8000")


@dataclass(frozen=True)
class Seen:
    """One answer."""

    role: str
    address: str
    kind: str  # name of the URL pattern
    answer: object

    @property
    def is_page(self) -> bool:
        """Whether a browser shows it as a page."""
        return self.answer.headers.get("Content-Type", "").startswith("text/html")

    @property
    def where(self) -> str:
        """For the message of a test that fails."""
        return f"{self.role} {self.address}"


def kind_of(address: str) -> str:
    """The pattern that answers an address, with its language."""
    path = urlsplit(address).path
    language = "en" if path.startswith("/en/") else "vi"
    try:
        with override(language):
            return f"{language} {resolve(path).view_name}"
    except Resolver404:
        return ""


def walk(browser, role: str, start: str, *, most: int, each: int, inside: str = "/") -> list[Seen]:
    """At most ``most`` answers, ``each`` of one kind, only ``inside`` a part of the installation."""
    waiting, met, count, seen = deque([start]), {start}, Counter(), []
    while waiting and len(seen) < most:
        address = waiting.popleft()
        kind = kind_of(address)
        if not kind or count[kind] >= each or "sign-out" in kind or "logout" in kind:
            continue
        count[kind] += 1
        answer = browser.get(address)
        seen.append(Seen(role, address, kind, answer))
        leads = [answer.headers["Location"]] if "Location" in answer.headers else []
        if seen[-1].is_page:
            leads += Markup(answer.words).links
        for lead in leads:
            target = urldefrag(urljoin(address, lead)).url
            parts = urlsplit(target)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc in OWN and parts.scheme in {"", "http"} and path.startswith(inside) and path not in met:
                met.add(path)
                waiting.append(path)
    return seen
