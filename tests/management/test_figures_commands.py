"""`lantoa bulletin` and `lantoa rebuild`."""

import io
import json
import random
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from lantoa.standings.bulletins import publish_bulletin
from lantoa.standings.editions import Edition
from lantoa.standings.figures import figures
from lantoa.standings.models import Bucket, Bulletin
from lantoa.standings.outputs.formats import RENDERERS
from lantoa.standings.plain import plain
from tests.factories.contest import OPENS, a_contest
from tests.factories.crowd import crowd

COUNTS = ("registered", "finished", "attempts", "visits")
SEAL = {"status", "number", "previous", "known_at"}


@pytest.fixture
def contest(db):
    contest = a_contest()
    crowd(contest, people=120)
    return contest


def test_the_bulletin_adds_up(contest, capsysbinary):
    call_command("bulletin", contest.slug, "--format", "json")
    said = json.loads(capsysbinary.readouterr().out)
    assert said["contest"] == contest.slug
    assert said["moment"].endswith("+07:00")
    assert said["registered"] == 120 == sum(unit["registered"] for unit in said["units"])
    assert said["finished_units"] == sum(unit["finished"] > 0 for unit in said["units"])
    assert said["units"][0]["rank"].keys() == {"registered", "finished", "ratio"}
    assert said["units"][0]["population"] is said["units"][0]["rank"]["ratio"] is None


def said(contest, capsysbinary, *options):
    call_command("bulletin", contest.slug, *options)
    return capsysbinary.readouterr().out


def test_a_bulletin_is_published_read_back_by_number_and_checked(contest, capsysbinary):
    published = said(contest, capsysbinary, "--as-of", "2025-10-21T15:30", "--publish", "--format", "sealed")
    assert published == Bulletin.objects.numbered(contest, 1).sealed
    assert said(contest, capsysbinary, "--number", "1", "--format", "sealed") == published
    assert json.loads(said(contest, capsysbinary, "--number", "1", "--today"))["status"] == "as known today"
    assert json.loads(said(contest, capsysbinary, "--publish"))["number"] == 2
    assert b"2 bulletins" in said(contest, capsysbinary, "--check")


def test_every_format_is_written_for_any_moment(contest, capsysbinary, tmp_path):
    at = ["--as-of", "2025-10-21T15:30+07:00"]
    assert said(contest, capsysbinary, *at, "--format", "md").decode().startswith("# ")
    assert "People" in said(contest, capsysbinary, *at, "--format", "md", "--language", "en").decode()
    assert zipfile.is_zipfile(io.BytesIO(said(contest, capsysbinary, *at, "--format", "xlsx")))
    report = zipfile.ZipFile(io.BytesIO(said(contest, capsysbinary, *at, "--format", "docx")))
    assert "15 giờ 30 phút ngày 21 tháng 10 năm 2025" in report.read("word/document.xml").decode()
    assert said(contest, capsysbinary, *at, "--format", "pdf", "--language", "en").startswith(b"%PDF-")
    file = tmp_path / "so-lieu.csv"
    assert said(contest, capsysbinary, *at, "--format", "csv", "--output", str(file)) == b""
    assert "15:30 ngày 21/10/2025" in file.read_text(encoding="utf-8-sig")


def test_a_moment_that_may_still_change_or_a_number_that_is_not_there_is_refused(contest):
    for options, says in (
        (["--publish", "--as-of", "2999-01-01T00:00"], "a minute"),
        (["--publish", "--as-of", "2025-10-01T00:00"], "not opened"),
        (["--number", "7"], "no bulletin 7"),
    ):
        with pytest.raises(CommandError, match=says):
            call_command("bulletin", contest.slug, *options)


def test_what_was_rewritten_is_found(contest, capsysbinary):
    said(contest, capsysbinary, "--as-of", "2025-10-21T15:30", "--publish")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE lantoa_bulletin SET signature = '\\x00'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(SystemExit):
        call_command("bulletin", contest.slug, "--check")
    assert capsysbinary.readouterr().out == b"1: signature\n"


def test_at_random_moments_the_figures_of_the_command_and_of_a_bulletin_are_those_of_the_pages(
    contest, capsysbinary, client
):
    rng = random.Random(3)
    for _ in range(20):
        at = OPENS + timedelta(seconds=rng.randrange(32 * 86400))
        shown = json.loads(said(contest, capsysbinary, "--as-of", at.isoformat()))
        sealed = publish_bulletin(contest=contest, as_of=at, by=None)
        assert {k: v for k, v in shown.items() if k not in SEAL} == {
            k: v for k, v in json.loads(RENDERERS["json"](Edition(sealed.data), "vi")).items() if k not in SEAL
        }
        counted = plain(figures(contest, at))
        assert [shown[name] for name in COUNTS] == [counted[name] for name in COUNTS]
        assert shown["units"] == sorted(counted["units"], key=lambda unit: unit["code"])
    now = json.loads(said(contest, capsysbinary))
    page = client.get(reverse("statistics", args=[contest.slug])).context["figures"]
    assert [now[n] for n in COUNTS] == [page.total.registered, page.total.finished, page.total.attempts, page.visits]


def test_a_rebuild_finds_no_difference_and_a_check_finds_what_was_spoiled(contest, capsys):
    call_command("rebuild", contest.slug)
    call_command("rebuild", contest.slug, "--check")
    Bucket.objects.filter(level=1).delete()
    with pytest.raises(SystemExit) as stopped:
        call_command("rebuild", contest.slug, "--check")
    assert stopped.value.code == 1
    assert "F4" in capsys.readouterr().out
    call_command("rebuild", contest.slug)
    call_command("rebuild", contest.slug, "--check")


@pytest.mark.parametrize("command", ["bulletin", "rebuild"])
def test_a_contest_that_does_not_exist_is_said_so(db, command):
    with pytest.raises(CommandError, match="khong-co"):
        call_command(command, "khong-co")
