"""The number, the end and erasing in the console: read again before it is done, refused in words."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lantoa.contests.log import Entry
from lantoa.contests.models import Contest
from lantoa.contests.publications import publish
from lantoa.exams.publish import plan_text
from lantoa.lib import clock
from lantoa.lib.sealing import seal
from lantoa.people.models import Person


@pytest.fixture
def early(world):
    """The contest of the world, opening in ten days; nobody has drawn a paper."""
    now = clock.now()
    contest = Contest.objects.create(
        slug="sap-toi", name="Sắp tới", organiser="Sở", root=world.contest.root, published=True,
        opens_at=now + timedelta(days=10), closes_at=now + timedelta(days=20), seed_sealed=b"",
    )  # fmt: skip
    Contest.objects.filter(pk=contest.pk).update(seed_sealed=resealed(contest))
    publish(contest=contest, kind="bank", text=plan_text(world.rows["bank"]), version=1)
    return contest


def resealed(contest):
    return seal(b"s" * 32, table="contest", column="seed", row=str(contest.pk))


def address(contest):
    return reverse("admin:papers_and_key", args=[contest.pk])


def test_a_number_is_read_again_before_it_is_named(early, enter):
    browser, day = enter("organiser"), (clock.now() + timedelta(days=3)).date().isoformat()
    given = {"deed": "name", "source": "Xổ số miền Bắc, giải đặc biệt", "day": day}
    assert "Đọc lại một lần nữa" in browser.post(address(early), given).content.decode()

    assert not Entry.objects.filter(contest=early, line__startswith="seed ").exists()
    assert browser.post(address(early), {**given, "sure": "1"}).status_code == 302
    early.refresh_from_db()
    assert early.number_source == given["source"]
    early_number = {"deed": "enter", "number": "87210", "where": "xsmb.example.vn", "sure": "1"}
    assert "Chưa đến ngày của con số." in browser.post(address(early), early_number).content.decode()


def test_the_end_is_offered_only_after_the_closing_and_then_the_days_stay(world, enter):
    browser = enter("organiser")
    page = browser.get(address(world.contest)).content.decode()
    assert "Công bố hạt giống và đáp án" in page
    assert browser.post(address(world.contest), {"deed": "end", "sure": "1"}).status_code == 302
    world.contest.refresh_from_db()
    assert world.contest.ended_at is not None
    assert "Công bố hạt giống và đáp án" not in browser.get(address(world.contest)).content.decode()
    form = browser.get(reverse("admin:lantoa_contest_change", args=[world.contest.pk])).content.decode()
    assert 'name="closes_at_0"' not in form
    assert 'name="name"' in form


def test_erasing_asks_once_more_and_says_what_goes(world, enter):
    browser = enter("organiser")
    page = reverse("admin:erase_person", args=[world.contestant.pk])
    assert "Xóa rồi thì không ai lấy lại được." in browser.get(page).content.decode()
    assert browser.post(page, {}).status_code == 200
    assert Person.objects.get(pk=world.contestant.person_id).erased_at is None
    assert browser.post(page, {"sure": "1"}).status_code == 302
    assert Person.objects.get(pk=world.contestant.person_id).full_name == "Đã xóa"
    assert "Đã xóa lúc" in browser.post(page, {"sure": "1"}).content.decode()
