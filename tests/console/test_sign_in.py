"""The console's own door."""

from __future__ import annotations

from django.urls import reverse

from tests.console.conftest import PASSWORD, PHONE


def sign_in(client, username, password=PASSWORD):
    return client.post(reverse("admin:login"), {"username": username, "password": password, "next": "/quan-tri/"})


def test_staff_enter_by_user_name_and_password(world, client):
    assert sign_in(client, "organiser")["Location"] == "/quan-tri/"
    assert client.get("/quan-tri/").status_code == 200


def test_the_sign_in_page_leads_into_the_console_or_to_where_one_came_from(client, db):
    assert 'name="next" value="/quan-tri/"' in client.get(reverse("admin:login")).content.decode()
    asked = client.get(reverse("admin:lantoa_share_changelist"), follow=True).content.decode()
    assert 'name="next" value="/quan-tri/lantoa/share/"' in asked


def test_a_contestant_is_kindly_shown_to_the_contest(world, client):
    page = sign_in(client, PHONE).content.decode()
    assert "Trang này dành cho ban tổ chức" in page
    assert client.get("/quan-tri/").status_code == 302


def test_a_role_without_the_console_stays_outside(world, client):
    assert "Trang này dành cho ban tổ chức" in sign_in(client, "judge").content.decode()


def test_a_wrong_password_is_said_without_telling_which_was_wrong(world, client):
    known = sign_in(client, "organiser", "sai bét").content.decode()
    unknown = sign_in(client, "khong-co-ai", "sai bét").content.decode()
    for page in (known, unknown):
        assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in page


def test_the_console_never_leaves_for_another_site(world, client):
    answer = client.post(
        reverse("admin:login"), {"username": "organiser", "password": PASSWORD, "next": "https://ke-gian.example/"}
    )
    assert "ke-gian" not in answer["Location"]


def test_staff_change_their_own_password_where_everybody_does(world, client):
    sign_in(client, "organiser")
    answer = client.get(reverse("admin:password_change"), follow=True)
    assert answer.redirect_chain == [(reverse("password"), 302)]
    assert answer.status_code == 200


def test_signing_out_ends_it(world, client):
    sign_in(client, "organiser")
    client.post(reverse("admin:logout"))
    assert client.get("/quan-tri/").status_code == 302
