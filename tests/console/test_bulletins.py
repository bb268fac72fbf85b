"""Bulletins in the console: published by the organiser, read by the staff, and by the clock."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from lantoa.contests.models import Contest, Correction, Movement
from lantoa.lib import clock
from lantoa.people.models import AuditEntry
from lantoa.standings.models import Bulletin
from tests.console.form_reader import posted
from tests.factories.contest import DURING

ADD = "admin:lantoa_bulletin_add"


def send(browser, world, as_of):
    return browser.post(reverse(ADD), {"contest": world.contest.pk, "as_of": as_of}, follow=True)


def test_an_organiser_publishes_the_next_one_and_it_is_written_down(world, enter):
    page = send(enter("organiser"), world, "2025-10-21T16:00:30")
    made = Bulletin.objects.numbered(world.contest, 2)
    assert "Đã công bố bản tin số 2" in page.content.decode()
    assert made.by == world.accounts["organiser"]
    assert made.as_of == DURING.replace(hour=16, minute=0, second=30)
    noted = AuditEntry.objects.filter(action="publish_bulletin").latest("pk")
    assert (noted.actor, noted.detail["number"]) == (made.by, 2)


def test_the_form_offers_the_latest_moment_and_refuses_one_that_may_still_change(world, enter):
    browser = enter("organiser")
    page = browser.get(reverse(ADD)).content.decode()
    assert f"{localtime(clock.now()) - timedelta(minutes=1):%Y-%m-%dT%H:}"[:13] in page
    later = f"{localtime(clock.now()) + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    assert "Số liệu lúc ấy chưa đủ" in send(browser, world, later).content.decode()
    assert "cuộc thi chưa mở" in send(browser, world, "2025-10-01T10:00").content.decode()
    assert Bulletin.objects.count() == 1


def test_without_the_key_the_page_says_whom_to_ask(world, enter, settings):
    settings.KEYS = replace(settings.KEYS, bulletin=None)
    assert "Báo người vận hành" in send(enter("organiser"), world, "2025-10-21T16:00").content.decode()


@pytest.mark.parametrize("role", ["editor", "operator"])
def test_others_of_the_staff_read_bulletins_and_publish_none(world, enter, role):
    browser = enter(role)
    assert browser.get(reverse("admin:lantoa_bulletin_changelist")).status_code == 200
    assert send(browser, world, "2025-10-21T16:00").status_code == 403
    assert Bulletin.objects.count() == 1


def test_a_bulletin_shows_its_figures_and_what_later_corrections_changed(world, enter):
    browser, bulletin = enter("organiser"), world.rows["bulletin"]
    address = reverse("admin:lantoa_bulletin_change", args=[bulletin.pk])
    page = browser.get(address).content.decode()
    assert "Đăng ký: 1" in page and "Không có gì khác" in page and bulletin.digest in page.replace("<wbr>", "")
    one, now = world.contestant, clock.now()
    decision = Correction.objects.create(
        contest=world.contest, kind="void", contestant=one, known_at=now, by=bulletin.by, reason="trùng người",
    )  # fmt: skip
    Movement.objects.create(
        contest=world.contest, at=DURING, known_at=now, unit=one.unit, contestant=one, reg=-1, correction=decision,
    )  # fmt: skip
    assert "Cả cuộc thi, đăng ký: 1 → 0" in browser.get(address).content.decode()


def test_the_times_of_day_are_set_with_the_contest(world, enter):
    browser = enter("organiser")
    address = reverse("admin:lantoa_contest_change", args=[world.contest.pk])
    posted(browser, address, bulletin_times="11:00, 17:30")
    assert Contest.objects.get(pk=world.contest.pk).bulletin_times == [time(11), time(17, 30)]
    assert posted(browser, address, bulletin_times="11 giờ").status_code == 200
    assert Contest.objects.get(pk=world.contest.pk).bulletin_times == [time(11), time(17, 30)]
