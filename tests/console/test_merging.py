"""Sáp nhập: read again before it is written down; refused in words at the field."""

from __future__ import annotations

from django.urls import reverse

from lantoa.units.models import Succession, Unit

ADD = "admin:lantoa_succession_add"


def given(world, **fields):
    wards = list(world.contest.root.children.order_by("code"))
    values = {"unit": wards[0].pk, "successor": wards[1].pk, "since": "2025-10-20", "reason": "Nghị quyết số 1."}
    return {**values, **fields}


def test_a_merger_is_read_again_before_it_is_written_down(world, enter):
    browser, before = enter("operator"), Succession.objects.count()
    once = browser.post(reverse(ADD), given(world)).content.decode()
    assert "Ghi sáp nhập" in once
    assert Succession.objects.count() == before
    assert browser.post(reverse(ADD), given(world, sure="1")).status_code == 302
    made = Succession.objects.order_by("-pk")[0]
    assert (made.unit.code, made.reason) == ("11413", "Nghị quyết số 1.")
    assert Unit.objects.get(code="11413").valid_to is not None


def test_what_cannot_merge_is_said_at_its_field(world, enter):
    same = world.contest.root.children.order_by("code")[0].pk
    said = enter("organiser").post(reverse(ADD), given(world, successor=same, sure="1")).content.decode()
    assert "Chọn hai đơn vị khác nhau." in said
    said = enter("organiser").post(reverse(ADD), given(world, since="2099-01-01", sure="1")).content.decode()
    assert "Chọn một ngày đã tới." in said
    assert Succession.objects.count() == 1


def test_who_has_not_the_power_merges_nothing(world, enter):
    assert enter("editor").post(reverse(ADD), given(world, sure="1")).status_code == 403
    assert Succession.objects.count() == 1
