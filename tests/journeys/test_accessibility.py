"""axe-core on every page, light and dark: no finding (WCAG 2.0 to 2.2, A and AA, and best practices)."""

from pathlib import Path

import pytest

from tests.journeys.test_path import begin, sign_in
from tests.journeys.walk import SLUG

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
UNFOLD = "document.querySelectorAll('main details').forEach(fold => { fold.open = true; })"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PUBLIC = [
    f"/{SLUG}/",
    f"/{SLUG}/don-vi/11407/",
    f"/{SLUG}/dang-ky/",
    "/dang-nhap/",
    f"/{SLUG}/xep-hang/",
    f"/{SLUG}/xep-hang/don-vi/",
    f"/{SLUG}/xep-hang/cum/",
    f"/{SLUG}/thong-ke/",
    f"/{SLUG}/thong-ke/?luc=hom-qua",
    f"/{SLUG}/thong-ke/?luc=2020-01-01T00:00:01",
    f"/{SLUG}/ban-tin/",
    f"/{SLUG}/ban-tin/1/",
    f"/{SLUG}/ban-tin/1/?hom-nay",
    f"/{SLUG}/so/",
    "/api/",
    f"/{SLUG}/lan-toa/",
    f"/{SLUG}/the-le/",
    f"/{SLUG}/van-ban/",
    f"/{SLUG}/tro-giup/",
    f"/{SLUG}/quyen-rieng-tu/",
    f"/{SLUG}/tiep-can/",
    "/kiem-tra/",
    "/kiem-tra/HP25-0000-0000-0000/",
    f"/en/{SLUG}/",
    f"/en/{SLUG}/thong-ke/",
    f"/en/{SLUG}/ban-tin/1/",
    "/khong-co-trang-nay/",
]
OWN = [
    f"/{SLUG}/hoc/",
    f"/{SLUG}/hoc/3.3/",
    f"/{SLUG}/hoc/3.3/1/",
    f"/{SLUG}/hoc/3.3/9/",
    f"/{SLUG}/ho-so/",
    "/doi-mat-khau/",
    f"/{SLUG}/thi/",
    f"/{SLUG}/chia-se/",
    f"/{SLUG}/giay-chung-nhan/",
]


def findings(page) -> list[str]:
    page.evaluate(UNFOLD)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", RULES)
    return [
        f"{page.url}: {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_public_page_has_an_accessibility_finding(open_phone, theme):
    page = open_phone(theme=theme, watch=False)
    found = []
    for address in PUBLIC:
        page.goto(address)
        found += findings(page)
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_a_contestant_has_an_accessibility_finding(open_phone, site, theme):
    page = open_phone(theme=theme)
    sign_in(page, site.accounts["learned"])
    found = []
    for address in OWN:
        page.goto(address)
        found += findings(page)
    begin_and_check(page, found)
    assert found == []


def begin_and_check(page, found):
    page.goto(f"/{SLUG}/thi/")
    begin(page)
    found += findings(page)


def test_no_page_is_wider_than_a_small_phone(open_phone, site):
    page = open_phone(watch=False)
    sign_in(page, site.accounts["learned"])
    page.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for address in PUBLIC + OWN:
        page.goto(address)
        page.evaluate(UNFOLD)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(address)
    assert wide == []
