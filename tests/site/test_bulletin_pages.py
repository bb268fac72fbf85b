"""Past moments on the statistics page, and the pages of bulletins: what they show and cost."""

import re
from datetime import timedelta

import pytest
from django.template.defaultfilters import filesizeformat

from lantoa.contests.ledger import enter_missing_joinings
from lantoa.contests.models import Correction, Movement
from lantoa.contests.sequencer import number_waiting, sign_head
from lantoa.lib import clock
from lantoa.people.actions import create_staff
from lantoa.site.views.bulletins import DOWNLOADS
from lantoa.standings.bulletins import latest_moment, publish_bulletin
from lantoa.standings.figures import figures
from lantoa.standings.models import Bulletin
from lantoa.standings.outputs.formats import FILES
from lantoa.standings.rebuild import rebuild
from tests.factories.contest import a_contest
from tests.factories.crowd import crowd
from tests.standings.conftest import a_population


@pytest.fixture
def running(db):
    """Three hundred people since ten days, with populations; folded."""
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20))
    for n, unit in enumerate(contest.root.children.order_by("code"), 1):
        a_population(unit, 5_000 * n)
    crowd(contest, people=300, until=now - timedelta(minutes=5))
    rebuild(contest)
    return contest


@pytest.fixture
def published(running):
    """Its first bulletin, of a day ago."""
    as_of = latest_moment(running, clock.now()) - timedelta(days=1)
    return publish_bulletin(contest=running, as_of=as_of, by=None)


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def shown(number):
    return f"{number:,}".replace(",", ".")


def test_a_past_moment_shows_its_figures_as_known_today(client, running, django_assert_max_num_queries):
    at = (clock.now() - timedelta(days=4)).replace(microsecond=0)
    typed = at.astimezone(clock.VIETNAM).strftime("%Y-%m-%dT%H:%M:%S")
    with django_assert_max_num_queries(5):
        page = text(client.get("/thu-nghiem/thong-ke/", {"luc": typed}))
    counted = figures(running, at)
    assert 0 < counted.total.registered < 300
    assert f"<dd>{shown(counted.total.registered)}</dd>" in page
    assert "tính theo những gì biết hôm nay" in page
    assert f"thong-ke.csv?luc={typed}" in page
    sheet = client.get("/thu-nghiem/thong-ke.csv", {"luc": typed}).content.decode()
    assert f"{typed}+07:00" in sheet


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hôm qua", "Không đọc được ngày giờ này"),
        ("2025-02-30T10:00", "Không đọc được ngày giờ này"),
        ("0001-01-01T00:00+23:00", "Không đọc được ngày giờ này"),
        ("9999-12-31T23:59", "chưa tới"),
        ("2001-01-01T10:00", "chưa mở"),
        ("<b>", "Không đọc được ngày giờ này"),
    ],
)
def test_a_moment_that_cannot_be_is_named_at_the_field_and_now_is_shown(client, running, typed, said):
    page = text(client.get("/thu-nghiem/thong-ke/", {"luc": typed}), 422)
    assert said in page
    assert 'aria-describedby="luc-loi"' in page
    assert "<dd>300</dd>" in page
    assert "<b>" not in page
    assert client.get("/thu-nghiem/thong-ke.csv", {"luc": typed}).status_code == 422


@pytest.mark.usefixtures("running")
def test_without_a_bulletin_the_list_leads_to_the_figures(client):
    page = text(client.get("/thu-nghiem/ban-tin/"))
    assert "Chưa có bản tin nào" in page
    assert client.get("/thu-nghiem/ban-tin/moi-nhat/")["Location"] == "/thu-nghiem/ban-tin/"
    assert client.get("/thu-nghiem/ban-tin/1/").status_code == 404
    assert client.get("/thu-nghiem/ban-tin/99999999999/").status_code == 404
    assert client.get("/thu-nghiem/ban-tin/1/ban-tin.json").status_code == 404


