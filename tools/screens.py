"""Pictures of every page, 360×740 and 1280×800, light and dark, into var/screens/<page>-<width>-<theme>.png.

Run by `make screens`. Starts a demonstration of its own in a temporary folder; with --url it goes to a running one
(and then sits an exam and sends a share as its contestant). --readme draws those of the README into docs/pictures.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.installation import demonstrating, folder, free_port  # noqa: E402
from benchmarks.visiting import HOME, SHARE, Cookies, Site, chromium  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

SCREENS = ROOT / "var" / "screens"
PICTURES = ROOT / "docs" / "pictures"
SIZES = {360: 740, 1280: 800}
THEMES = ("light", "dark")
UNIT = "11413"
BROKEN = "/loi-500/"
# The page for a fault of ours cannot be asked for: it is drawn by the same template and put in an answer's place.
DRAW_BROKEN = """
import django; django.setup()
from django.test import RequestFactory
from lantoa.site.views.errors import broken
print(broken(RequestFactory().get("/")).content.decode())
"""


class Shot(NamedTuple):
    """One page in one state; ``act`` brings an open page into a state that an address alone does not give."""

    name: str
    path: str
    cookies: Cookies = {}
    act: Callable[[Page], object] | None = None


def main() -> None:
    """All pictures, or those of the README."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--url", help="a running demonstration, whose data folder --data names")
    arguments.add_argument("--data", type=Path, default=ROOT / "var", help="the data folder of --url")
    arguments.add_argument("--only", default="", help="only pages whose name begins so")
    arguments.add_argument("--readme", action="store_true", help="only the pictures of the README, into docs/pictures")
    asked = arguments.parse_args()
    with demonstration(asked.url, asked.data) as (site, data), sync_playwright() as playwright:
        browser = chromium(playwright)
        if asked.readme:
            readme(site, browser)
        else:
            everything(site, browser, data, asked.only)
        browser.close()


@contextmanager
def demonstration(url: str | None, data: Path) -> Iterator[tuple[Site, Path]]:
    """A running site and the folder of its data."""
    here = data if url else folder("screens")
    with nullcontext(url) if url else demonstrating(here, free_port(), 3000) as address:
        yield Site(address.rstrip("/"), here / "demo-accounts.json"), here


