"""One figure, one truth: open data, page, command and bulletin say the same of every moment (acceptance 5)."""

import json
from datetime import UTC, timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.test import Client

from lantoa.contests.models import Contestant, Correction, Movement
from lantoa.lib import clock
from lantoa.lib.clock import VIETNAM
from lantoa.people.models import Account
from lantoa.standings.bulletins import latest_moment, publish_bulletin
from lantoa.standings.figures import curve, newest_minute
from lantoa.standings.plain import plain

MOMENTS = 200
KEYS = ("registered", "finished", "attempts", "population", "ratio", "finished_units", "visits")


@pytest.fixture
def corrected(contest):
    """Forty entries taken back later, at minutes spread over the last days."""
    by = Account.objects.create(username="to-chuc", created_at=contest.opens_at)
    now = newest_minute(clock.now())
    for n, someone in enumerate(Contestant.objects.filter(contest=contest).order_by("pk")[:40]):
        known_at = now - timedelta(hours=n)
        decision = Correction.objects.create(
            contest=contest, kind="void", contestant=someone, known_at=known_at, by=by, reason="trùng"
        )
        step = {"contest": contest, "at": someone.joined_at, "known_at": known_at, "contestant": someone}
        Movement.objects.create(**step, unit=someone.unit, reg=-1, correction=decision)
    return contest


def by_code(rows, *without):
    return {row["code"]: {key: value for key, value in row.items() if key not in without} for row in rows}


def exactly(row):
    """The same row with the fraction that a bulletin writes instead of a decimal one."""
    return {**row, "ratio": f"{row['finished']}/{row['population']}" if row["population"] else None}


def told(contest, at, known_at, file):
    """What `lantoa bulletin --as-of … [--known …]` writes."""
    known = [f"--known={known_at.isoformat()}"] if known_at else []
    call_command("bulletin", contest.slug, f"--as-of={at.isoformat()}", *known, f"--output={file}")
    return json.loads(file.read_text(encoding="utf-8"))


def test_api_page_and_command_say_the_same_of_two_hundred_minutes(corrected, ask, tmp_path):
    rng, newest = Random(5), newest_minute(clock.now())
    minutes = int((newest - corrected.opens_at).total_seconds() // 60)
    for _ in range(MOMENTS):
        later = rng.randrange(minutes)
        at = newest.astimezone(UTC) - timedelta(minutes=later)
        known_at = at + timedelta(minutes=rng.randint(0, later))
        said = ask("statistics", as_of=at.isoformat(), known_at=known_at.isoformat()).json()
        command = told(corrected, at, known_at, tmp_path / "bulletin.json")
        assert (said["as_of"], said["known_at"]) == (command["moment"], command["known_at"])
        assert {key: said[key] for key in KEYS} == {key: command[key] for key in KEYS}, at
        assert by_code(said["units"]) == by_code(command["units"]), at
        assert by_code(said["clusters"]) == by_code(command["clusters"], "rank"), at


def test_page_command_open_data_and_a_bulletin_say_the_same_of_two_hundred_moments(corrected, ask, tmp_path):
    """Each moment is published; open data know whole minutes only (record 0018), the others seconds."""
    rng, newest = Random(6), latest_moment(corrected, clock.now())
    seconds = int((newest - corrected.opens_at).total_seconds())
    for n in range(MOMENTS + 40):
        at = newest - timedelta(seconds=rng.randrange(120, seconds))
        at = at.replace(second=0) if n < MOMENTS else at
        sealed = publish_bulletin(contest=corrected, as_of=at, by=None).data
        shown = Client().get(f"/{corrected.slug}/thong-ke/", {"luc": at.astimezone(VIETNAM).isoformat()})
        assert shown.context["moment"] == at
        rows = [told(corrected, at, None, tmp_path / "bulletin.json"), plain(shown.context["figures"])]
        if n < MOMENTS:
            rows.append(ask("statistics", as_of=at.isoformat()).json())
        for row in map(exactly, rows):
            assert {key: row[key] for key in KEYS} == {key: sealed[key] for key in KEYS}, at
            assert by_code(map(exactly, row["units"])) == by_code(sealed["units"]), at


def test_the_page_of_now_shows_what_the_newest_minute_says(contest, ask):
    page = Client().get(f"/{contest.slug}/thong-ke/").context
    said = ask("statistics").json()
    total = page["figures"].total
    assert (said["registered"], said["finished"], said["attempts"]) == (
        total.registered,
        total.finished,
        total.attempts,
    )
    assert {u["code"]: u["finished"] for u in said["units"]} == {u.code: u.finished for u in page["figures"].units}
    last = ask("curve").json()["days"][-1]
    assert (last["registered"], last["finished"], last["attempts"]) == (
        said["registered"], said["finished"], said["attempts"],
    )  # fmt: skip


def test_the_curve_of_the_api_is_that_of_the_page(contest, ask):
    at = newest_minute(clock.now()) - timedelta(days=3)
    days = ask("curve", as_of=at.isoformat(), known_at=at.isoformat()).json()["days"]
    expected = curve(contest, at, at)
    assert [(d["day"], d["registered"], d["finished"], d["attempts"]) for d in days] == [
        (d.day.isoformat(), d.registered, d.finished, d.attempts) for d in expected
    ]
