"""R18: a browser that dies in the middle of an exam, and a site that turns the last step away: no answer is lost."""

import signal
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Error, expect, sync_playwright

from tests.journeys import walk
from tests.journeys.conftest import FLAGS, PHONE
from tests.journeys.test_path import begin, sign_in
from tests.journeys.walk import SLUG

PATIENCE = 60  # seconds
CLOCK = "() => Number(document.querySelector('.exam').dataset.left)"


@contextmanager
def device(playwright, chromium_path, site, profile):
    """A browser that keeps what a device keeps, below the folder."""
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=chromium_path, args=FLAGS, viewport=PHONE, locale="vi-VN", base_url=site.url
    )
    context.set_default_timeout(20_000)
    try:
        yield context
    finally:
        with suppress(Error):  # it may be dead
            context.close()


def kill(profile):
    """Kill -9 of every process of that browser."""
    for process in psutil.process_iter(["cmdline"]):
        if any(profile in word for word in process.info["cmdline"] or []):
            with suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)


def written(profile, words):
    """Wait until the browser has put it on its disk."""
    end = time.monotonic() + PATIENCE
    while not any(words in file.read_bytes() for file in Path(profile).rglob("Local Storage/leveldb/*.log")):
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture(scope="module")
def playwright_alone():
    """Started after the shared browser of another file is closed."""
    with sync_playwright() as playwright:
        yield playwright


def test_answers_of_a_browser_that_died_without_a_network_come_back_with_the_right_clock(
    playwright_alone, chromium_path, site
):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        with device(playwright_alone, chromium_path, site, profile) as phone:
            sign_in(phone.pages[0], site.accounts["learned"])  # the day before: kept for thirty days
        with device(playwright_alone, chromium_path, site, profile) as phone:
            page = phone.pages[0]
            page.goto(f"/{SLUG}/thi/")
            begin(page)
            walk.answer(page, 1, 2)
            expect(page.locator("p[data-saved]")).to_contain_text("Đã lưu lúc")
            page.reload()
            left, looked = page.evaluate(CLOCK), time.monotonic()
            phone.set_offline(True)
            walk.answer(page, 2, 1)
            expect(page.locator("[data-offline]")).to_be_visible()
            written(profile, b'"touched":[2]')
            kill(profile)
        with device(playwright_alone, chromium_path, site, profile) as phone:
            page = phone.pages[0]
            page.goto(f"/{SLUG}/thi/")
            passed = time.monotonic() - looked
            assert abs(left - passed - page.evaluate(CLOCK)) <= 3
            expect(page.locator("input[name=c2]").nth(1)).to_be_checked()
            expect(page.locator("p[data-saved]")).to_contain_text("Đã lưu lúc")
            page.evaluate("localStorage.clear()")
            page.reload()
            for number, place in ((1, 2), (2, 1)):
                expect(page.locator(f"input[name=c{number}]").nth(place)).to_be_checked()


def test_a_step_that_is_turned_away_is_taken_again_and_a_refusal_costs_no_answer(playwright_alone, chromium_path, site):
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        device(playwright_alone, chromium_path, site, profile) as phone,
    ):
        page = phone.pages[0]
        sign_in(page, site.accounts["learned"])
        page.goto(f"/{SLUG}/thi/")
        begin(page)
        page.route("**/luu/", lambda route: route.abort())
        walk.answer(page, 5, 3)
        turned_away = iter([403, 429, 503])

        def answer(route):
            status = next(turned_away, None) if route.request.method == "POST" else None
            if status is None:
                route.fallback()
            else:
                route.fulfill(status=status, body="")

        page.route("**/nop/", answer)
        hand_in(page)
        page.wait_for_url(f"**/{SLUG}/thi/")  # the refusal leads back to the paper
        expect(page.locator("fieldset.question-box")).to_have_count(20)
        expect(page.locator("input[name=c5]").nth(3)).to_be_checked()
        hand_in(page)
        expect(page.get_by_role("heading", name="Bạn làm đúng")).to_be_visible(timeout=PATIENCE * 1000)


def hand_in(page):
    page.get_by_role("button", name="Nộp bài").first.click()
    page.get_by_role("button", name="Nộp bài ngay").click()
