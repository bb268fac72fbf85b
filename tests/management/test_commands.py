"""`lantoa --help`, `lantoa demo`, the worker's beat, and what `lantoa serve` prepares."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import time, timedelta

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.management import call_command, get_commands

from lantoa.contests.ledger import milliseconds
from lantoa.contests.log import Entry
from lantoa.contests.models import Contest, Contestant, Movement
from lantoa.contests.visits import Visit
from lantoa.exams.actions import start_attempt
from lantoa.exams.models import Attempt, Best, Change
from lantoa.learning.progress import finished
from lantoa.lib import clock
from lantoa.management.commands import demo, serve, worker
from lantoa.management.main import GROUPS, main, usage
from lantoa.people.models import Account, Person
from lantoa.people.sign_in import sign_in
from lantoa.shares.models import Share
from lantoa.standings.bulletins import as_known_today, faults
from lantoa.standings.figures import figures
from lantoa.standings.models import Bucket, Bulletin, Totals
from lantoa.standings.schedule import publish_due
from tests.factories.contest import a_bank, a_contest, a_contestant

KEPT = [Person, Account, Contestant, Movement, Attempt, Best, Share, Visit]
CITY = -1


# --- lantoa --help --------------------------------------------------------------------------------------------------


def test_help_lists_every_command_in_its_group(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["lantoa", "--help"])
    main()
    said = capsys.readouterr().out
    assert said.strip() == usage()
    for group, commands in GROUPS.items():
        assert group in said
        assert all(f"  {name} " in said for name in commands)


def test_every_command_that_help_names_exists_and_every_one_of_ours_is_named():
    known = get_commands()
    named = {name for commands in GROUPS.values() for name in commands}
    ours = {name for name, app in known.items() if app == "lantoa"}
    assert named <= known.keys()
    assert ours <= named


# --- lantoa demo ----------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(db, settings, tmp_path):
    """The demonstration with forty people, in a data folder of its own."""
    settings.DATA = tmp_path
    call_command("demo", people=40)
    return Contest.objects.get()


def counted() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in KEPT}


def test_a_second_demo_keeps_everything(filled, settings, capsys):
    before, sheet = counted(), (settings.DATA / "demo-accounts.json").read_bytes()
    capsys.readouterr()
    call_command("demo", people=500)
    assert counted() == before
    assert (settings.DATA / "demo-accounts.json").read_bytes() == sheet
    said = capsys.readouterr().out
    assert all(account["password"] in said for account in json.loads(sheet))


def test_the_demo_is_open_today_with_a_crowd_that_did_everything(filled):
    now = clock.now()
    assert filled.phase(now).value == "open"
    assert filled.published
    found = figures(filled, now)
    assert found.total.registered == 40 + len(demo.CONTESTANTS)
    assert 0 < found.total.finished < found.total.registered
    assert found.total.attempts >= found.total.finished
    assert found.visits > found.total.registered
    assert not Attempt.objects.filter(submitted_at__gt=now).exists()
    assert {Share.State.PUBLISHED, Share.State.RETURNED} <= set(Share.objects.values_list("state", flat=True))


def test_what_the_demo_is_made_of_was_known_before_it_opened(filled):
    """So a bulletin of any moment since has every ratio, and the seed was committed to before the first paper."""
    since = filled.opens_at + timedelta(hours=1)
    assert all(unit.population for unit in figures(filled, since, since).units)
    published = Entry.objects.published(filled) | Entry.objects.filter(contest=filled, line__startswith="seed ")
    prepared = [entry for entry in published if not entry.line.startswith("bulletin ")]
    assert prepared
    assert all(entry.at_ms < milliseconds(filled.opens_at) for entry in prepared)


def test_everybody_in_the_demo_had_learned_before_the_exam(filled):
    assert all(finished(best.contestant) for best in Best.objects.select_related("contestant__contest"))


def test_a_rebuild_after_the_demo_finds_no_difference(filled, capsys):
    call_command("rebuild", filled.slug, "--check")
    assert "no difference" in capsys.readouterr().out


def test_the_demo_has_published_by_its_schedule_and_corrected_since(filled):
    first, second = Bulletin.objects.filter(contest=filled).order_by("number")
    assert {bulletin.as_of.astimezone(clock.VIETNAM).time() for bulletin in (first, second)} == {time(11)}
    assert second.as_of - first.as_of == timedelta(days=1)
    assert first.known_size, "it names the size of the log that it follows from"
    assert faults(filled) == []
    assert [change.what for change in as_known_today(second).changes]
    assert publish_due(first.as_of + timedelta(hours=1)) == 0, "the schedule has them already"


def test_each_account_of_the_demo_signs_in_and_has_its_role(filled):
    accounts = demo.sign_ins()
    assert [account["kind"] for account in accounts] == [*demo.STAFF, *demo.CONTESTANTS]
    for account in accounts:
        opened = sign_in(login=account["login"], password=account["password"], address="127.0.0.1")
        assert opened.kinds == ({account["kind"]} if account["kind"] in demo.STAFF else frozenset())


def test_a_demo_that_breaks_leaves_nothing_behind(db, settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path

    def breaks(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(demo, "share", breaks)
    with pytest.raises(RuntimeError):
        call_command("demo", people=40)
    assert not Contest.objects.exists()
    assert not (tmp_path / "demo-accounts.json").exists()


def test_the_units_of_the_demo_come_back_as_they_were_exported(filled, tmp_path, capsys):
    call_command("units", "export", "--output", str(tmp_path / "units.csv"))
    capsys.readouterr()
    call_command("units", "import", str(tmp_path / "units.csv"))
    assert "0 đơn vị mới, 0 đổi tên, 114 giữ nguyên, 0 số dân mới" in capsys.readouterr().out


# --- lantoa worker --------------------------------------------------------------------------------------------------


def test_a_beat_submits_what_ran_out_and_folds_it(db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))
    a_bank(contest)
    late, busy = a_contestant(contest), a_contestant(contest, name="Trần Thị Bình")
    ran_out = start_attempt(contestant=late, at=now - timedelta(hours=1))
    going_on = start_attempt(contestant=busy, at=now - timedelta(minutes=1))

    worker.beat()

    ran_out.refresh_from_db()
    going_on.refresh_from_db()
    assert (ran_out.submitted_at, ran_out.closed_by) == (ran_out.deadline, Attempt.ClosedBy.TIME)
    assert going_on.submitted_at is None
    assert Best.objects.get().contestant_id == late.pk
    assert not Change.objects.exists()
    assert sum(Bucket.objects.get(contest=contest, unit_id=CITY, level=0).counts) == 1
    assert Totals.objects.filter(contest=contest, fin=[1], att=[1]).exists()


def test_a_beat_closes_more_than_one_batch(db, monkeypatch):
    monkeypatch.setattr(worker, "BATCH", 2)
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))
    a_bank(contest)
    for serial in range(5):
        start_attempt(contestant=a_contestant(contest, name=f"Nguyễn Văn {serial}"), at=now - timedelta(hours=1))
    worker.beat()
    assert not Attempt.objects.filter(submitted_at=None).exists()


# --- lantoa serve ---------------------------------------------------------------------------------------------------


@pytest.fixture
def collected(settings, tmp_path, monkeypatch):
    """A folder of files to collect, and the list of times that collecting worked."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "site.css").write_text("body { margin: 0 }")
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    times: list[str] = []
    monkeypatch.setattr(serve, "get_finders", lambda: [FileSystemFinder()])
    monkeypatch.setattr(serve, "call_command", lambda name, **_options: times.append(name))
    return source, times


