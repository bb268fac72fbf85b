"""The steps that every journey takes, as a person takes them: by what stands on the screen."""

from __future__ import annotations

import itertools
import re

from playwright.sync_api import Page, expect

SLUG = "cong-dan-so-hai-phong"
PASSWORD = "bến cảng mùa hoa phượng"
MOST_CARDS = 400
SHARED = "Tôi đã dạy mẹ tự mở ứng dụng ngân hàng, không bấm đường dẫn lạ."
_serial = itertools.count(1)


def register(page: Page, *, name: str = "Đặng Thị Thu Hà", slug: str = SLUG) -> None:
    """From the landing to the topics."""
    serial = next(_serial)
    page.goto(f"/{slug}/")
    page.get_by_role("link", name="Tham gia ngay").first.click()
    page.get_by_label("Họ và tên").fill(name)
    page.get_by_label("Số điện thoại").fill(f"091234{serial:04}")
    page.get_by_label("Số căn cước", exact=False).first.fill(f"031190{700000 + serial}")
    choose_unit(page)
    page.locator("select[name=group]").select_option("resident")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("checkbox").last.check()
    page.get_by_role("button", name="Đăng ký").click()
    expect(page).to_have_url(re.compile("/hoc/"))


def choose_unit(page: Page) -> None:
    """By typing without diacritics where the script helps, else from the plain list."""
    typed = page.get_by_role("combobox", name="Phường, xã")
    if typed.count() and typed.first.evaluate("node => node.tagName") == "INPUT":
        typed.first.fill("le chan")
        page.get_by_role("option", name="Lê Chân").first.click()
        return
    page.locator("select[name=unit]").select_option(label="Phường Lê Chân")


def learn_everything(page: Page, slug: str = SLUG) -> None:
    """All cards of all lessons, pressing the one big button each time, until the exam is offered."""
    page.goto(f"/{slug}/hoc/")
    onward = (
        page.get_by_role("button", name="Tiếp", exact=True)
        .or_(page.get_by_role("button", name="Hoàn thành bài"))
        .or_(page.locator("main a.btn").filter(has_text=re.compile("Học bài tiếp|Bắt đầu học|Học tiếp")))
        .or_(page.get_by_role("link", name="Vào thi"))
    )
    for _ in range(MOST_CARDS):
        step = onward.first
        last = step.inner_text().strip() == "Vào thi"
        step.click()
        page.wait_for_load_state("load")
        if last:
            return
    raise AssertionError(f"the lessons never end: {page.url}")


def start_exam(page: Page, asked: int = 20) -> None:
    page.get_by_role("button", name="Bắt đầu thi").click()
    expect(page.locator("fieldset.question-box")).to_have_count(asked)


def answer(page: Page, number: int, place: int = 0) -> None:
    """Choose an option of a question, turning to it first where one question is shown at a time."""
    option = page.locator(f"input[name=c{number}]").nth(place)
    if not option.is_visible():
        page.locator(".map a").nth(number - 1).click()
    option.check(force=True)


def share(page: Page, text: str = SHARED, slug: str = SLUG) -> None:
    page.goto(f"/{slug}/chia-se/")
    page.locator("input[name=loai][value=message]").check(force=True)
    page.locator("textarea").fill(text)
    page.locator("input[name=dang]").check(force=True)
    page.get_by_role("button", name="Gửi bài chia sẻ").click()
