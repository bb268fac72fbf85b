"""A real installation and a real browser: the site as `lantoa serve --demo` starts it, walked in Debian's Chromium."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PATIENCE = 180  # seconds for the installation to fill and answer
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
SLUG = "cong-dan-so-hai-phong"


@dataclass(frozen=True)
class Site:
    """A running installation."""

    url: str
    accounts: dict[str, dict[str, str]]
    environ: dict[str, str]

    @property
    def contest(self) -> str:
        return f"{self.url}/{SLUG}/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("journey")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        assert not os.environ.get("CI"), "CI must have chromium: the journeys are never skipped there"
        pytest.skip("NO BROWSER: install Debian's chromium to walk the journeys")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def site(chromium_path: str):
    data = Path(tempfile.mkdtemp(prefix="lt-journey-"))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environ = {**os.environ, "LANTOA_DATA": str(data), "LANTOA_DEMO": "1", "LANTOA_URL": url}
    environ.pop("DATABASE_URL", None)  # its own embedded server
    serve = ["serve", "--demo", "--people", "240", "--port", str(port), "--workers", "2"]
    command = [sys.executable, "-m", "lantoa.management.main", *serve]
    with (data / "serve.log").open("w") as log:
        server = subprocess.Popen(command, env=environ, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(f"{url}/{SLUG}/"):
            assert server.poll() is None and time.monotonic() < deadline, (data / "serve.log").read_text()
            time.sleep(0.2)  # waiting for another process to listen, not for a result
        accounts = {row["kind"]: row for row in json.loads((data / "demo-accounts.json").read_text())}
        yield Site(url, accounts, environ)
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="module")  # an open browser keeps Django from the database in this thread: closed after each file
def browser(chromium_path: str):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


class Complaints(list):
    """What a page complained of in its console: there must be nothing."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", lambda message: self.append(message.text) if message.type == "error" else None)


@pytest.fixture
def open_phone(browser: Browser, site: Site):
    """Open another phone-sized browser of its own; every page's console must stay clean."""
    contexts: list[BrowserContext] = []
    complaints = Complaints()

    def open_one(*, javascript: bool = True, theme: str = "light", watch: bool = True, **options) -> Page:
        context = browser.new_context(
            viewport=PHONE,
            java_script_enabled=javascript,
            color_scheme=theme,
            locale="vi-VN",
            reduced_motion="reduce",
            base_url=site.url,
            **options,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        if watch:
            complaints.watch(page)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []
