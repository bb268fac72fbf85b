"""Public pages kept as files, for a web server or the application to send as they are (ADR 0025).

`made/<address>/index.html` with its `.gz` beside it. They are found only through `live/<period>`, a link that bears the
number of ten seconds of the clock and exists while the writer vouches for them: when the writer is dead, no link bears
the number of the present any more, and nobody has to notice.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage

PERIOD = 10  # seconds; the web server cuts the last digit off the clock, so it stays ten
LEASE = 120  # seconds for which the writer vouches after each round
LOOKED = 1.0  # seconds for which a reader believes what it saw
ADDRESS = re.compile(r"/(?:[-a-zA-Z0-9_]+/)*")
INDEX = "index"
# A browser asks each time, since who signed in meanwhile gets another page; a cache for many may keep it for a moment.
KEPT = "public, max-age=0, s-maxage=5, must-revalidate"
# A web server of ours that counts visits by itself says so in each request, and is told of which contest the page is,
# since it sends the same page again without asking. It hides the second header from everybody.
COUNTS, PAGE_OF = "Lantoa-Counts", "Lantoa-Page-Of"
# Cookies of somebody whose page may be their own: a session, and what is to be said once.
PERSONAL = (f"{settings.SESSION_COOKIE_NAME}=", f"{CookieStorage.cookie_name}=")
# Forms that anybody may open: each answer brings a cookie of its own, so nothing can be kept of it for others.
FORMS = r"dang-nhap/|dang-xuat/|[^/]+/(?:dang-ky|so|lan-toa/\d+/bao-cao)/"
FRESH = "lantoa.fresh"  # in the environment of the writer's own requests: no header of a client comes by this name
# Queries that have a file of their own, and those that others append to our addresses, which mean nothing to a page.
VARIANT = r"theo=[a-z-]+"
CAMPAIGN = r"(?:(?:fbclid|gclid|gidzl|zarsrc|utm_[a-z]+)=[^&]*(?:&|$))+"


def file_name(address: str, query: str) -> str | None:
    """Below the folder, without `.html`: where the page of that address would be kept; None if it never is."""
    if not ADDRESS.fullmatch(address):
        return None
    if not query or re.fullmatch(CAMPAIGN, query):
        return f"{address[1:]}{INDEX}"
    return f"{address[1:]}{query}" if re.fullmatch(VARIANT, query) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The bytes of a file with the tag that nginx gives to the same file."""

    body: bytes
    tag: str

    @classmethod
    def read(cls, path: str) -> Sheet:
        """Read it whole."""
        with open(path, "rb") as file:  # noqa: PTH123 (its own status is needed, not that of its name)
            status = os.fstat(file.fileno())
            return cls(file.read(), f'"{int(status.st_mtime):x}-{status.st_size:x}"')


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Page:
    """A page as it is sent: plain and packed by gzip; `modified` in seconds of Unix time. The next one is another."""

    plain: Sheet
    packed: Sheet
    modified: int


class PageFiles:
    """The writer's side."""

    def __init__(self, root: Path) -> None:
        """Nothing is made before the first page is kept."""
        self.made = root / "made"
        self.live = root / "live"

    def keep(self, name: str, html: bytes) -> None:
        """Write both forms beside and rename them; equal bytes are left as they are."""
        path = self.made / f"{name}.html"
        if path.is_file() and path.read_bytes() == html:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        at = int(time.time())
        # The packed one first: a reader that sees a new plain one finds its fellow.
        for end, body in ((".html.gz", gzip.compress(html, 6, mtime=0)), (".html", html)):
            beside = self.made / f"{name}{end}.{os.getpid()}"
            beside.write_bytes(body)
            os.utime(beside, (at, at))
            beside.rename(self.made / f"{name}{end}")

    def drop(self, name: str) -> None:
        """Keep that page no longer."""
        for end in (".html", ".html.gz"):
            (self.made / f"{name}{end}").unlink(missing_ok=True)

    def names(self) -> set[str]:
        """All that are kept."""
        return {str(path.relative_to(self.made).with_suffix("")) for path in self.made.rglob("*.html")}

    def tidy(self) -> None:
        """Take away what a killed writer left half written."""
        for path in self.made.rglob("*.html*.*"):
            if path.suffix[1:].isdigit():
                path.unlink(missing_ok=True)

    def vouch(self, at: float) -> None:
        """For all that is kept, from ``at`` (Unix time) on; older promises are taken away."""
        self.live.mkdir(parents=True, exist_ok=True)
        promised = {str(period) for period in range(int(at) // PERIOD, int(at + LEASE) // PERIOD + 1)}
        standing = {path.name for path in self.live.iterdir()}
        for period in promised - standing:
            (self.live / period).symlink_to("../made", target_is_directory=True)
        for period in standing - promised:
            (self.live / period).unlink(missing_ok=True)

    def forget(self) -> None:
        """Take every promise back: from now on each page is made when it is asked for."""
        shutil.rmtree(self.live, ignore_errors=True)


Mark = tuple[int, int, int]  # which file it is: number, time, size
Known = tuple[float, Mark, Page]  # when looked at, which file, its bytes


class PageReader:
    """The application's side: the bytes stay in memory, their files are looked at once a second at most."""

    def __init__(self, root: Path) -> None:
        """Of one process."""
        self._live = f"{root}/live"
        self._known: dict[str, Known] = {}

    def page(self, address: str, query: str) -> Page | None:
        """The page of that address, if somebody vouches for it now."""
        name = file_name(address, query)
        if name is None:
            return None
        now = time.time()
        known = self._known.get(name)
        if known is not None and 0 <= now - known[0] < LOOKED:
            return known[2]
        return self._look(name, known, now)

    def _look(self, name: str, known: Known | None, now: float) -> Page | None:
        path = f"{self._live}/{int(now) // PERIOD}/{name}.html"
        try:
            status = os.stat(path)  # noqa: PTH116 (a Path costs more than the look)
            mark = (status.st_ino, status.st_mtime_ns, status.st_size)
            same = known is not None and known[1] == mark
            page = (
                known[2] if known and same else Page(Sheet.read(path), Sheet.read(f"{path}.gz"), int(status.st_mtime))
            )
        except OSError:
            self._known.pop(name, None)
            return None
        self._known[name] = (now, mark, page)
        return page
