"""What is decided in the console goes through the rooms' actions and is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lantoa.contests.documents import Document
from lantoa.contests.models import Contest
from lantoa.people.models import Account, AuditEntry
from lantoa.shares.actions import send_share
from lantoa.shares.models import Share
from lantoa.units.models import Population, Unit
from tests.console.conftest import PASSWORD, a_citizen, a_share
from tests.console.form_reader import posted
from tests.factories.contest import DURING

PUBLISH, RETURN, KEEP = "lantoa_share_publish", "lantoa_share_send_back", "lantoa_share_keep"


@pytest.fixture
def waiting(world):
    """A share that nobody has decided about."""
    _, contestant = a_citizen(world.contest, name="Trần Văn Tuấn", citizen_id="031080654321", phone="0987654321")
    return a_share(contestant, text="Dừng lại, hỏi người thân.")


def decide(browser, share, button, **fields):
    page = reverse("admin:lantoa_share_change", args=[share.pk])
    return browser.post(page, {"read": share.sent_at.isoformat(), "reason": "", **fields, button: "1"}, follow=True)


def written(subject):
    return [(entry.action, entry.actor.username if entry.actor else "") for entry in AuditEntry.objects.about(subject)]


def test_publishing_goes_through_the_action_and_is_written_down_once(enter, waiting):
    decide(enter("organiser"), waiting, PUBLISH)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by.username) == ("published", "organiser")
    assert len(written(f"share:{waiting.pk}")) == 1
    assert written(f"share:{waiting.pk}")[0][1] == "organiser"


def test_a_share_goes_back_only_with_a_reason(enter, waiting):
    browser = enter("organiser")
    refused = decide(browser, waiting, RETURN, reason="  ").content.decode()
    assert "Viết lý do" in refused
    assert Share.objects.get(pk=waiting.pk).state == "received"
    decide(browser, waiting, RETURN, reason="Bỏ số điện thoại trong bài.")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("returned", "Bỏ số điện thoại trong bài.")


def test_what_the_author_changed_meanwhile_is_not_published_unread(enter, world, waiting):
    send_share(
        contestant=waiting.contestant,
        kind="slogan",
        text="Một lời khác hẳn.",
        may_publish=True,
        at=DURING + timedelta(minutes=1),
    )
    page = decide(enter("organiser"), waiting, PUBLISH).content.decode()
    assert "Tác giả vừa gửi lại bài" in page
    assert Share.objects.get(pk=waiting.pk).state == "received"


def test_without_the_authors_consent_there_is_no_button_and_no_publishing(enter, world):
    _, contestant = a_citizen(world.contest, name="Lê Thị Mai", citizen_id="031080654322", phone="0987654322")
    share = a_share(contestant, may_publish=False)
    browser = enter("organiser")
    assert PUBLISH not in browser.get(reverse("admin:lantoa_share_change", args=[share.pk])).content.decode()
    decide(browser, share, PUBLISH)
    assert Share.objects.get(pk=share.pk).state == "received"


def test_a_reported_share_can_be_kept_or_taken_down(enter, world):
    share, browser = world.rows["share"], enter("organiser")
    page = browser.get(reverse("admin:lantoa_share_change", args=[share.pk])).content.decode()
    assert "Bài này chép lại" in page
    decide(browser, share, KEEP)
    assert not share.reports.open().exists()
    decide(browser, share, RETURN, reason="Bài chép lại.")
    share.refresh_from_db()
    assert share.state == "returned"


def test_the_list_of_shares_opens_with_those_that_wait(enter, world, waiting):
    browser = enter("organiser")
    page = browser.get(reverse("admin:lantoa_share_changelist")).content.decode()
    assert "Dừng lại, hỏi người thân." in page
    assert "Học một ngày" not in page
    assert "Học một ngày" in browser.get(reverse("admin:lantoa_share_changelist") + "?state=published").content.decode()


def test_a_changed_contest_is_written_down_with_before_and_after(enter, world):
    page = reverse("admin:lantoa_contest_change", args=[world.contest.pk])
    assert posted(enter("organiser"), page, time_limit="00:15:00").status_code == 302
    contest = Contest.objects.get(pk=world.contest.pk)
    assert contest.time_limit == timedelta(minutes=15)
    entry = AuditEntry.objects.about(f"contest:{contest.pk}").get()
    assert (entry.action, entry.actor.username) == ("change_contest", "organiser")
    assert entry.detail == {"changes": {"time_limit": ["0:20:00", "0:15:00"]}}


def test_what_nobody_changes_cannot_be_slipped_in(enter, world):
    page = reverse("admin:lantoa_contest_change", args=[world.contest.pk])
    posted(enter("organiser"), page, slug="khac", asked="3", seed_sealed="00", package_version="9")
    fresh = Contest.objects.get(pk=world.contest.pk)
    assert (fresh.slug, fresh.asked, fresh.package_version) == ("thu-nghiem", 20, 1)
    assert bytes(fresh.seed_sealed) == bytes(world.contest.seed_sealed)


def test_a_contest_that_would_close_before_it_opens_is_refused_at_the_form(enter, world):
    page = reverse("admin:lantoa_contest_change", args=[world.contest.pk])
    assert posted(enter("organiser"), page, closes_at_0="01/01/2020").status_code == 200
    assert Contest.objects.get(pk=world.contest.pk).closes_at == world.contest.closes_at


def test_a_population_is_added_and_the_old_one_stays(enter, world):
    unit = world.rows["unit"]
    page = reverse("admin:lantoa_unit_change", args=[unit.pk])
    new = {
        "populations-1-value": "41000",
        "populations-1-valid_from": "01/11/2025",
        "populations-1-source": "Công văn 99",
        "populations-1-approved_by": "Sở Khoa học và Công nghệ",
        "populations-0-value": "1",
    }
    assert posted(enter("organiser"), page, **new).status_code == 302
    assert sorted(unit.populations.values_list("value", flat=True)) == [40_000, 41_000]
    assert written(f"population:{Population.objects.get(value=41_000).pk}") == [("add_population", "organiser")]


@pytest.mark.parametrize("typed", ["cam giang", "CẨM GIÀNG", "giang cam", "11414"])
def test_units_are_found_without_marks(enter, world, typed):
    page = enter("organiser").get(reverse("admin:lantoa_unit_changelist"), {"q": typed}).content.decode()
    assert "Xã Cẩm Giàng" in page
    assert "Phường Lê Chân" not in page.split('id="result_list"')[1]


def test_people_are_found_without_marks_and_every_look_is_written_down(enter, world):
    browser = enter("organiser")
    assert (
        "Phạm Thị Hòa" in browser.get(reverse("admin:lantoa_contestant_changelist"), {"q": "hoa pham"}).content.decode()
    )
    assert (
        "Phạm Thị Hòa" not in browser.get(reverse("admin:lantoa_contestant_changelist"), {"q": "hoan"}).content.decode()
    )
    page = browser.get(reverse("admin:lantoa_contestant_change", args=[world.contestant.pk])).content.decode()
    assert "456" in page
    assert written(f"contestant:{world.contestant.pk}") == [("see_contestant", "organiser")]


def test_a_document_takes_files_that_people_open_and_none_that_a_browser_runs(enter, world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    document, browser = world.rows["document"], enter("editor")
    page = reverse("admin:lantoa_document_change", args=[document.pk])
    for name, status in (("lua.html", 200), ("lua.svg", 200), ("van-ban.pdf", 302)):
        file = SimpleUploadedFile(name, b"%PDF-1.7")
        fields = {"attachments-1-title": "Văn bản", "attachments-1-file": file}
        assert posted(browser, page, **fields).status_code == status, name
    assert [item.title for item in Document.objects.get().attachments.order_by("pk")] == ["Tệp", "Văn bản"]


def test_an_operator_creates_an_account_that_can_enter(enter, client, world):
    page = reverse("admin:lantoa_account_add")
    browser = enter("operator")
    weak = browser.post(page, {"username": "thanh dong", "role": "editor", "password": "1234"}).content.decode()
    assert "Dùng chữ không dấu" in weak
    assert "Dùng ít nhất 8 ký tự" in weak
    browser.post(page, {"username": "thanh.dong", "role": "editor", "password": PASSWORD})
    account = Account.objects.get(username="thanh.dong")
    assert account.kinds == {"editor"}
    assert written(f"account:{account.pk}") == [("create_staff", "operator")]


def test_a_new_password_ends_the_old_and_is_never_written_down(enter, client, world):
    account = world.accounts["judge"]
    enter("operator").post(
        reverse("admin:lantoa_account_password", args=[account.pk]), {"password": "thuyền lên nước lên"}
    )
    account.refresh_from_db()
    assert account.check_password("thuyền lên nước lên")
    entry = AuditEntry.objects.about(f"account:{account.pk}").last()
    assert (entry.action, entry.detail) == ("set_password", {})


def test_a_contestants_account_is_not_among_the_staff(enter, world):
    citizen = world.accounts["citizen"]
    browser = enter("operator")
    password = reverse("admin:lantoa_account_password", args=[citizen.pk])
    assert browser.post(password, {"password": "thuyền lên nước lên"}).status_code == 403
    assert browser.get(reverse("admin:lantoa_account_change", args=[citizen.pk])).status_code == 302


def test_roles_are_given_and_taken_and_written_down(enter, world):
    account = world.accounts["editor"]
    page = reverse("admin:lantoa_account_change", args=[account.pk])
    assert posted(enter("operator"), page, **{"roles-1-kind": "judge"}).status_code == 302
    assert Account.objects.get(pk=account.pk).kinds == {"editor", "judge"}
    added = account.roles.get(kind="judge")
    assert written(f"role:{added.pk}") == [("add_role", "operator")]
    assert posted(enter("operator"), page, **{"roles-1-DELETE": "on"}).status_code == 302
    assert Account.objects.get(pk=account.pk).kinds == {"editor"}
    assert ("change_account", "operator") in written(f"account:{account.pk}")


def test_what_people_typed_is_never_run(enter, world, waiting):
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    Share.objects.filter(pk=waiting.pk).update(text=attack)
    Unit.objects.filter(pk=world.rows["unit"].pk).update(name=attack)
    Document.objects.update(title=attack)
    browser = enter("organiser")
    for table in ("share", "unit", "document", "contestant"):
        for page in (f"{table}_changelist",):
            assert attack not in browser.get(reverse(f"admin:lantoa_{page}")).content.decode()
    assert attack not in browser.get(reverse("admin:lantoa_share_change", args=[waiting.pk])).content.decode()
    assert attack not in browser.get(reverse("admin:provisional_winners", args=[world.contest.pk])).content.decode()