def everything(site: Site, browser: Browser, data: Path, only: str) -> None:
    """Each page in each size and theme."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    viewers = Viewers(site, browser, drawn_broken(data))
    taken = 0
    for shot in shots(site, browser):
        if not shot.name.startswith(only):
            continue
        for width in SIZES:
            for theme in THEMES:
                with viewers.viewer(shot, width, theme) as context:
                    taken += take(context, shot, SCREENS / f"{shot.name}-{width}-{theme}.png")
        print(shot.name, flush=True)
    print(f"{taken} pictures in {SCREENS.relative_to(ROOT)}")


class Viewers:
    """Browsers of every size and theme, kept while the same person looks; one of its own where a shot acts."""

    def __init__(self, site: Site, browser: Browser, broken: str) -> None:
        self.site, self.browser, self.broken = site, browser, broken
        self.person: Cookies = {}
        self.kept: dict[tuple[int, str], BrowserContext] = {}

    @contextmanager
    def viewer(self, shot: Shot, width: int, theme: str) -> Iterator[BrowserContext]:
        if shot.act:
            context = self._open(shot.cookies, width, theme)
            yield context
            context.close()
            return
        if shot.cookies is not self.person:
            for context in self.kept.values():
                context.close()
            self.person, self.kept = shot.cookies, {}
        if (width, theme) not in self.kept:
            self.kept[width, theme] = self._open(shot.cookies, width, theme)
        yield self.kept[width, theme]

    def _open(self, cookies: Cookies, width: int, theme: str) -> BrowserContext:
        look = {"viewport": {"width": width, "height": SIZES[width]}, "color_scheme": theme}
        context = self.site.context(self.browser, cookies, reduced_motion="reduce", **look)
        context.route(f"**{BROKEN}", lambda route: route.fulfill(body=self.broken, content_type="text/html"))
        return context


def take(context: BrowserContext, shot: Shot, file: Path, *, whole: bool = True) -> bool:
    """One picture; a page that cannot be brought into its state is named and left out."""
    page = context.new_page()
    try:
        page.goto(shot.path)
        if shot.act:
            shot.act(page)
            page.wait_for_load_state()
        page.evaluate("document.fonts.ready")
        page.screenshot(path=file, full_page=whole)
    except Error as error:
        print(f"{shot.name}: {str(error).splitlines()[0]}", file=sys.stderr)
        return False
    finally:
        page.close()
    return True


def shots(site: Site, browser: Browser) -> Iterator[Shot]:
    """Every page in the order of the path: the state of the contestant goes on from one to the next."""
    yield from public()
    yield from wrong(site)
    fresh = site.sign_in("fresh")
    yield Shot("topics-fresh", f"{HOME}hoc/", fresh)
    yield Shot("exam-locked", f"{HOME}thi/", fresh)
    yield Shot("certificate-waiting", f"{HOME}giay-chung-nhan/", fresh)
    yield from contestant(site)
    yield from console(site, browser)


def public() -> Iterator[Shot]:
    """What everybody sees."""
    pages = {
        "landing": HOME,
        "landing-en": f"/en{HOME}",
        "unit": f"{HOME}don-vi/{UNIT}/",
        "register": f"{HOME}dang-ky/",
        "register-from-unit": f"{HOME}dang-ky/?don-vi={UNIT}",
        "sign-in": "/dang-nhap/",
        "standings": f"{HOME}xep-hang/",
        "standings-of-unit": f"{HOME}xep-hang/?don-vi={UNIT}",
        "unit-standings": f"{HOME}xep-hang/don-vi/",
        "cluster-standings": f"{HOME}xep-hang/cum/",
        "statistics": f"{HOME}thong-ke/",
        "statistics-unclear": f"{HOME}thong-ke/?luc=hom-qua",
        "bulletins": f"{HOME}ban-tin/",
        "bulletin": f"{HOME}ban-tin/1/",
        "bulletin-today": f"{HOME}ban-tin/1/?hom-nay",
        "bulletin-en": f"/en{HOME}ban-tin/1/",
        "book": f"{HOME}so/",
        "open-data": "/api/",
        "wall": f"{HOME}lan-toa/",
        "check": "/kiem-tra/",
        "check-unknown": "/kiem-tra/HP25-2222-2222-2222/",
        "documents": f"{HOME}van-ban/",
        "document": f"{HOME}van-ban/khai-mac/",
        "rules": f"{HOME}the-le/",
        "help": f"{HOME}tro-giup/",
        "privacy": f"{HOME}quyen-rieng-tu/",
        "accessibility": f"{HOME}tiep-can/",
    }
    for name, path in pages.items():
        yield Shot(name, path)
    yield Shot("menu", HOME, act=open_menu)
    yield Shot("report-share", f"{HOME}lan-toa/", act=lambda page: page.locator("a[href$='/bao-cao/']").first.click())


def wrong(site: Site) -> Iterator[Shot]:
    """What went wrong: forms sent empty, pages that are not there."""
    send = "main form[method=post] button:not([type=button])"
    yield Shot("register-errors", f"{HOME}dang-ky/", act=lambda page: page.locator(send).last.click())
    yield Shot("sign-in-errors", "/dang-nhap/", act=lambda page: page.locator(send).first.click())
    yield Shot("error-404", f"{HOME}khong-co-trang-nay/")
    yield Shot(
        "error-403", "/dang-nhap/", act=lambda page: (page.context.clear_cookies(), page.locator(send).first.click())
    )
    yield Shot("error-500", site.url + BROKEN)


def contestant(site: Site) -> Iterator[Shot]:
    """The whole path of somebody who has learned everything."""
    me = site.sign_in("learned")
    yield Shot("topics", f"{HOME}hoc/", me)
    yield Shot("profile", f"{HOME}ho-so/", me)
    yield Shot("profile-edit", f"{HOME}ho-so/sua/", me)
    yield Shot("password", "/doi-mat-khau/", me)
    yield Shot("sign-out", "/dang-xuat/", me)
    for lesson in ("1.3", "3.3"):
        yield Shot(f"lesson-{lesson}", f"{HOME}hoc/{lesson}/", me)
    for lesson, cards in (("1.3", 8), ("2.1", 5), ("3.3", 8), ("4.5", 5)):
        for number in range(1, cards + 1):
            if f'/hoc/{lesson}/{number}/"' in site.read(f"{HOME}hoc/{lesson}/", me).decode():
                yield Shot(f"card-{lesson}-{number}", f"{HOME}hoc/{lesson}/{number}/", me)
    yield Shot("exam-intro", f"{HOME}thi/", me)
    where = site.start_exam(me)
    yield Shot("exam", f"{HOME}thi/", me)
    yield Shot("exam-answering", f"{HOME}thi/", me, answer_some)
    yield Shot("exam-offline", f"{HOME}thi/", me, go_offline)
    yield Shot("exam-confirm", f"{HOME}thi/", me, hand_in_early)
    yield Shot("result", site.submit_exam(where, me), me)
    yield Shot("exam-again", f"{HOME}thi/", me)
    yield Shot("standings-me", f"{HOME}xep-hang/", me)
    yield Shot("unit-standings-me", f"{HOME}xep-hang/don-vi/", me)
    yield Shot("landing-me", HOME, me)
    yield Shot("share", f"{HOME}chia-se/", me)
    site.post(f"{HOME}chia-se/", SHARE, me)
    yield Shot("share-sent", f"{HOME}chia-se/", me)
    yield Shot("certificate-ready", f"{HOME}giay-chung-nhan/", me)
    site.post(f"{HOME}giay-chung-nhan/", {}, me)
    yield Shot("certificate", f"{HOME}giay-chung-nhan/", me)
    yield Shot("topics-done", f"{HOME}hoc/", me)


def open_menu(page: Page) -> None:
    """Where there is a button for it; wide screens show everything."""
    button = page.locator("header summary:visible, header button:visible")
    if button.count():
        button.first.click()


def choose(page: Page, number: int, place: int) -> None:
    """Answer a question, turning to it first where one is shown at a time."""
    option = page.locator(f"input[name=c{number}]").nth(place)
    if not option.is_visible():
        page.locator(".map a").nth(number - 1).click()
    option.check(force=True)


def answer_some(page: Page) -> None:
    for number in range(1, 8):
        choose(page, number, number % 4)
    page.wait_for_timeout(3500)  # the page saves a few seconds after the last answer


def go_offline(page: Page) -> None:
    """Change one answer: with nothing to send the page has nothing to say."""
    chosen = page.locator("input[name=c9]:checked")
    place = int(chosen.input_value()) if chosen.count() else 0
    page.context.set_offline(offline=True)
    choose(page, 9, (place + 1) % 4)
    page.locator("[data-offline]").wait_for(timeout=20_000)


def hand_in_early(page: Page) -> None:
    """Without script, so that the server's own question is seen."""
    with page.expect_navigation():
        page.evaluate("setTimeout(() => document.querySelector('form.exam').submit(), 0)")


