"""A package written by the document alone becomes a contest of its own, beside the first one (M19)."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from lantoa.lib.clock import VIETNAM
from tests.factories.packages import FOLDER
from tests.journeys import walk

PACKAGE = FOLDER / "an-toan-chay-no"
SLUG = "an-toan-chay-no-hoc-sinh"
ASKED = 10
SHARED = "Nhà tôi đã dọn lối ra thứ hai ở sân thượng, ai cũng biết đường đi."


@pytest.fixture(scope="module")
def second(site):
    """The package, imported into the running installation as its operator would do it."""
    today = datetime.now(VIETNAM).date()
    days = ["--opens", str(today - timedelta(days=1)), "--closes", str(today + timedelta(days=9))]
    command = [sys.executable, "-m", "lantoa.management.main", "package", "import", str(PACKAGE), "--publish", *days]
    done = subprocess.run(command, env=site.environ, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # nothing that its authors should look at
    return f"{site.url}/{SLUG}/"


def test_the_second_course_runs_from_its_landing_to_the_certificate(open_phone, second, site):
    page = open_phone()
    page.goto(second)
    expect(page.get_by_role("heading", name="An toàn cháy nổ cho học sinh").first).to_be_visible()
    walk.register(page, name="Phạm Gia Bảo", slug=SLUG)
    walk.learn_everything(page, SLUG)
    walk.start_exam(page, ASKED)
    for number in range(1, ASKED + 1):
        walk.answer(page, number, number % 4)
    page.get_by_role("button", name="Nộp bài").first.click()
    page.get_by_role("button", name="Nộp bài ngay").click()
    expect(page.get_by_role("heading", name="Bạn làm đúng")).to_be_visible()
    walk.share(page, SHARED, SLUG)
    page.goto(f"/{SLUG}/giay-chung-nhan/")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("Phạm Gia Bảo").first).to_be_visible()
    assert page.request.get(f"/{SLUG}/giay-chung-nhan.pdf").body().startswith(b"%PDF-")


def test_the_first_contest_knows_nothing_of_the_second(open_phone, second, site):
    page = open_phone()
    for path in ("", "xep-hang/", "hoc/"):
        assert page.goto(f"{site.contest}{path}").status == 200
        assert "cháy" not in page.locator("main").inner_text().lower(), path
