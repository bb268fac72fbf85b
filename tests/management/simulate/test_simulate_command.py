"""`lantoa simulate`: the days made again as rows that keep every rule of the rooms."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from lantoa.contests.ledger import milliseconds
from lantoa.contests.log import Entry, Leaf
from lantoa.contests.models import Contest, Contestant, Movement
from lantoa.contests.visits import Visit
from lantoa.exams.bank import key_of, open_bank
from lantoa.exams.marking import ORDER_INDEX, hits
from lantoa.exams.models import Attempt, Best
from lantoa.exams.sittings import sitting
from lantoa.learning.progress import finished
from lantoa.lib.roughly import in_words
from lantoa.lib.written import count
from lantoa.management.commands import demo
from lantoa.management.simulate.published import CLOSES, OPENS, REFERENCE, smaller
from lantoa.people import numbers
from lantoa.people.models import Account, Person
from lantoa.people.sign_in import sign_in
from lantoa.people.validity import missing
from lantoa.shares.models import Share
from lantoa.standings import log_checks
from lantoa.standings.bulletins import as_known_today, faults
from lantoa.standings.figures import figures
from lantoa.standings.models import Bulletin
from lantoa.standings.outputs.press import clock, press

PART = 150


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """A new installation with one of 150 people, for all tests of this file; gone with the last of them."""
    data = override_settings(DATA=tmp_path_factory.mktemp("simulated"))
    with django_db_blocker.unblock(), data, transaction.atomic():
        call_command("simulate", new=True, part=PART)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def simulated(made, db):
    return Contest.objects.get()


def test_the_figures_at_both_moments_are_the_published_ones(simulated):
    for row in smaller(REFERENCE, PART):
        found = figures(simulated, row.at)
        assert (found.total.registered, found.total.finished, found.total.attempts, found.visits) == (
            row.registered, row.finished, row.attempts, row.visits
        )  # fmt: skip
        assert found.total.ratio is not None


def test_a_recount_finds_no_difference(simulated, capsys):
    call_command("rebuild", simulated.slug, "--check")
    assert "no difference" in capsys.readouterr().out


def test_every_paper_is_drawn_by_its_key_and_marked_as_the_marking_does(simulated):
    for attempt in Attempt.objects.select_related("contestant").order_by("pk"):
        opened = open_bank(attempt.bank_id)
        paper = opened.draw.draw(key_of(simulated, bytes(attempt.contestant.who), attempt.number))
        assert attempt.questions == [opened.by_code[code].pk for code in paper.questions]
        assert attempt.orders == [ORDER_INDEX[order] for order in paper.options]
        assert attempt.correct == sum(hits(attempt.answers, attempt.orders, opened.keys(attempt.questions)))
        assert attempt.submitted_at - attempt.started_at == timedelta(milliseconds=attempt.duration_ms)


def test_everything_happened_while_the_contest_was_open(simulated):
    for rows in (
        Contestant.objects.values_list("joined_at", flat=True),
        Attempt.objects.values_list("started_at", flat=True),
        Attempt.objects.values_list("submitted_at", flat=True),
        Movement.objects.values_list("known_at", flat=True),
        Visit.objects.values_list("minute", flat=True),
        Share.objects.values_list("sent_at", flat=True),
    ):
        assert rows
        assert all(OPENS <= at < CLOSES for at in rows)


def test_everybody_is_a_valid_person_of_their_own_who_learned_before_the_exam(simulated):
    assert Person.objects.count() == Contestant.objects.count() == Account.objects.filter(person__isnull=False).count()
    for contestant in Contestant.objects.select_related("person", "contest").order_by("?")[:50]:
        assert missing(contestant.person) == []
        assert numbers.masked(contestant.person)["phone"]
    for best in Best.objects.select_related("contestant__contest").order_by("?")[:50]:
        assert finished(best.contestant)


def test_every_registration_and_attempt_is_in_the_log_and_says_what_happened(simulated):
    found = Entry.objects.filter(contestant__isnull=False, number__isnull=False)
    assert found.count() == Contestant.objects.count() + Attempt.objects.count()
    assert log_checks.difference(simulated) == []
    for attempt in Attempt.objects.select_related("contestant__contest").order_by("?")[:50]:
        entry = Entry.objects.of_attempt(attempt.contestant_id, attempt.number)
        secret = bytes(entry.secret)
        again = sitting(attempt, open_bank(attempt.bank_id), secret)
        assert (again.line, again.body) == (entry.line, entry.body)


def test_the_log_stands_in_the_order_of_time_with_each_bulletin_in_its_place(simulated):
    placed = list(Leaf.objects.select_related("entry").order_by("index"))
    assert placed[0].entry.line.startswith("log ")
    moments = [leaf.entry.at_ms for leaf in placed]
    assert moments == sorted(moments)
    for bulletin in Bulletin.objects.all():
        known = [leaf for leaf in placed if leaf.entry.at_ms <= milliseconds(bulletin.known_at)]
        assert bulletin.known_size == len(known)
        assert Entry.objects.get(line__contains=bulletin.digest).numbered.index == len(known)


def test_two_bulletins_say_what_the_article_said(simulated):
    assert faults(simulated) == []
    published = Bulletin.objects.order_by("number")
    for bulletin, row in zip(published, smaller(REFERENCE, PART), strict=True):
        assert (bulletin.as_of, bulletin.data["visits"]) == (row.at, row.visits)
        assert all(unit["population"] for unit in bulletin.data["units"])
        assert as_known_today(bulletin).changes == ()
        for language in ("vi", "en"):
            said = press(bulletin.data, language).decode()
            assert [one for one in told(row, language) if one not in said] == []


def told(row, language):
    """The figures of the article's sentence, as written in that language; the moment too."""
    figures = [f"**{count(number, language)}**" for number in (row.registered, row.finished, row.attempts)]
    return [*figures, in_words(row.visits, language), clock(row.at, language)]


def test_each_step_names_the_best_result_before_it(simulated):
    """What ranks of past moments are counted from: the old result goes, the new one comes."""
    bests = {}
    for step in Movement.objects.filter(att=1).order_by("at"):
        attempt = Attempt.objects.get(contestant=step.contestant_id, submitted_at=step.at)
        old = bests.get(step.contestant_id)
        new = (len(attempt.questions) - attempt.correct, attempt.duration_ms, attempt.submitted_at)
        assert (step.old_missed, step.old_ms, step.old_at) == (old or (None, None, None))
        better = old is None or new < old
        assert (step.new_missed, step.new_ms) == (new[:2] if better else (None, None))
        bests[step.contestant_id] = new if better else old
    kept = Best.objects.values_list("contestant", "missed", "ms", "submitted_at")
    assert {who: tuple(result) for who, *result in kept} == bests


def test_each_account_signs_in_and_a_second_time_changes_nothing(simulated):
    before = (settings.DATA / "demo-accounts.json").read_bytes()
    call_command("simulate", new=True, part=PART)
    assert (settings.DATA / "demo-accounts.json").read_bytes() == before
    for account in demo.sign_ins():
        opened = sign_in(login=account["login"], password=account["password"], address="127.0.0.1")
        assert opened.is_active
    assert {account["kind"] for account in demo.sign_ins()} == {*demo.STAFF, "certified", "registered"}
