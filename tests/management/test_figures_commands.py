"""`lantoa bulletin` and `lantoa rebuild`."""

import json

import pytest
from django.core.management import CommandError, call_command

from lantoa.standings.models import Bucket
from tests.factories.contest import a_contest
from tests.factories.crowd import crowd


@pytest.fixture
def contest(db):
    contest = a_contest()
    crowd(contest, people=120)
    return contest


def test_the_bulletin_adds_up(contest, capsys):
    call_command("bulletin", contest.slug, "--format", "json")
    said = json.loads(capsys.readouterr().out)
    assert said["contest"] == contest.slug
    assert said["moment"].endswith("+07:00")
    assert said["registered"] == 120 == sum(unit["registered"] for unit in said["units"])
    assert said["finished_units"] == sum(unit["finished"] > 0 for unit in said["units"])
    assert said["units"][0]["rank"].keys() == {"registered", "finished", "ratio"}
    assert said["units"][0]["population"] is said["units"][0]["rank"]["ratio"] is None


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
