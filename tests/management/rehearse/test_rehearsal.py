"""A whole rehearsal against a live server, from the contest's making to its removal without trace."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from lantoa.awards.rehearsals import GIVES_WAY, TRIES, remove_rehearsals
from lantoa.contests.models import Contest
from lantoa.contests.rehearsals import PREFIX, rehearsals
from lantoa.contests.rounds import sequence
from lantoa.contests.visit_log import VisitLog, count_logs
from lantoa.lib import clock
from lantoa.management.commands.demo import PACKAGE
from lantoa.management.commands.package import import_package
from lantoa.management.rehearse import report
from lantoa.management.rehearse.books import Books, Person
from lantoa.management.rehearse.browser import Place
from lantoa.management.rehearse.checking import compare_board, compare_figures, compare_log, compare_ranks
from lantoa.management.rehearse.installation import Installation, NotARehearsal
from lantoa.management.rehearse.journey import Journey, Manner
from lantoa.management.rehearse.running import Asked, Run, drive
from lantoa.management.rehearse.wire import Wire
from lantoa.standings.figures import FOREVER, SETTLES, figures
from lantoa.standings.plain import plain
from lantoa.standings.rebuild import difference
from tests.factories.contest import a_contest, a_contestant
from tests.factories.front import HOST, free_port, front

WAITED_FOR = "SELECT 1 FROM pg_locks WHERE relation = 'lantoa_attempt'::regclass AND NOT granted"
SHARE = 0.0002  # 14 people; the history's shape stays


def rows_of_all_tables() -> dict[str, int]:
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    with connection.cursor() as cursor:
        return {table: cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def a_real_contest_beside() -> Contest:
    import_package(folder=PACKAGE, publish=True)
    contest = Contest.objects.public()[0]
    for _ in range(3):
        a_contestant(contest)
    return contest


def prepared() -> Contest:
    call_command("rehearse", prepare=True, cards=1)
    return rehearsals().get()


def driven(url: str, contest: Contest) -> Run:
    asked = Asked(f"{url}/{contest.slug}/", SHARE, seconds=1, at_once=6, manner=Manner(saves=2))

    async def go() -> Run:
        async with Wire(asked.address) as wire:
            return await drive(asked, wire, lambda _: None)

    return asyncio.run(go())


async def compared_outside(run: Run):
    async with Wire(run.asked.address) as wire:
        place, installation = Place(wire, run.asked.slug, run.books), Installation(wire, run.asked.slug)
        rows = await installation.board()
        found = compare_board(run.books, rows) + compare_log(run.books, await installation.log())
        return found + await compare_ranks(place, rows, seed=1)


@pytest.fixture
def behind_nginx(live_server, settings, tmp_path):
    """The shipped form: nginx in front, which counts visits and lets the rehearsal's address through its limits."""
    settings.PUBLIC_URL = f"http://{HOST}:{free_port()}"
    settings.VISITS_LOG = tmp_path / "visits.log"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return lambda: front(tmp_path / "nginx", [live_server.url.removeprefix("http://")], rehearsers=(HOST,))


