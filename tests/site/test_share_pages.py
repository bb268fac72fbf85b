"""The share's pages: what the author writes comes back unharmed, what the public sees is only what it may."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lantoa.exams import actions as exams
from lantoa.lib import clock
from lantoa.people.models import Account, Role
from lantoa.shares import actions
from lantoa.shares.models import Report, Share
from tests.factories.contest import OPENS, a_bank, a_contest, a_contestant

SLUG = "thu-nghiem"
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}'
SLOGAN = "Chậm một nhịp, giữ trọn tiền nhà."


def at(name, **kwargs):
    return reverse(name, kwargs={"contest": SLUG, **kwargs})


@pytest.fixture
def contest(db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
    a_bank(contest)
    return contest


@pytest.fixture
def me(contest):
    contestant = a_contestant(contest, name="Nguyễn Hoàng Phương Thảo Nguyên")
    attempt = exams.start_attempt(contestant=contestant)
    exams.submit_attempt(contestant=contestant, number=attempt.number, answers=[0] * 20)
    return contestant


@pytest.fixture
def page(client, me):
    client.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    return client


@pytest.fixture
def organiser(db):
    account = Account.objects.create(username="organiser", created_at=OPENS)
    Role.objects.create(account=account, kind="organiser")
    return account


def publish(me, organiser, text=SLOGAN, kind="slogan"):
    share = actions.send_share(contestant=me, kind=kind, text=text, may_publish=True)
    return actions.publish_share(share=share, by=organiser)


def words(answer):
    return answer.content.decode()


def test_the_form_asks_for_consent_and_never_ticks_it(page):
    html = words(page.get(at("share")))
    box = html[html.index('id="dang"') - 40 : html.index('id="dang"') + 60]
    assert "checked" not in box
    assert "Nguyễn H. P. T. Nguyên" in html
    assert page.post(at("share"), {"loai": "slogan", "noi-dung": SLOGAN}).status_code == 302
    assert Share.objects.get().may_publish is False


def test_what_was_written_stays_when_it_does_not_fit(page):
    answer = page.post(at("share"), {"loai": "story", "noi-dung": f"Dòng một\n{ATTACK}", "dang": "1"})
    html = words(answer)
    assert answer.status_code == 422
    assert "Viết ít nhất 100 ký tự." in html
    assert "Dòng một\n&quot;&gt;&lt;script&gt;" in html
    assert "<script>alert" not in html
    assert not Share.objects.exists()


@pytest.mark.parametrize("kind", ["", "poem", ATTACK])
def test_an_unknown_kind_is_asked_for_again(page, kind):
    answer = page.post(at("share"), {"loai": kind, "noi-dung": SLOGAN})
    assert answer.status_code == 422
    assert "Chọn khẩu hiệu, thông điệp hoặc câu chuyện." in words(answer)


def test_each_state_is_told_to_the_author(page, me, organiser):
    page.post(at("share"), {"loai": "slogan", "noi-dung": SLOGAN, "dang": "1"})
    assert "Đã nhận" in words(page.get(at("share")))
    actions.return_share(share=Share.objects.get(), by=organiser, reason=f"Bỏ tên người khác {ATTACK}")
    html = words(page.get(at("share")))
    assert "Cần sửa" in html
    assert "Bỏ tên người khác &quot;&gt;" in html
    page.post(at("share"), {"loai": "slogan", "noi-dung": SLOGAN, "dang": "1"})
    actions.publish_share(share=Share.objects.get(), by=organiser)
    html = words(page.get(at("share")))
    assert "Đã đăng" in html
    assert 'name="noi-dung"' not in html


def test_the_author_takes_the_share_off_the_wall(page, me, organiser, client):
    publish(me, organiser)
    assert SLOGAN in words(client.get(at("wall")))
    assert page.get(at("share-withdraw")).status_code == 405
    page.post(at("share-withdraw"))
    assert SLOGAN not in words(client.get(at("wall")))
    assert "Bạn chọn không đăng lên trang chung" in words(page.get(at("share")))


def test_before_the_first_exam_the_page_says_what_to_do(client, contest):
    somebody = a_contestant(contest)
    client.force_login(somebody.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    assert "Thi xong rồi chia sẻ" in words(client.get(at("share")))
    answer = client.post(at("share"), {"loai": "slogan", "noi-dung": SLOGAN})
    assert answer.status_code == 422
    assert not Share.objects.exists()


def test_the_wall_shows_words_as_words_and_keeps_their_lines(client, me, organiser):
    publish(me, organiser, kind="message", text=f"Dòng một\n\nDòng hai {ATTACK}")
    html = words(client.get(at("wall")))
    assert "Dòng một\n\nDòng hai &quot;&gt;&lt;script&gt;" in html
    assert "<script>alert" not in html
    assert "onerror=alert(2)&gt;" in html


def test_the_wall_never_shows_the_whole_name(client, me, organiser):
    publish(me, organiser)
    html = words(client.get(at("wall")))
    assert "Nguyễn H. P. T. Nguyên" in html
    assert me.person.full_name not in html


def test_an_empty_wall_and_an_empty_corner_of_it_are_told_apart(client, contest, me, organiser):
    assert "Chưa có bài chia sẻ nào" in words(client.get(at("wall")))
    publish(me, organiser)
    assert "Chưa có bài nào ở đây" in words(client.get(at("wall"), {"loai": "story"}))


@pytest.mark.parametrize(
    "query",
    [{"loai": ATTACK}, {"don-vi": ATTACK}, {"truoc": ATTACK}, {"truoc": "1-1"}, {"loai": "x" * 5_000, "truoc": "-1"}],
)
def test_odd_questions_to_the_wall_do_no_harm(client, me, organiser, query):
    publish(me, organiser)
    answer = client.get(at("wall"), query)
    assert answer.status_code == 200
    assert "<script>alert" not in words(answer)


def test_a_report_needs_a_reason_and_no_name(client, me, organiser):
    share = publish(me, organiser)
    address = at("report-share", share=share.pk)
    assert "Viết một câu" in words(client.post(address, {"ly-do": " "}))
    assert client.post(address, {"ly-do": ATTACK}).url == at("wall")
    assert Report.objects.get().share == share
    assert client.get(at("report-share", share=share.pk + 1)).status_code == 404


def test_what_is_not_public_cannot_be_looked_at_by_reporting_it(client, me):
    share = actions.send_share(contestant=me, kind="slogan", text=SLOGAN, may_publish=True)
    assert client.get(at("report-share", share=share.pk)).status_code == 404


def test_the_pages_ask_the_database_a_few_times_only(page, client, me, organiser, django_assert_max_num_queries):
    publish(me, organiser)
    page.get(at("share"))
    with django_assert_max_num_queries(5):
        page.get(at("share"))
    client.logout()
    with django_assert_max_num_queries(3):
        client.get(at("wall"))


def test_a_page_of_the_wall_is_light(client, contest, organiser):
    import gzip

    for n in range(12):
        author = a_contestant(contest, name=f"Trần Thị Số {n}")
        attempt = exams.start_attempt(contestant=author)
        exams.submit_attempt(contestant=author, number=attempt.number, answers=[0] * 20)
        publish(author, organiser, kind="story", text=f"{n} " + "Ở thôn tôi có tổ công nghệ số. " * 30)
    assert len(gzip.compress(client.get(at("wall")).content)) < 20_000