def test_a_bulletin_shows_its_figures_text_seal_and_files(client, published, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        assert "/thu-nghiem/ban-tin/1/" in text(client.get("/thu-nghiem/ban-tin/"))
    with django_assert_max_num_queries(5):
        page = text(client.get("/thu-nghiem/ban-tin/1/"))
    assert 'aria-current="page">Như đã công bố' in page
    said = published.data
    for number in (said["registered"], said["finished"], said["visits"]):
        assert f"<dd>{shown(number)}</dd>" in page
    for expected in (published.digest, bytes(published.signature).hex(), bytes(published.key).hex()):
        assert expected in page
    assert "Đến nay không có điều chỉnh nào" in page
    assert "Đây là bản tin đầu tiên" in page and "Đây là bản tin mới nhất" in page
    assert "Bulletin no. 1" in text(client.get("/en/thu-nghiem/ban-tin/1/"))


def test_a_later_correction_is_told_and_the_published_figure_stays(client, running, published):
    before = published.data["finished"]
    decider = create_staff(username="ban-to-chuc", password="rất dài và kín", roles=["organiser"])
    fact = Movement.objects.filter(contest=running, fin=1, at__lt=published.as_of).first()
    later = clock.now()
    decision = Correction.objects.create(
        contest=running, kind="void", contestant=fact.contestant, effective=fact.at, known_at=later, by=decider,
        reason="kiểm tra",
    )  # fmt: skip
    Movement.objects.create(
        contest=running, at=fact.at, known_at=later, contestant=fact.contestant, correction=decision, unit=fact.unit,
        fin=-1, att=-fact.att,
    )  # fmt: skip
    page = text(client.get("/thu-nghiem/ban-tin/1/"))
    assert "Sau đó có điều chỉnh" in page
    assert f"<dd>{shown(before)}</dd>" in page and f"<dd>{shown(before - 1)}</dd>" not in page
    today = text(client.get("/thu-nghiem/ban-tin/1/?hom-nay"))
    assert "Đây không phải bản đã công bố" in today and 'aria-current="page">Như biết hôm nay' in today
    assert f"<dd>{shown(before - 1)}</dd>" in today and f"đã công bố: {shown(before)}" in today
    assert f'<td class="n"><strong>{shown(before - 1)}</strong></td>' in today
    assert published.digest not in today, "what is not signed shows no signature"


@pytest.mark.usefixtures("published")
def test_without_corrections_today_says_that_every_figure_stands(client):
    page = text(client.get("/thu-nghiem/ban-tin/1/?hom-nay"))
    assert "Mọi con số vẫn như đã công bố" in page and "Những số đã khác" not in page


def test_bulletins_lead_to_their_neighbours_and_the_figures_to_the_newest(client, running, published):
    as_of = (published.as_of + timedelta(hours=3)).replace(second=20)  # a full minute is shown without its seconds
    publish_bulletin(contest=running, as_of=as_of, by=None)
    first, second = (text(client.get(f"/thu-nghiem/ban-tin/{number}/")) for number in (1, 2))
    assert 'rel="next" href="/thu-nghiem/ban-tin/2/"' in first and 'rel="prev"' not in first
    assert 'rel="prev" href="/thu-nghiem/ban-tin/1/"' in second and 'rel="next"' not in second
    assert published.digest in second, "it names its predecessor"
    assert 'href="/thu-nghiem/ban-tin/moi-nhat/"' in text(client.get("/thu-nghiem/thong-ke/"))
    assert client.get("/thu-nghiem/ban-tin/moi-nhat/")["Location"] == "/thu-nghiem/ban-tin/2/"
    assert f":{as_of.astimezone(clock.VIETNAM):%M:%S} ngày" in second


def test_the_list_shows_the_newest_with_its_figures(client, running, published):
    publish_bulletin(contest=running, as_of=published.as_of + timedelta(hours=3), by=None)
    page = text(client.get("/thu-nghiem/ban-tin/"))
    newest = Bulletin.objects.get(number=2).data
    assert f"<dd>{shown(newest['registered'])}</dd>" in page
    assert page.index("/thu-nghiem/ban-tin/2/") < page.index("/thu-nghiem/ban-tin/1/")


@pytest.mark.usefixtures("published")
def test_each_download_says_what_it_is_for_and_how_large_it_is(client):
    page = text(client.get("/thu-nghiem/ban-tin/1/"))
    for name, label, use in DOWNLOADS:
        size = len(client.get(f"/thu-nghiem/ban-tin/1/{name}").content)
        assert str(label) in page and str(use) in page
        assert filesizeformat(size) in page


def test_the_page_names_the_root_of_the_book_that_its_figures_follow_from(client, running):
    enter_missing_joinings(running)
    while number_waiting(running):
        pass
    bulletin = publish_bulletin(contest=running, as_of=latest_moment(running, clock.now()) - timedelta(days=1), by=None)
    head = sign_head(running, clock.now())
    page = text(client.get("/thu-nghiem/ban-tin/1/"))
    assert bytes(head.root).hex() in page
    assert f"{shown(bulletin.known_size)} dòng đầu" in page


def test_the_landing_leads_to_the_figures_of_its_own_second(client, running):
    page = text(client.get("/thu-nghiem/"))
    address = re.search(r'href="(/thu-nghiem/thong-ke/\?luc=[^"]+)"', page).group(1)
    assert "<dd>300</dd>" in text(client.get(address))
    assert running.slug in address


def test_every_file_can_be_had_in_both_languages_and_is_kept_by_its_content(client, published):
    tags = set()
    for language in ("", "/en"):
        for name in FILES:
            got = client.get(f"{language}/thu-nghiem/ban-tin/1/{name}")
            assert got.status_code == 200, name
            assert got["Cache-Control"] == "public, max-age=31536000, immutable"
            tags.add(got["ETag"])
            again = client.get(f"{language}/thu-nghiem/ban-tin/1/{name}", headers={"If-None-Match": got["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
    assert len(tags) == 2 * len(FILES)
    assert client.get("/thu-nghiem/ban-tin/1/niem-phong.json").content == Bulletin.objects.get().sealed
    assert client.get("/thu-nghiem/ban-tin/1/khac.png").status_code == 404