def console(site: Site, browser: Browser) -> Iterator[Shot]:
    """The console of those who work on a contest: whatever the sidebar leads each to, and the first row of a table."""
    seen: set[str] = set()
    for kind in ("organiser", "editor", "operator"):
        cookies = site.sign_in(kind)
        yield Shot("console" if kind == "organiser" else f"console-{kind}", "/quan-tri/", cookies)
        found = {name: path for name, path in console_pages(site, browser, cookies).items() if name not in seen}
        seen |= found.keys()
        for name, path in found.items():
            yield Shot(f"console-{name}", path, cookies)


def console_pages(site: Site, browser: Browser, cookies: Cookies) -> dict[str, str]:
    context = site.context(browser, cookies, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto("/quan-tri/")
    links = page.evaluate("[...document.querySelectorAll('a[href^=\"/quan-tri/\"]')].map(a => a.getAttribute('href'))")
    found: dict[str, str] = {}
    for link in dict.fromkeys(links):
        parts = [part for part in link.split("?")[0].strip("/").split("/")[1:] if part != "lantoa"]
        if parts and not {"logout", "dang-xuat", "change"} & set(parts):
            found.setdefault("-".join(parts), link)
    for name, link in list(found.items()):
        page.goto(link)
        row = page.locator("#result_list tbody a[href$='/change/']").first
        if row.count():
            found[f"{name}-one"] = row.evaluate("link => link.pathname")
    context.close()
    return found


def drawn_broken(data: Path) -> str:
    """The page for a fault of ours."""
    keyed = {**os.environ, "LANTOA_DATA": str(data), "DJANGO_SETTINGS_MODULE": "lantoa.config.settings"}
    return subprocess.run(
        [sys.executable, "-c", DRAW_BROKEN], env=keyed, capture_output=True, text=True, check=True
    ).stdout


def readme(site: Site, browser: Browser) -> None:
    """Five pictures, light, as a reader of the README sees them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    me = site.sign_in("learned")

    def picture(
        name: str, path: str, width: int, cookies: Cookies, act: Callable[[Page], object] | None = None
    ) -> None:
        sizes = {"viewport": {"width": width, "height": SIZES[width]}, "device_scale_factor": 2 if width < 1000 else 1}
        context = site.context(browser, cookies, color_scheme="light", reduced_motion="reduce", **sizes)
        take(context, Shot(name, path, cookies, act), PICTURES / f"{name}.png", whole=False)
        context.close()

    picture("landing-360", HOME, 360, {})
    picture("lesson-360", f"{HOME}hoc/1.3/1/", 360, me)
    picture("standings-1280", f"{HOME}xep-hang/don-vi/", 1280, {})
    where = site.start_exam(me)
    picture("exam-360", f"{HOME}thi/", 360, me, lambda page: choose(page, 1, 1))
    site.submit_exam(where, me)
    site.post(f"{HOME}chia-se/", SHARE, me)
    site.post(f"{HOME}giay-chung-nhan/", {}, me)
    (PICTURES / "certificate.png").write_bytes(site.read(f"{HOME}giay-chung-nhan.png", me))


if __name__ == "__main__":
    main()
