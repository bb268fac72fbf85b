"""The keyboard alone: no step of the exam needs a finger or a mouse."""

from playwright.sync_api import expect

from tests.journeys.walk import SLUG

FARTHEST = 80  # presses of Tab before something counts as out of reach


def tab_to(page, selector: str) -> None:
    """Press Tab until the focus stands on what ``selector`` names."""
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab on {page.url}")


def test_an_exam_is_sat_with_the_keyboard_alone(open_phone, site):
    page = open_phone()
    page.goto("/dang-nhap/")
    tab_to(page, "#o-login")
    page.keyboard.type(site.accounts["learned"]["login"])
    tab_to(page, "input[type=password]")
    page.keyboard.type(site.accounts["learned"]["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/dang-nhap/" not in url)
    page.goto(f"/{SLUG}/thi/")
    if not page.locator(".exam").count():
        tab_to(page, "main form button")
        page.keyboard.press("Enter")
    expect(page.locator(".exam--live")).to_be_visible()
    for number in (1, 2, 3):
        tab_to(page, f"input[name=c{number}]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        assert page.locator(f"input[name=c{number}]:checked").input_value() == "1"
        tab_to(page, "[data-next]")
        page.keyboard.press("Enter")
    tab_to(page, "[data-submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, "[name=chac]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bạn làm đúng")).to_be_visible()
