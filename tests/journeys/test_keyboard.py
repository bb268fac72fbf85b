"""The keyboard alone: no step of a lesson or of the exam needs a finger or a mouse."""

from playwright.sync_api import expect

from tests.journeys.test_path import sign_in
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


# Where each kind of game is, what of it the keyboard must reach, the keys that answer there.
GAMES = {
    "TIM": ("3.3/9", "input[name=mark]", "Space"),
    "XEP": ("3.5/9", "[data-move]", "Enter"),
    "GHEP": ("2.1/9", "select", "ArrowDown"),
    "CHIA": ("1.4/9", "input[name=item-0]", "Space"),
    "RE": ("2.1/8", "#choi [name=choice]", "Enter"),
    "SO": ("1.4/8", "input[name=version]", "Space"),
    "check": ("3.3/10", "input[name=option]", "Space"),
}


def test_every_game_of_the_lessons_is_played_with_the_keyboard_alone(open_phone, site):
    page = open_phone()
    sign_in(page, site.accounts["learned"])
    for kind, (where, control, key) in GAMES.items():
        page.goto(f"/{SLUG}/hoc/{where}/")
        before = page.locator("#choi").text_content()
        tab_to(page, control)
        page.keyboard.press(key)
        if kind != "RE":
            tab_to(page, "#choi form [type=submit]")
            page.keyboard.press("Enter")
            expect(page.locator("#loi-giai")).to_be_visible()
        expect(page.locator("#choi")).not_to_have_text(before)
