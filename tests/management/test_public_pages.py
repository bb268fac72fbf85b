"""`lantoa pages`: what is kept, that it is what the application says, when it is made again and when it goes."""

from __future__ import annotations

import gzip
import time
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from lantoa.contests.documents import Document
from lantoa.contests.models import ContestQuerySet
from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.lib import clock
from lantoa.lib.page_files import LEASE, PERIOD, PageFiles
from lantoa.management import public_pages
from lantoa.management.public_pages import LATER, SOON, Writer
from tests.factories.contest import a_bank, a_contest, a_contestant


@pytest.fixture
def contest(db):
    now = clock.now()
    made = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
    a_bank(made)
    somebody = a_contestant(made)
    start_attempt(contestant=somebody)
    submit_attempt(contestant=somebody, number=1, answers=[0] * made.asked)
    for kind in (Document.Kind.RULES, Document.Kind.HELP):
        Document.objects.create(contest=made, slug=kind, kind=kind, title=kind, body="Lời văn.", published_at=now)
    return made


@pytest.fixture
def away(monkeypatch):
    """`away(61)`: so many seconds later."""
    gone, began = [0.0], time.monotonic()
    monkeypatch.setattr(public_pages.time, "monotonic", lambda: began + gone[0])
    return lambda seconds: gone.__setitem__(0, gone[0] + seconds)


def kept(writer):
    return {name: (writer.files.made / f"{name}.html").read_bytes() for name in writer.files.names()}


def asked(name):
    """The address of a page that is kept under that name."""
    folder, _, last = name.rpartition("/")
    return f"/{folder}/".replace("//", "/") + (f"?{last}" if "=" in last else "")


@pytest.fixture
def still(contest, monkeypatch):
    """Every page is of one moment."""
    named, moment = ContestQuerySet.named, clock.now()

    def of_that_moment(self, slug):
        found = named(self, slug)
        found.moment = moment
        return found

    monkeypatch.setattr(ContestQuerySet, "named", of_that_moment)


def test_every_kept_page_is_byte_for_byte_what_the_application_answers(still, settings, tmp_path):
    writer = Writer()
    assert writer.round() == len(kept(writer)) > 30
    settings.PAGES = tmp_path / "nowhere"
    browser = Client()
    for name, html in kept(writer).items():
        answer = browser.get(asked(name))
        assert answer.content == html, name
        assert not answer.cookies
        assert gzip.decompress((writer.files.made / f"{name}.html.gz").read_bytes()) == html


def test_the_pages_that_everybody_opens_are_kept_in_both_languages(contest):
    writer = Writer()
    writer.round()
    for name in ("contest", "standings", "unit-standings", "cluster-standings", "statistics", "wall", "rules", "help"):
        for language in ("vi", "en"):
            with override(language):
                assert f"{reverse(name, args=[contest.slug])[1:]}index" in kept(writer)
    assert f"{contest.slug}/xep-hang/don-vi/theo=dang-ky" in kept(writer)
    assert f"{contest.slug}/quyen-rieng-tu/index" not in kept(writer), "there is no such document"


def test_a_page_with_somebody_elses_token_or_a_redirect_is_not_kept(contest):
    writer = Writer()
    writer.round()
    assert not any("csrfmiddlewaretoken" in html.decode() for html in kept(writer).values())
    assert "index" not in kept(writer), "the only contest opens at once"
    a_contest(slug="thu-hai", root=contest.root)
    writer.round()
    assert b"thu-hai" in kept(writer)["index"]


def test_nothing_written_nothing_made_and_a_minute_later_all_is(contest, away, monkeypatch):
    writer = Writer()
    many = writer.round()
    monkeypatch.setattr(clock, "written", lambda: writer._written)
    away(SOON)
    assert writer.round() == 0
    away(LATER - SOON)
    assert writer.round() == many


def test_what_is_written_is_shown_within_seconds_while_the_contest_is_open(contest, away):
    writer = Writer()
    writer.round()
    a_contestant(contest, name="Trần Thị Bình")
    assert writer.round() == 0, "not each beat"
    before = kept(writer)[f"{contest.slug}/thong-ke/index"]
    away(SOON)
    assert writer.round() > 0
    assert kept(writer)[f"{contest.slug}/thong-ke/index"] != before


def test_the_turn_of_a_phase_is_shown_with_the_next_beat(contest):
    writer = Writer()
    writer.round()
    contest.closes_at = clock.now() - timedelta(seconds=1)
    contest.save()
    assert writer.round() > 0
    assert "đã khép lại" in kept(writer)[f"{contest.slug}/index"].decode()


def test_a_contest_that_is_unpublished_leaves_with_the_next_beat(contest):
    writer = Writer()
    writer.round()
    contest.published = False
    contest.save()
    writer.round()
    assert not [name for name in kept(writer) if contest.slug in name]


def test_what_an_earlier_writer_left_goes_with_the_first_round(contest, settings):
    PageFiles(settings.PAGES).keep("cuoc-thi-cu/index", b"<html>")
    (settings.PAGES / "made" / "cuoc-thi-cu" / "index.html.4711").write_bytes(b"<ht")
    writer = Writer()
    writer.round()
    assert not list((settings.PAGES / "made" / "cuoc-thi-cu").iterdir())


def test_without_the_database_nothing_is_dropped_and_nobody_vouches(contest, away, monkeypatch):
    writer = Writer()
    writer.round()
    before, promised = kept(writer), sorted(path.name for path in writer.files.live.iterdir())
    away(LATER)
    answers = iter(["0/1"])

    def goes_away():
        try:
            return next(answers)
        except StopIteration:
            raise OperationalError("gone") from None

    monkeypatch.setattr(clock, "written", goes_away)
    monkeypatch.setattr(writer, "_handler", Broken())
    with pytest.raises(OperationalError):
        writer.round()
    assert kept(writer) == before
    assert sorted(path.name for path in writer.files.live.iterdir()) == promised


def test_a_page_that_breaks_alone_is_left_to_the_application(contest, away, monkeypatch):
    writer = Writer()
    writer.round()
    away(LATER)
    monkeypatch.setattr(writer, "_handler", Broken())
    writer.round()
    assert kept(writer) == {}


class Broken:
    """A site whose every page fails."""

    def get_response(self, request):
        return HttpResponse(status=500)


def test_promises_reach_two_minutes_ahead_and_old_ones_go(tmp_path):
    files = PageFiles(tmp_path)
    files.vouch(1_000_000_005)
    assert {int(path.name) for path in files.live.iterdir()} == set(
        range(100_000_000, 100_000_000 + LEASE // PERIOD + 1)
    )
    files.vouch(1_000_000_025)
    assert min(int(path.name) for path in files.live.iterdir()) == 100_000_002
    files.forget()
    assert not files.live.exists()
