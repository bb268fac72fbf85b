"""Registering and joining: what the page keeps, says and asks of the database."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import reverse

from lantoa.contests.models import Contestant
from lantoa.lib import clock
from lantoa.people import numbers
from lantoa.people.models import Account, Person
from lantoa.units.models import Kind, Unit
from tests.factories.contest import a_contest

SLUG = "thu-nghiem"
TYPED = {
    "full_name": "Nguyễn Hoàng Phương Thảo Nguyên",
    "phone": "０９１２ 345 678",
    "citizen_id": "0311 7500 4821",
    "unit": "11414",
    "group": "resident",
    "password": "nước lên thuyền lên",
    "consent": "on",
}


@pytest.fixture
def contest(db):
    now = clock.now()
    return a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))


def address(name="register", **kwargs):
    return reverse(name, kwargs={"contest": SLUG, **kwargs})


def send(client, **changed):
    return client.post(address(), {**TYPED, **changed})


def page_of(client, **changed):
    answer = send(client, **changed)
    assert answer.status_code == 200
    return answer.content.decode()


def test_whoever_registers_is_signed_in_for_thirty_days_and_goes_on_to_the_topics(client, contest):
    answer = send(client)
    assert answer.url == address("topics")
    assert client.session.get_expiry_age() == 30 * 24 * 3600
    me = Contestant.objects.get()
    assert (me.unit.code, me.group, me.person.full_name) == ("11414", "resident", TYPED["full_name"])
    assert numbers.clear(me.person, "phone") == "+84912345678"


def test_nothing_typed_is_lost_and_each_error_stands_at_its_field(client, contest):
    page = page_of(client, citizen_id="031 175 004 82", unit="", password="ngắn", consent="")
    for kept in (TYPED["full_name"], "０９１２ 345 678", "031 175 004 82", 'value="ngắn"'):
        assert kept in page
    assert "Còn 4 chỗ cần sửa" in page
    assert "Số căn cước cần đủ 12 chữ số. Bạn mới nhập 11 số." in page
    for field in ("citizen_id", "unit", "password", "consent"):
        assert f'href="#o-{field}"' in page
        assert f'id="o-{field}_error"' in page
    assert 'aria-invalid="true"' in page
    assert not Person.objects.exists()


def test_consent_is_never_given_beforehand(client, contest):
    page = client.get(address()).content.decode()
    (box,) = [tag for tag in page.split("<") if 'type="checkbox"' in tag]
    assert "checked" not in box


def test_an_unknown_prefix_is_a_hint_that_is_confirmed_by_sending_again(client, contest):
    page = page_of(client, citizen_id="999175004821")
    assert "Ba số đầu của số căn cước ít gặp" in page
    assert 'name="seen" value="1"' in page
    assert "summary-error" not in page
    assert send(client, citizen_id="999175004821", seen="1").url == address("topics")


def test_a_number_that_is_taken_shows_the_way_to_sign_in(client, contest):
    send(client)
    client.logout()
    page = page_of(client)
    assert "Số điện thoại này đã có tài khoản" in page
    assert f"{reverse('sign-in')}?contest={SLUG}" in page


def test_typed_words_name_the_unit_when_only_one_can_be_meant(client, contest):
    send(client, unit="", unit_typed="xã cẩm giàng")
    assert Contestant.objects.get().unit.code == "11414"


def test_typed_words_that_name_two_units_are_asked_about_and_kept(client, contest):
    page = page_of(client, unit="", unit_typed="cam giang")
    assert "Có nhiều nơi tên gần giống vậy" in page
    assert 'data-typed="cam giang"' in page


def test_units_that_differ_by_a_mark_are_told_apart_in_the_list(client, contest):
    page = client.get(address()).content.decode()
    assert "Xã Cẩm Giàng (Giàng: dấu huyền)" in page
    assert "Xã Cẩm Giang (Giang: không dấu)" in page


def test_a_units_qr_chooses_the_unit_and_a_villages_its_commune_too(client, contest):
    village = Unit.objects.create(
        code="11414-1", name="Thôn Đông", kind=Kind.VILLAGE, parent=contest.root.children.get(code="11414")
    )
    page = client.get(address(), {"don-vi": "11414"}).content.decode()
    assert '<option value="11414" selected>' in page
    assert "Bạn đăng ký cho <strong>Xã Cẩm Giàng</strong>" in page
    page = client.get(address(), {"don-vi": village.code}).content.decode()
    assert '<option value="11414" selected>' in page
    assert '<option value="11414-1" selected>' in page
    assert client.get(address(), {"don-vi": "không-có"}).status_code == 200


def test_a_place_inside_the_unit_is_optional_and_kept(client, contest):
    village = Unit.objects.create(
        code="11414-1", name="Thôn Đông", kind=Kind.VILLAGE, parent=contest.root.children.get(code="11414")
    )
    send(client, sub_unit=village.code)
    assert Contestant.objects.get().sub_unit == village


def test_the_units_come_as_json_and_a_commune_with_what_lies_inside_it(client, contest):
    Unit.objects.create(
        code="11414-1", name="Thôn Đông", kind=Kind.VILLAGE, parent=contest.root.children.get(code="11414")
    )
    everything = client.get(address("units-json")).json()["units"]
    assert {unit["name"] for unit in everything} == {"Xã Cẩm Giang", "Xã Cẩm Giàng", "Phường Lê Chân"}
    assert client.get(address("units-json"), {"trong": "11414"}).json()["units"] == [
        {"code": "11414-1", "name": "Thôn Đông", "kind": "village"}
    ]
    assert client.get(address("units-json"), {"trong": "31"}).json()["units"] == []


def test_outside_the_window_the_page_says_when(client, contest):
    contest.closes_at = clock.now() - timedelta(days=1)
    contest.save()
    assert "Cuộc thi đã kết thúc" in client.get(address()).content.decode()
    send(client)
    assert not Person.objects.exists()
    contest.opens_at, contest.closes_at = clock.now() + timedelta(days=1), clock.now() + timedelta(days=2)
    contest.save()
    assert "Cuộc thi chưa mở" in client.get(address()).content.decode()


def test_somebody_with_an_account_joins_another_contest_by_one_button(client, contest):
    send(client)
    other = a_contest(slug="cuoc-thi-hai", opens_at=contest.opens_at, closes_at=contest.closes_at)
    there = reverse("register", args=[other.slug])
    assert "Vào cuộc thi" in client.get(there).content.decode()
    assert client.post(there).url == reverse("topics", args=[other.slug])
    assert Contestant.objects.filter(contest=other).count() == 1
    assert client.get(there).url == reverse("topics", args=[other.slug])


def test_a_staff_account_cannot_take_part(client, contest):
    from lantoa.people.actions import create_staff

    client.force_login(
        create_staff(username="giam-khao", password="nước lên", roles=["judge"]),
        backend="lantoa.people.sign_in.PhoneOrCitizenId",
    )
    assert "không để dự thi" in client.get(address()).content.decode()
    assert client.post(address()).status_code == 200
    assert not Contestant.objects.exists()


def test_markup_in_every_field_stays_text(client, contest):
    page = page_of(client, **dict.fromkeys(TYPED, "<script>alert(1)</script>"), unit_typed="<script>alert(1)</script>")
    assert "<script>alert" not in page


def test_a_null_byte_is_refused_kindly(client, contest):
    answer = send(client, full_name="An\x00", phone="09123\x0045678")
    assert answer.status_code == 400
    assert "Chưa gửi được" in answer.content.decode()
    assert not Account.objects.exists()


def test_the_address_and_headers_of_the_answer_carry_no_number(client, contest):
    answer = send(client)
    for place in (answer.url, str(answer.headers), str(answer.cookies)):
        assert "345678" not in place
        assert "004821" not in place


def test_pages_that_belong_to_somebody_are_never_stored(client, contest):
    send(client, consent="")
    answer = send(client, consent="")
    assert "no-store" in answer.headers["Cache-Control"]


def test_asking_which_numbers_are_taken_ends_at_the_addresss_limit(client, contest, monkeypatch):
    monkeypatch.setattr("lantoa.people.sign_in.MOST_PER_ADDRESS", 3)
    send(client)
    client.logout()
    for _ in range(3):
        page_of(client)
    assert "Đã thử quá nhiều lần" in page_of(client)


def test_the_page_asks_two_questions_of_the_database_and_registering_four_more(
    client, contest, django_assert_max_num_queries
):
    with django_assert_max_num_queries(2):
        client.get(address())
    with django_assert_max_num_queries(6):  # its entry in the log among them
        send(client)


def test_signing_in_asks_three_questions_of_the_database(client, contest, django_assert_max_num_queries):
    send(client)
    client.logout()
    with django_assert_max_num_queries(3):
        client.post(reverse("sign-in"), {"login": "0912345678", "password": TYPED["password"], "contest": SLUG})
    assert Contestant.objects.filter(person__account=client.session[SESSION_KEY]).exists()
