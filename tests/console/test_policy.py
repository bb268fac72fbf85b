"""The console works under its own strict policy: a real browser complains of nothing on any page."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import sync_playwright

from lantoa.config.headers import CONSOLE_POLICY
from tests.console.conftest import PASSWORD
from tests.console.test_who_may_see_what import EXPECTED
from tests.journeys.conftest import FLAGS, Complaints, chromium_path  # noqa: F401 (a fixture)

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def chromium(chromium_path):  # noqa: F811
    """A browser for this file only: while one is open, Django takes this thread for an asynchronous one."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        opened = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def desk(chromium, live_server, world):
    """A desktop browser before the console's sign-in; its complaints are gathered, and there must be none."""
    complaints = Complaints()
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800},
        base_url=live_server.url,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
    )
    page = context.new_page()
    complaints.watch(page)
    yield page
    context.close()
    assert complaints == []


def sign_in(page, username):
    page.goto(reverse("admin:login"))
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form button")
    page.wait_for_selector(".doors")


def test_the_policy_lets_in_no_inline_script_no_inline_style_and_no_other_host():
    assert "'unsafe-inline'" not in CONSOLE_POLICY
    assert CONSOLE_POLICY.startswith("default-src 'none'")
    assert "http" not in CONSOLE_POLICY.replace("media-src 'self' https:", "")


@pytest.mark.parametrize("role", ["organiser", "editor", "operator"])
def test_no_page_of_the_console_breaks_the_policy(desk, world, role):
    sign_in(desk, role)
    for table, (see, add, _, delete) in EXPECTED.items():
        base, pk = f"admin:lantoa_{table}", world.rows[table].pk
        if role in see:
            desk.goto(reverse(f"{base}_changelist"))
            desk.goto(reverse(f"{base}_change", args=[pk]))
        if role in add:
            desk.goto(reverse(f"{base}_add"))
        if role in delete:
            desk.goto(reverse(f"{base}_delete", args=[pk]))


def test_filters_lists_and_dates_work_with_what_the_policy_leaves(desk, world):
    sign_in(desk, "organiser")
    desk.goto(reverse("admin:lantoa_unit_changelist"))
    desk.get_by_text("Lọc").or_(desk.get_by_text("Filters")).first.click()
    desk.wait_for_selector("#changelist-filter", state="visible")
    desk.goto(reverse("admin:lantoa_unit_change", args=[world.rows["unit"].pk]))
    desk.get_by_text("Thêm một").first.click()
    assert desk.locator("[name=populations-2-value]").is_visible()
    desk.goto(reverse("admin:lantoa_cluster_change", args=[world.rows["cluster"].pk]))
    desk.locator(".select2-selection").last.click()
    desk.locator(".select2-search__field").last.fill("le chan")
    desk.locator(".select2-results__option", has_text="Lê Chân").click()


def test_a_share_is_published_by_the_button(desk, world):
    from lantoa.people.models import AuditEntry
    from lantoa.shares.models import Share
    from tests.console.conftest import a_citizen, a_share

    _, contestant = a_citizen(world.contest, name="Trần Văn Tuấn", citizen_id="031080654321", phone="0987654321")
    share = a_share(contestant, text="Dừng lại, hỏi người thân.")
    sign_in(desk, "organiser")
    desk.click(".waits a")
    desk.get_by_role("link", name="Dừng lại, hỏi người thân.").click()
    desk.click("button[name=lantoa_share_publish]")
    desk.get_by_text("Đã đăng bài.").wait_for()
    assert Share.objects.get(pk=share.pk).state == "published"
    assert AuditEntry.objects.about(f"share:{share.pk}").count() == 1
