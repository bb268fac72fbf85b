"""The start page says how the work behind the pages goes, and counts what waits for a decision."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantoa.awards.erasure import erase_person
from lantoa.console import state
from lantoa.contests.erasure import asking_erasure
from lantoa.contests.models import Contestant
from lantoa.lib import clock
from lantoa.management.commands.worker import beat
from lantoa.people.actions import ask_erasure
from lantoa.standings import pulse
from tests.console.conftest import a_citizen

RUNS = "Số liệu đang được cập nhật đều"


def start_page(browser):
    return browser.get(reverse("admin:index")).content.decode()


def words(page):
    """The strip, as it is read."""
    return " ".join(
        re.sub(r"<[^>]+>", " ", re.search(r'<section class="work.*?</section>', page, re.DOTALL)[0]).split()
    )


@pytest.mark.parametrize("role", ["organiser", "editor", "operator"])
def test_whoever_works_in_the_console_sees_that_the_worker_runs(world, enter, role):
    pulse.beat("máy", at=beat())
    seen = words(start_page(enter(role)))
    assert seen.startswith(RUNS)
    assert "Đang làm bài 0" in seen
    assert "Bài chờ xếp hạng 0" in seen
    assert re.search(r"Sổ ký lúc \d\d:\d\d", seen)


def test_a_worker_that_never_ran_and_one_that_stopped_are_said(world, enter):
    browser = enter("organiser")
    assert "chưa chạy lần nào" in words(start_page(browser))
    pulse.beat("máy", at=clock.now() - timedelta(minutes=7))
    seen = words(start_page(browser))
    assert re.search(r"ngừng cập nhật từ \d\d:\d\d", seen)
    assert "vẫn thi và nộp bài được" in seen
    assert RUNS not in seen


def test_attempts_that_are_not_closed_and_a_log_that_is_not_signed_are_said(world):
    at = beat()
    pulse.beat("máy", at=at)
    well = pulse.state()
    assert state.troubles(well) == []
    late = replace(well, earliest_deadline=at - timedelta(minutes=40), unsigned=at - timedelta(minutes=10))
    attempts, log = state.troubles(late)
    assert "hết giờ mà chưa được đóng" in attempts
    assert "chưa được ký" in log


def test_it_is_one_query(world):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        state.shown()
    assert len(asked) == 1


def test_who_asked_to_be_erased_is_counted_found_and_gone_when_erased(world, enter):
    account, contestant = a_citizen(world.contest, name="Bùi Thị Sen", citizen_id="031180654322", phone="0987654322")
    browser, counted = enter("organiser"), "người xin xóa thông tin"
    assert counted not in start_page(browser)
    ask_erasure(person=account.person, by=account)
    ask_erasure(person=account.person, by=account)
    page = start_page(browser)
    assert re.search(rf"<b>1</b>\s*{counted}", page)
    link = re.search(rf'href="([^"]+)"><b>1</b>\s*{counted}', page)[1]
    assert [row.pk for row in browser.get(link).context["cl"].queryset] == [contestant.pk]
    assert counted not in start_page(enter("editor"))
    erase_person(person=account.person, by=None)
    assert counted not in start_page(browser)


def test_asking_is_found_by_an_index_of_its_own(world):
    plan = asking_erasure(Contestant.objects.all()).explain()
    assert "audit_erasure_asked" in plan or "Seq Scan on lantoa_auditentry" in plan
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "audit_erasure_asked" in asking_erasure(Contestant.objects.all()).explain()
