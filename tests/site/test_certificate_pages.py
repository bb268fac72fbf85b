"""The certificate's pages: what is missing, the sheet, and the public check that tells no more than it must."""

import gzip
import re
from datetime import timedelta

import pytest
from django.conf import settings as conf
from django.urls import reverse

from lantoa.awards.models import Certificate
from lantoa.exams import actions as exams
from lantoa.lib import clock
from lantoa.shares import actions as shares
from tests.factories.contest import a_bank, a_contest, a_contestant

SLUG = "thu-nghiem"


def at(name, **kwargs):
    return reverse(name, kwargs={"contest": SLUG, **kwargs})


def checked(number):
    return reverse("check-number", kwargs={"number": number})


def words(answer):
    return answer.content.decode()


@pytest.fixture
def me(db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
    a_bank(contest)
    return a_contestant(contest, name="Nguyễn Hoàng Phương Thảo Nguyên")


@pytest.fixture
def page(client, me):
    client.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    return client


def do_everything(me):
    attempt = exams.start_attempt(contestant=me)
    exams.submit_attempt(contestant=me, number=attempt.number, answers=[0] * 20)
    shares.send_share(contestant=me, kind="slogan", text="Chậm một nhịp, giữ trọn tiền.", may_publish=False)


@pytest.fixture
def issued(page, me):
    do_everything(me)
    page.post(at("certificate"))
    return Certificate.objects.get()


def test_the_page_names_the_first_step_that_is_missing(page, me):
    html = words(page.get(at("certificate")))
    assert html.count("còn thiếu") == 2
    assert at("exam") in html
    page.post(at("certificate"))
    assert not Certificate.objects.exists()


def test_looking_issues_nothing_pressing_the_button_does_once(page, me):
    do_everything(me)
    html = words(page.get(at("certificate")))
    assert "Sẽ in trên giấy" in html
    assert not Certificate.objects.exists()
    for _ in range(2):
        assert page.post(at("certificate")).url == at("certificate")
    assert Certificate.objects.get().number in words(page.get(at("certificate")))


def test_the_check_names_nobody_who_took_the_consent_back(page, issued, client):
    assert issued.name in words(client.get(checked(issued.number)))
    page.post(at("profile-consent"), {"dong-y": "0"})
    html = words(client.get(checked(issued.number)))
    assert issued.number in html
    assert issued.name not in html
    assert "đã rút lại sự đồng ý" in html


def test_the_files_come_as_pdf_and_picture(page, issued):
    pdf, png = page.get(at("certificate-pdf")), page.get(at("certificate-png"))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert (png["Content-Type"], png.content[:4]) == ("image/png", b"\x89PNG")
    assert issued.number in pdf["Content-Disposition"]
    assert "no-store" in pdf["Cache-Control"]


def test_before_it_is_issued_there_are_no_files(page):
    assert page.get(at("certificate-pdf")).url == at("certificate")
    assert page.get(at("certificate-png")).url == at("certificate")


def test_a_certificate_is_its_owners_alone(client, issued, me):
    client.force_login(a_contestant(me.contest, name="Người Khác").person.account)
    assert issued.number not in words(client.get(at("certificate")))
    assert client.get(at("certificate-pdf")).status_code == 302
    client.logout()
    assert client.get(at("certificate")).url.startswith(reverse("sign-in"))


def test_the_code_on_the_page_leads_to_the_public_address(page, issued, settings):
    settings.PUBLIC_URL = "https://congdanso.example"
    html = words(page.get(f"/en{at('certificate')}"))
    assert f"https://congdanso.example/kiem-tra/{issued.number}/" in html


def test_the_check_confirms_name_contest_and_date_and_nothing_more(client, issued, me):
    client.logout()
    html = words(client.get(checked(issued.number)))
    for told in (issued.name, issued.contest_name, f"{issued.issued_at.astimezone(clock.VIETNAM):%Y}"):
        assert told in html
    for kept in (issued.unit_name, f"{issued.correct}/{issued.asked}", issued.organiser, SLUG, me.unit.code):
        assert kept not in html


def test_the_check_page_is_the_same_for_the_owner(page, issued):
    html = words(page.get(checked(issued.number)))
    assert issued.unit_name not in html
    assert not re.search(rf"(?<![\d/]){issued.correct}/{issued.asked}(?!\d)", html)  # 1/20 stands in 22/11/2026, too


def test_the_check_is_for_no_search_engine_and_no_cache(client, issued):
    answer = client.get(checked(issued.number))
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in words(answer)


def test_a_number_may_be_typed_in_any_way(client, issued):
    typed = issued.number.lower().replace("-", " ")
    assert client.get(reverse("check"), {"so": typed}).url == checked(issued.number)
    assert client.get(checked(issued.number.lower())).url == checked(issued.number)


@pytest.mark.parametrize(
    "number", ["HP25-AAAA-AAAA-AAAA", "HP25", "'; DROP TABLE", "<script>alert(1)</script>", "٣" * 16]
)
def test_an_unknown_number_is_said_so_and_shown_harmlessly(client, db, number):
    answer = client.get(checked(number) if "/" not in number else reverse("check"), {"so": number})
    html = words(client.get(answer.url)) if answer.status_code == 302 else words(answer)
    assert "Không có giấy chứng nhận nào" in html or "có dạng HP25" in html
    assert "<script>alert" not in html


def test_every_unknown_number_gets_the_same_answer(client, db):
    first, second = (client.get(checked(n)) for n in ("HP25-AAAA-AAAA-AAAA", "HP25-BBBB-BBBB-BBBB"))
    assert (first.status_code, second.status_code) == (404, 404)
    assert words(first).replace("AAAA", "BBBB") == words(second)


def test_the_pages_ask_the_database_a_few_times_only(page, client, issued, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        page.get(at("certificate"))
    with django_assert_max_num_queries(4):
        page.get(at("certificate-pdf"))
    client.logout()
    with django_assert_max_num_queries(1):
        client.get(checked(issued.number))


def test_the_sheet_is_light_and_carries_no_style_of_its_own(page, issued):
    html = page.get(at("certificate")).content
    assert len(gzip.compress(html)) < 20_000
    assert b"style=" not in html
    assert b"<style" not in html


def test_the_address_of_the_installation_stands_in_the_settings():
    assert conf.PUBLIC_URL.startswith("http")
