"""Signing in and out, the password, my own page."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from lantoa.contests.models import Contestant, Movement
from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.lib import clock
from lantoa.people.models import AuditEntry, Consent, Person
from lantoa.standings.rebuild import difference
from tests.factories.contest import a_bank, a_contest
from tests.site.test_register_page import SLUG, TYPED, address, send

PASSWORD = TYPED["password"]


@pytest.fixture
def contest(db):
    now = clock.now()
    return a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))


@pytest.fixture
def me(client, contest):
    """Somebody who just registered and is signed in."""
    send(client)
    return Contestant.objects.get()


@pytest.fixture
def finished(me, contest):
    """The same, with an exam handed in."""
    a_bank(contest)
    attempt = start_attempt(contestant=me)
    submit_attempt(contestant=me, number=attempt.number, answers=[0] * 20)
    return me


def enter(client, login="0912345678", password=PASSWORD, **more):
    return client.post(reverse("sign-in"), {"login": login, "password": password, **more})


def text(answer):
    return answer.content.decode()


def test_signing_in_leads_where_one_wanted_to_go(client, me):
    client.logout()
    assert enter(client, contest=SLUG).url == address("topics")
    client.logout()
    assert enter(client, login="031175004821", next=address("profile")).url == address("profile")


@pytest.mark.parametrize("bad", ["https://ke-gian.vn/", "//ke-gian.vn", "javascript:alert(1)", "/\\ke-gian.vn"])
def test_signing_in_never_leads_to_another_site(client, me, bad):
    client.logout()
    assert "ke-gian" not in enter(client, next=bad).url
    assert "javascript" not in client.get(reverse("sign-in"), {"next": bad}).url


def test_a_wrong_password_and_an_unknown_number_get_the_same_page(client, me):
    client.logout()
    pages = set()
    for login in ("0912345678", "0987654321", "031175004821", "031175004829"):
        answer = enter(client, login=login, password="sai bét cả")
        assert answer.status_code == 200
        kept = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text(answer))
        pages.add(kept.replace(login, ""))
    assert len(pages) == 1
    assert "Chưa đúng số hoặc mật khẩu" in pages.pop()


def test_too_many_tries_say_how_long_to_wait(client, me):
    client.logout()
    for _ in range(10):
        enter(client, password="sai bét cả")
    assert "Chờ 15 phút" in text(enter(client))


def test_demonstration_accounts_stand_on_the_page_in_demonstration_only(client, contest, settings, tmp_path):
    settings.DATA = tmp_path
    (tmp_path / "demo-accounts.json").write_text(
        json.dumps([{"role": "Thí sinh", "login": "0900000001", "password": "bến cảng"}])
    )
    settings.DEMO = True
    assert "bến cảng" in text(client.get(reverse("sign-in")))
    settings.DEMO = False
    assert "bến cảng" not in text(client.get(reverse("sign-in")))


def test_signing_out_needs_a_button_and_wipes_the_device(client, me):
    assert client.get(reverse("sign-out")).status_code == 200
    assert client.get(address("profile")).status_code == 200
    answer = client.post(reverse("sign-out"), {"contest": SLUG})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(address("profile")).status_code == 302


def test_a_new_password_keeps_this_device_and_signs_the_others_out(client, me):
    from django.test import Client

    other = Client()
    enter(other)
    answer = client.post(reverse("password"), {"old": PASSWORD, "new": "một câu khác", "contest": SLUG})
    assert answer.url == address("profile")
    assert client.get(address("profile")).status_code == 200
    assert other.get(address("profile")).status_code == 302
    client.logout()
    assert enter(client, password="một câu khác", contest=SLUG).url == address("topics")


def test_a_wrong_old_password_is_said_at_its_field(client, me):
    page = text(client.post(reverse("password"), {"old": "sai bét cả", "new": "một câu khác"}))
    assert 'id="o-old_error"' in page
    assert "sai bét cả" not in page


def test_my_page_shows_the_numbers_masked_and_the_account_valid(client, me, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        page = text(client.get(address("profile")))
    assert "•••••••678" in page
    assert "•••••••••821" in page
    assert "Tài khoản hợp lệ" in page
    for clear in ("345678", "345 678", "004821", "0048 21"):
        assert clear not in page


def test_my_page_says_what_is_missing(client, me):
    Person.objects.update(phone_sealed=None, phone_index=None)
    page = text(client.get(address("profile")))
    assert "Kết quả chỉ được xếp hạng khi tài khoản hợp lệ" in page
    assert "<li>Số điện thoại</li>" in page


def test_before_the_first_exam_all_can_be_corrected_and_the_figures_follow(client, me, contest):
    corrected = {"full_name": "Nguyễn Thảo Nguyên", "phone": "0987654321", "unit": "11413", "group": "pupil"}
    assert client.post(address("profile-edit"), corrected).url == address("profile")
    me.refresh_from_db()
    assert (me.person.full_name, me.person.group, me.unit.code) == ("Nguyễn Thảo Nguyên", "pupil", "11413")
    assert sum(Movement.objects.filter(unit=me.unit).values_list("reg", flat=True)) == 1
    assert difference(contest) == []


def test_an_empty_unit_in_the_correction_is_an_error_not_a_loss(client, me):
    page = text(client.post(address("profile-edit"), {"full_name": "Nguyễn An", "group": "pupil", "unit": ""}))
    assert "Chọn một tên trong danh sách." in page
    assert Person.objects.get().full_name == TYPED["full_name"]


def test_after_the_first_exam_name_number_and_unit_are_no_longer_offered_nor_taken(client, finished):
    page = text(client.get(address("profile-edit")))
    for field in ("full_name", "citizen_id", "unit"):
        assert f'name="{field}"' not in page
    posted = {"full_name": "Người Khác", "citizen_id": "031175004822", "unit": "11413", "group": "pupil", "phone": ""}
    assert client.post(address("profile-edit"), posted).url == address("profile")
    finished.refresh_from_db()
    assert (finished.person.full_name, finished.unit.code) == (TYPED["full_name"], "11414")
    assert finished.person.group == "pupil"


def test_my_data_is_a_file_with_masked_numbers_and_its_download_is_recorded(client, me):
    answer = client.get(address("profile-data"))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    found = json.loads(answer.content)
    assert (found["phone"], found["entry"]["unit"]) == ("•••••••678", "Xã Cẩm Giàng")
    assert "345678" not in text(answer)
    assert AuditEntry.objects.filter(action="download_my_data").count() == 1


def test_consent_is_withdrawn_and_given_again_by_buttons(client, me):
    client.post(address("profile-consent"), {"dong-y": "0"})
    assert Consent.objects.get().withdrawn_at
    assert "Bạn đã rút lại sự đồng ý" in text(client.get(address("profile")))
    client.post(address("profile-consent"), {"dong-y": "1"})
    assert Consent.objects.count() == 2


def test_erasure_is_asked_for_by_a_button_and_shown(client, me):
    client.post(address("profile-erasure"))
    assert "Bạn đã gửi yêu cầu xóa lúc" in text(client.get(address("profile")))


@pytest.mark.parametrize("name", ["profile-consent", "profile-erasure"])
def test_a_link_alone_changes_nothing(client, me, name):
    assert client.get(address(name)).status_code == 405


@pytest.mark.parametrize("name", ["profile", "profile-edit", "profile-data"])
def test_strangers_are_shown_the_way_to_sign_in(client, contest, name):
    assert client.get(address(name)).url.startswith(reverse("sign-in"))


def test_what_is_sent_from_another_site_changes_nothing(me, contest):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(), TYPED).status_code == 403
    assert strict.post(reverse("sign-in"), {"login": "0912345678", "password": PASSWORD}).status_code == 403
