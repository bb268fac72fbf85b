"""Điều chỉnh kết quả: read again before it is decided; refused in words; nobody without the power."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from lantoa.contests.models import Correction
from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.exams.models import Best
from tests.factories.contest import DURING, a_contest, a_contestant

EMPTY = {"attempt": "", "unit": "", "target": "", "since_0": "", "since_1": "", "reason": "Thi hộ."}


@pytest.fixture
def me(world):
    contestant = a_contestant(world.contest, name="Lê Thị Sửa")
    start_attempt(contestant=contestant, at=DURING)
    submit_attempt(contestant=contestant, number=1, at=DURING + timedelta(minutes=5))
    return contestant


def address(contestant):
    return reverse("admin:correct_results", args=[contestant.pk])


def test_a_decision_is_read_again_before_it_is_made(me, enter):
    browser = enter("organiser")
    given = {**EMPTY, "kind": "void", "attempt": "1"}
    once = browser.post(address(me), given).content.decode()
    assert "Ghi quyết định" in once
    assert not Correction.objects.exists()
    assert browser.post(address(me), {**given, "sure": "1"}).status_code == 302
    assert Correction.objects.get().attempt == 1
    assert not Best.objects.filter(contestant=me).exists()
    page = browser.get(address(me)).content.decode()
    assert "Thi hộ." in page
    assert "Lê Thị Sửa" in page


def test_moving_and_merging_name_a_unit_and_another_contestant(me, world, enter):
    browser = enter("organiser")
    other = a_contestant(world.contest, name="Lê Thị Sửa Hai")
    unit = world.contest.root.children.order_by("code").last()
    browser.post(address(me), {**EMPTY, "kind": "move", "unit": unit.code, "sure": "1"})
    browser.post(address(me), {**EMPTY, "kind": "merge", "target": other.pk, "sure": "1"})
    me.refresh_from_db()
    assert me.unit == unit
    assert list(Correction.objects.order_by("pk").values_list("kind", flat=True)) == ["move", "merge"]
    assert "Lê Thị Sửa Hai" in browser.get(address(me)).content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "restore"}, "Đã quyết định như vậy rồi."),
        ({"kind": "void", "attempt": "1", "since_0": "2099-01-01", "since_1": "08:00"}, "Chọn một lúc đã qua."),
        ({"kind": "merge"}, "Nhập mã của thí sinh được giữ lại."),
        ({"kind": "move"}, "Chọn xã, phường của cuộc thi này."),
    ],
)
def test_what_cannot_be_decided_is_said_at_its_field(me, enter, given, said):
    page = enter("organiser").post(address(me), {**EMPTY, **given, "sure": "1"}).content.decode()
    assert said in page
    assert not Correction.objects.exists()


def test_somebody_of_another_contest_is_not_merged(me, enter):
    stranger = a_contestant(a_contest(slug="noi-khac"))
    given = {**EMPTY, "kind": "merge", "target": stranger.pk, "sure": "1"}
    assert "cùng một cuộc thi" in enter("organiser").post(address(me), given).content.decode()


def test_who_has_not_the_power_decides_nothing(me, enter):
    given = {**EMPTY, "kind": "void", "sure": "1"}
    assert enter("editor").post(address(me), given).status_code == 403
    assert enter("organiser").get(reverse("admin:correct_results", args=[10**30])).status_code == 404
    assert not Correction.objects.exists()
