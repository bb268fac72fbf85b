"""Going through a running demonstration as its accounts do: signing in, posting forms, opening pages in Chromium."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from benchmarks.installation import SLUG

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = "0123456789abcdefghijABCDEFGHIJ01"  # a CSRF secret, in the cookie and in the header
HOME = f"/{SLUG}/"
SHARE = {"loai": "message", "noi-dung": "Tôi đã dạy mẹ tự mở ứng dụng ngân hàng, không bấm đường dẫn lạ.", "dang": "1"}
Cookies = dict[str, str]


def chromium(playwright: Playwright) -> Browser:
    """Debian's own browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise SystemExit("chromium is not installed")
    return playwright.chromium.launch(executable_path=path, args=FLAGS)


class Site:
    """A running demonstration, from outside."""

    def __init__(self, url: str, accounts: Path) -> None:
        """``accounts``: the file that `lantoa demo` wrote."""
        self.url = url
        self.accounts: dict[str, dict[str, str]] = {row["kind"]: row for row in json.loads(accounts.read_text())}

    def post(self, path: str, form: dict[str, str], cookies: Cookies) -> tuple[int, str]:
        """Send a form; status and where the answer leads. A session that it opens goes into ``cookies``."""
        crumbs = {**cookies, "csrftoken": TOKEN}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": TOKEN,
            "Cookie": "; ".join(f"{name}={value}" for name, value in crumbs.items()),
        }
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=30)) as wire:
            wire.request("POST", path, urlencode(form), headers)
            answer = wire.getresponse()
            answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            if opened := re.match(r"sessionid=([^;]+)", line):
                cookies["sessionid"] = opened[1]
        return answer.status, answer.headers.get("Location", "")

    def sign_in(self, kind: str) -> Cookies:
        """The session of a demonstration account."""
        cookies: Cookies = {}
        account = self.accounts[kind]
        self.post("/dang-nhap/", {"login": account["login"], "password": account["password"]}, cookies)
        if "sessionid" not in cookies:
            raise SystemExit(f"could not sign in as {kind}")
        return cookies

    def read(self, path: str, cookies: Cookies) -> bytes:
        """A page or file."""
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=30)) as wire:
            wire.request("GET", path, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
            return wire.getresponse().read()

    def start_exam(self, cookies: Cookies) -> str:
        """Open an attempt, or go on with the open one; the address where it is submitted."""
        self.post(f"{HOME}thi/bat-dau/", {}, cookies)
        paper = self.read(f"{HOME}thi/", cookies).decode()
        found = re.search(rf'action="({HOME}thi/\d+/nop/)"', paper)
        if found is None:
            raise SystemExit("no exam paper is open")
        return found[1]

    def submit_exam(self, where: str, cookies: Cookies) -> str:
        """Hand in a whole sheet; the address of the result."""
        sheet = {f"c{number}": str(number % 4) for number in range(1, 21)}
        return self.post(where, {**sheet, "chac": "1"}, cookies)[1]

    def context(self, browser: Browser, cookies: Cookies, **options: object) -> BrowserContext:
        """A browser of its own that is signed in."""
        context = browser.new_context(base_url=self.url, locale="vi-VN", **options)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])
        return context
