"""The pages of standings and statistics: what they show, what they cost, and that they hold with nobody there."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from lantoa.contests.models import Contestant
from lantoa.exams.models import Best
from lantoa.exams.ranking import RANKING
from lantoa.lib import clock
from lantoa.people.models import Account
from lantoa.site.charts import NARROW, WIDE, rising
from lantoa.site.views.standings import _pages
from lantoa.standings.figures import Day, Measure, figures
from lantoa.standings.ranks import my_ranks
from lantoa.standings.rebuild import rebuild
from lantoa.units.models import Cluster, ClusterMember, Population, Unit
from tests.factories.contest import a_contest
from tests.factories.crowd import crowd, finishers
from tests.standings.conftest import a_population

PAGES = ["standings", "unit-standings", "cluster-standings", "statistics"]


@pytest.fixture
def contest(db):
    """Open now, since ten days."""
    now = clock.now()
    return a_contest(opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20))


@pytest.fixture
def running(contest):
    """Three hundred people, populations, a cluster; folded."""
    for n, unit in enumerate(contest.root.children.order_by("code"), 1):
        a_population(unit, 5_000 * n)
    cluster = Cluster.objects.create(code="bien", name="Cụm Biển đảo")
    for unit in contest.root.children.order_by("code")[:2]:
        ClusterMember.objects.create(cluster=cluster, unit=unit)
    crowd(contest, people=300, until=clock.now())
    rebuild(contest)
    return contest


@pytest.fixture
def me(running, client):
    """Somebody in the middle of the standings, signed in."""
    results = list(Best.objects.filter(contest=running).order_by(*RANKING, "contestant_id"))
    mine = results[len(results) // 2]
    account = Account.objects.create(person=mine.contestant.person, created_at=clock.now())
    client.force_login(account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    return mine


def page(client, contest, name, **query):
    return client.get(reverse(name, args=[contest.slug]), query)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_pages_hold_before_the_opening_and_with_nobody_there(client, contest, name):
    assert "Người đầu tiên có thể là bạn" in text(page(client, contest, name)) or name == "cluster-standings"
    contest.opens_at = clock.now() + timedelta(days=1)
    contest.save()
    assert "chưa mở" in text(page(client, contest, name)) or name == "cluster-standings"
    contest.opens_at, contest.closes_at = clock.now() - timedelta(days=9), clock.now() - timedelta(days=1)
    contest.save()
    assert page(client, contest, name).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_pages_cost_at_most_three_queries_and_the_same_with_a_larger_crowd(
    client, me, running, name, django_assert_num_queries
):
    visitor = type(client)()
    page(visitor, running, name)
    cost = {"standings": (2, 3), "unit-standings": (2, 2), "cluster-standings": (2, 2), "statistics": (3, 3)}[name]
    for people in (0, 1500):
        if people:
            crowd(running, people=people, seed=9, until=clock.now())
        for who, most in ((visitor, cost[0]), (client, cost[1])):
            with django_assert_num_queries(most):
                assert page(who, running, name).status_code == 200


def test_the_first_page_shows_fifty_names_masked_with_their_ranks(client, running):
    shown = text(page(client, running, "standings"))
    assert shown.count('<th scope="row">') == 50
    first = Best.objects.filter(contest=running).order_by(*RANKING).first()
    assert first.contestant.person.full_name not in shown
    assert f"{20 - first.missed}</strong>" in shown


def test_i_see_my_places_and_my_row_on_its_page(client, me, running):
    places = my_ranks(me)
    shown = text(page(client, running, "standings"))
    assert "Hạng của bạn" in shown
    assert f"<b>{places.city}</b>" in shown
    assert f"<b>{places.unit}</b>" in shown
    number = (places.city - 1) // 50 + 1
    assert f"trang={number}#toi" in shown
    assert 'id="toi"' in text(page(client, running, "standings", trang=number))
    own = text(page(client, running, "standings", **{"don-vi": me.unit.code}))
    assert "#toi" in own


def test_a_unit_is_found_without_marks_and_two_of_that_spelling_are_told_apart(client, running):
    answer = page(client, running, "standings", q="le chan")
    assert answer.status_code == 302
    assert answer["Location"].endswith("?don-vi=11419")
    shown = text(client.get(answer["Location"]))
    assert "Phường Lê Chân" in shown
    choice = text(page(client, running, "standings", q="cam giang"))
    assert "Xã Cẩm Giang" in choice
    assert "Xã Cẩm Giàng" in choice
    assert page(client, running, "standings", q="Cẩm Giàng")["Location"].endswith("?don-vi=11414")
    assert "Không có đơn vị nào" in text(page(client, running, "standings", q="<script>"))


@pytest.mark.parametrize(
    "query", [{"trang": "0"}, {"trang": "999"}, {"trang": "x"}, {"trang": "٣"}, {"don-vi": "00000"}]
)
def test_addresses_that_lead_nowhere_are_not_found(client, running, query):
    assert page(client, running, "standings", **query).status_code == 404


@pytest.mark.parametrize(
    ("word", "measure"), [("ty-le", "ratio"), ("hoan-thanh", "finished"), ("dang-ky", "registered")]
)
def test_units_stand_in_the_order_of_each_measure(client, running, word, measure):
    shown = text(page(client, running, "unit-standings", theo=word))
    order = [unit.name for _, unit in figures(running, clock.now()).by(Measure(measure))]
    assert sorted(order, key=shown.index) == order


def test_the_search_among_units_keeps_their_ranks(client, running):
    shown = text(page(client, running, "unit-standings", q="LE CHAN"))
    assert "Phường Lê Chân" in shown
    assert "Xã Cẩm Giang" not in shown
    assert "Không có đơn vị nào" in text(page(client, running, "unit-standings", q="zzz"))


def test_a_cluster_ranks_its_own_units(client, running):
    shown = text(page(client, running, "unit-standings", cum="bien"))
    assert "Xã Cẩm Giang" in shown
    assert "Phường Lê Chân" not in shown
    assert "Cụm Biển đảo" in text(page(client, running, "cluster-standings"))


def test_my_unit_stands_first_and_in_its_place(client, me, running):
    assert text(page(client, running, "unit-standings")).count("đơn vị bạn") == 2
    assert text(page(client, running, "unit-standings", q=me.unit.name)).count("đơn vị bạn") == 1


def test_each_unit_stands_first_for_its_own_people_only_whoever_looked_before(client, me, running):
    for _ in range(2):
        for unit in running.root.children.order_by("code")[:3]:
            Contestant.objects.filter(pk=me.contestant_id).update(unit=unit)
            rows = re.findall(r"<tr.*?</tr>", text(page(client, running, "unit-standings")), re.DOTALL)
            own = [row for row in rows if "is-me" in row]
            assert [f"don-vi={unit.code}" in row and "đơn vị bạn" in row for row in own] == [True, True]
            assert "is-first" in own[0]
            assert own[0] == rows[1]  # after the head
            assert len(rows) == 1 + 1 + running.root.children.count()
    client.logout()
    assert "is-me" not in text(page(client, running, "unit-standings"))


def test_a_unit_without_population_is_shown_unranked(client, running):
    Population.objects.filter(unit__code="11419").delete()
    shown = text(page(client, running, "unit-standings"))
    assert "chưa có dân số được duyệt" in shown
    assert "chưa xếp hạng" in shown


def test_statistics_show_the_figures_with_their_moment_and_a_table_behind_the_chart(client, running):
    shown = text(page(client, running, "statistics"))
    total = figures(running, clock.now()).total
    for number in (total.registered, total.finished, total.attempts):
        assert f"<dd>{number}</dd>" in shown
    assert "Tính đến" in shown
    assert shown.count('class="chart"') == 2
    assert "Xem dạng bảng" in shown
    assert "style=" not in shown


def test_the_sheet_holds_every_unit_and_no_formula(client, running):
    Unit.objects.filter(code="11419").update(name="=HYPERLINK()", kind="office")
    Unit.objects.filter(code="11413").update(name="Cẩm, Giang")
    answer = page(client, running, "statistics-csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    counted = figures(running, clock.now())
    assert len(rows) == len(counted.units) == 2
    assert sum(int(row["dang_ky"]) for row in rows) == counted.total.registered
    assert "Cẩm, Giang" in rows[0]["don_vi"]
    assert answer["Content-Disposition"].endswith('.csv"')


def test_names_of_people_and_units_are_escaped(client, running):
    person = finishers(running)[0].person
    person.full_name = "<b>Nguyễn</b> <script>alert(1)</script> An"
    person.save()
    running.public_names = "full"
    running.save()
    Best.objects.filter(contestant__person=person).update(missed=0, ms=1)
    Unit.objects.filter(code="11419").update(name="<img src=x>")
    rebuild(running)
    for name in PAGES:
        shown = text(page(client, running, name))
        assert "<script>alert" not in shown
        assert "<img src=x>" not in shown


def test_english_pages_hold(client, running):
    with translation.override("vi"):
        addresses = [f"/en{reverse(name, args=[running.slug])}" for name in PAGES]
    for address in addresses:
        assert '<html lang="en">' in text(client.get(address))


def test_the_pages_named_are_the_first_the_near_and_the_last():
    assert _pages(1, 1) == [1]
    assert _pages(1, 3) == [1, 2, 3]
    assert _pages(5, 10) == [1, None, 4, 5, 6, None, 10]
    assert _pages(10, 10) == [1, None, 9, 10]


@pytest.mark.parametrize("frame", [WIDE, NARROW])
@pytest.mark.parametrize(("registered", "finished"), [(1, 0), (3, 3), (70_949, 42_117), (9_999, 9_998), (100, 1)])
def test_the_chart_stays_inside_its_frame_and_its_words_apart(frame, registered, finished):
    for length in (1, 2, 11, 32, 90):
        days = [
            Day(date(2025, 10, 11), registered * n // length, finished * n // length, 0) for n in range(1, length + 1)
        ]
        chart = rising(days, frame)
        points = [tuple(map(int, point.split(","))) for point in f"{chart.area} {chart.finished}".split()]
        assert all(0 <= x <= frame.width and 0 <= y <= frame.base for x, y in points)
        assert 1 <= len(chart.days) <= frame.names
        assert len(chart.lines) <= 5
        ends = [int(chart.end.y), int(chart.end_finished.y)]
        assert ends[1] - ends[0] >= 20 or ends[0] - ends[1] >= 20
        assert all(20 <= y <= frame.base for y in ends)


def test_a_contestant_without_a_result_is_told_where_the_rank_will_be(client, running):
    someone = Contestant.objects.filter(contest=running, best__isnull=True).first()
    account = Account.objects.create(person=someone.person, created_at=clock.now())
    client.force_login(account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    assert "Bạn chưa có kết quả" in text(page(client, running, "standings"))
