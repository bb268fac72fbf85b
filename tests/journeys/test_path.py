"""A new user's whole path on a phone: from the landing to the certificate, with and without JavaScript, on a dead network."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import walk
from tests.journeys.walk import SLUG

MOST_TAPS = 12  # to the first question, learning apart (docs/decisions/0014)
COUNT_TAPS = """
const learning = /\\/hoc\\/[0-9]/.test(location.pathname);
const count = (n) => sessionStorage.setItem("taps", Number(sessionStorage.getItem("taps")) + n);
if (!learning) {
  addEventListener("click", () => count(1), true);
  addEventListener("change", (event) => event.target.matches("select") && count(2), true); // opened, chosen
}
"""


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_new_user_goes_from_the_landing_to_the_certificate(open_phone, javascript):
    page = open_phone(javascript=javascript)
    if javascript:
        page.add_init_script(COUNT_TAPS)
    walk.register(page)
    walk.learn_everything(page)
    walk.start_exam(page)
    if javascript:
        assert 5 < int(page.evaluate("sessionStorage.getItem('taps')")) <= MOST_TAPS
    for number in range(1, 19):
        walk.answer(page, number, number % 4)
    page.get_by_role("button", name="Nộp bài").first.click()
    expect(page.get_by_text("Bạn còn 2 câu chưa trả lời: 19, 20")).to_be_visible()
    page.get_by_role("button", name="Nộp bài ngay").click()
    expect(page.get_by_role("heading", name="Bạn làm đúng")).to_be_visible()
    walk.share(page)
    page.goto(f"/{SLUG}/giay-chung-nhan/")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("Đặng Thị Thu Hà").first).to_be_visible()
    pdf = page.request.get(f"/{SLUG}/giay-chung-nhan.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.body().startswith(b"%PDF-")
    number = re.search(r"/kiem-tra/([0-9A-Z-]+)/", page.content()).group(1)
    stranger = open_phone(javascript=javascript)
    stranger.goto(f"/kiem-tra/{number}/")
    expect(stranger.get_by_text("Đặng Thị Thu Hà").first).to_be_visible()
    text = stranger.locator("main").inner_text()
    assert not re.search(r"09\d{8}|03119|Lê Chân", text)


def test_a_dead_network_in_the_exam_loses_nothing(open_phone, site):
    page = open_phone(watch=False)  # the dead network itself is what the console complains of
    sign_in(page, site.accounts["learned"])
    page.goto(f"/{SLUG}/thi/")
    begin(page)
    walk.answer(page, 1, 2)
    expect(page.locator("p[data-saved]")).to_contain_text("Đã lưu lúc")
    page.context.set_offline(True)
    walk.answer(page, 2, 1)
    expect(page.get_by_text("Mạng đang gián đoạn. Bài của bạn vẫn an toàn.")).to_be_visible()
    walk.answer(page, 3, 3)
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_be_hidden()
    expect(page.locator("p[data-saved]")).to_contain_text("Đã lưu lúc")
    page.reload()
    for number, place in ((1, 2), (2, 1), (3, 3)):
        expect(page.locator(f"input[name=c{number}]").nth(place)).to_be_checked()
    resumes_on_another_device(open_phone, site)


def resumes_on_another_device(open_phone, site):
    """The same person, a second browser: the answers are there, and the first device learns of new ones."""
    other = open_phone()
    sign_in(other, site.accounts["learned"])
    other.goto(f"/{SLUG}/thi/")
    expect(other.locator("input[name=c2]").nth(1)).to_be_checked()
    walk.answer(other, 4, 0)
    expect(other.locator("p[data-saved]")).to_contain_text("Đã lưu lúc")
    other.reload()
    expect(other.locator("input[name=c4]").nth(0)).to_be_checked()


def begin(page):
    button = page.get_by_role("button", name=re.compile("Bắt đầu thi|Thi thêm lượt nữa"))
    if button.count():
        button.click()
    expect(page.locator("fieldset.question-box")).to_have_count(20)


def sign_in(page, account):
    page.goto("/dang-nhap/")
    page.get_by_label("Số điện thoại hoặc số căn cước").fill(account["login"])
    password = page.get_by_role("textbox", name="Mật khẩu")
    password.fill(account["password"])
    password.press("Enter")
    page.wait_for_url(lambda url: "/dang-nhap/" not in url)


def test_a_units_link_selects_the_unit(open_phone):
    page = open_phone()
    page.goto(f"/{SLUG}/don-vi/11407/")
    page.locator("a[href*='dang-ky']").first.click()
    assert "don-vi=11407" in page.url
    chosen = page.locator("select[name=unit], input[name=unit]").first.input_value()
    assert chosen


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(open_phone):
    page = open_phone(javascript=False)
    page.goto(f"/{SLUG}/dang-ky/")
    page.get_by_label("Họ và tên").fill("Trần Văn Hùng")
    page.get_by_label("Số căn cước", exact=False).first.fill("03119012345")
    page.get_by_role("button", name="Đăng ký").click()
    expect(page.get_by_text("Bạn mới nhập 11 số").first).to_be_visible()
    expect(page.get_by_label("Họ và tên")).to_have_value("Trần Văn Hùng")