def test_static_files_are_collected_only_when_one_changed(collected):
    source, times = collected
    serve.collect_static()
    serve.collect_static()
    assert times == ["collectstatic"]
    (source / "site.css").write_text("body { margin: 0; padding: 0 }")
    serve.collect_static()
    serve.collect_static()
    assert times == ["collectstatic"] * 2


def test_a_new_static_file_is_collected(collected):
    source, times = collected
    serve.collect_static()
    (source / "new.js").write_text("export {};")
    serve.collect_static()
    assert times == ["collectstatic"] * 2


def test_the_site_is_served_by_processes_of_one_thread():
    command = serve.site_command("127.0.0.1", 8123, 3)
    assert command[command.index("--workers") + 1] == "3"
    assert command[command.index("--blocking-threads") + 1] == "1"
    assert command[command.index("--port") + 1] == "8123"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1"),
        ("glibc.malloc.check=3", "glibc.malloc.check=3"),
    ],
)
def test_what_serve_starts_asks_for_large_pages_unless_the_operator_says_otherwise(monkeypatch, own, expected):
    monkeypatch.setenv("GLIBC_TUNABLES", own or "")
    if own is None:
        monkeypatch.delenv("GLIBC_TUNABLES")
    monkeypatch.setattr(serve, "collect_static", lambda: None)
    seen = []
    monkeypatch.setattr(serve.os, "execv", lambda path, command: seen.append(os.environ["GLIBC_TUNABLES"]))
    monkeypatch.setattr(serve, "call_command", lambda *_, **__: sys.exit("the site alone ends in execv"))
    with pytest.raises(SystemExit):
        call_command("serve", "--site")
    assert seen == [expected]


@pytest.mark.parametrize(
    ("command", "nice"), [("rebuild x --check", 10), ("log verify x", 10), ("log run", 0), ("migrate", 0), ("serve", 0)]
)
def test_what_is_reckoned_by_hand_gives_way_to_the_site(command, nice):
    look = "import os, sys; from lantoa.management.main import give_way; give_way(sys.argv[1:]); print(os.nice(0))"
    already = os.nice(0)
    said = subprocess.run([sys.executable, "-c", look, *command.split()], capture_output=True, text=True, check=True)
    assert int(said.stdout) == max(already, nice)