@pytest.mark.django_db(transaction=True)
def test_the_books_equal_the_installation_and_removing_leaves_every_table_as_it_was(behind_nginx, settings):
    real = a_real_contest_beside()
    sequence(real, clock.now())
    before = rows_of_all_tables()

    contest = prepared()
    with behind_nginx():
        run = driven(settings.PUBLIC_URL, contest)
        assert run.books.failed == {}, run.books.failures
        assert run.skipped == 0
        assert run.books.visits == run.plan.visits[-1]
        assert (run.books.registered().total(), run.books.attempts().total()) == (14, 12)
        sequence(contest, clock.now())
        run.compared = asyncio.run(compared_outside(run))
    count_logs(settings.VISITS_LOG, shard=1)
    later = clock.now() + 2 * SETTLES
    told = plain(figures(contest, later, FOREVER))
    run.compared += compare_figures(run.books, told)
    assert [one for one in run.compared if not one.equal] == []
    assert run.fine
    assert difference(contest) == []
    assert "**Đạt.**" in report.told(run, [])

    # The control: a book with one person, one page, one attempt too many is found out.
    wrong = Books(run.books.people[1:], run.books.visits + 1)
    assert {one.what for one in compare_figures(wrong, told) if not one.equal} >= {"người đăng ký", "lượt truy cập"}

    call_command("rehearse", remove=True)
    VisitLog.objects.all().delete()  # how far nginx's log was read is the installation's, not the rehearsal's
    assert rows_of_all_tables() == before
    assert not list(settings.EXPORT.glob("dien-tap-*"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits", [GIVES_WAY, "0"])
def test_who_removes_a_rehearsal_gives_way_to_whoever_reads_its_tables_in_another_order(monkeypatch, waits):
    """With the control: without giving way, one of both is told of a deadlock."""
    monkeypatch.setattr("lantoa.awards.rehearsals.GIVES_WAY", waits)
    monkeypatch.setattr("lantoa.awards.rehearsals.TRIES", TRIES if waits != "0" else 1)
    a_contest(slug=f"{PREFIX}thu", rehearsal=True)
    reads = Barrier(2)

    def read() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE lantoa_attempt IN ACCESS SHARE MODE")
                reads.wait()
                while not cursor.execute(WAITED_FOR).fetchone():
                    pass
                cursor.execute("SELECT count(*) FROM lantoa_best")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        reads.wait()
        errors = []
        for one in (remove_rehearsals, reading.result):
            try:
                one()
            except OperationalError as error:
                errors.append(type(error.__cause__))
    assert errors == ([] if waits != "0" else [DeadlockDetected])
    assert rehearsals().exists() == (errors != [] and not reading.exception())


@pytest.mark.django_db
def test_a_rehearsal_needs_the_units_is_listed_nowhere_marked_on_its_pages_and_alone(client):
    with pytest.raises(CommandError, match="chưa có đơn vị"):
        prepared()
    real = a_real_contest_beside()
    contest = prepared()
    assert list(Contest.objects.public()) == [real]
    listed = client.get("/api/v1/contests/").json()["contests"]
    assert [one["slug"] for one in listed] == [real.slug]
    for path in ("", "xep-hang/", "dang-ky/", "the-le/"):
        assert "Đây không phải cuộc thi thật" in client.get(f"/{contest.slug}/{path}").text
        assert "Đây không phải cuộc thi thật" not in client.get(f"/{real.slug}/{path}").text
    with pytest.raises(CommandError, match="đã có"):
        prepared()


@pytest.mark.django_db
def test_the_database_keeps_real_people_and_rehearsals_apart_for_life():
    real = a_contest()
    person = a_contestant(real).person
    rehearsal = a_contest(slug="dien-tap-thu", rehearsal=True)
    for wrong in (
        lambda: a_contestant(rehearsal),
        lambda: Contest.objects.filter(pk=real.pk).update(rehearsal=True),
        lambda: type(person).objects.filter(pk=person.pk).update(rehearsal=True),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


@pytest.mark.django_db(transaction=True)
def test_a_real_contest_is_never_driven(live_server):
    contest = a_contest()
    with pytest.raises(NotARehearsal):
        driven(live_server.url, contest)
    assert not contest.contestants.exists()


@pytest.mark.django_db(transaction=True)
def test_who_was_turned_away_in_the_middle_of_an_exam_goes_on_with_it_later(behind_nginx, settings):
    a_real_contest_beside()
    contest = prepared()
    Contest.objects.filter(pk=contest.pk).update(opens_at=clock.now() - timedelta(hours=1))
    person = Person(1, contest.root.children.order_by("code")[0].code)

    async def go() -> None:
        async with Wire(f"{settings.PUBLIC_URL}/{contest.slug}/") as wire:
            journey = Journey(Place(wire, contest.slug, Books([person])), seed=1, manner=Manner(saves=2))
            await journey.register(person)
            await journey.learn(person)
            await journey.sit(person, 0, hand_in=False)
            await journey.sit(person, 0)

    with behind_nginx():
        asyncio.run(go())
    assert [sat.number for sat in person.sat] == [person.left_open] == [1]
