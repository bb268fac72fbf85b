"""One statement each: start, save and submit with a slip do what the ordinary actions do, or nothing at all."""

from datetime import timedelta
from threading import Event
from time import monotonic

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from lantoa.contests.log import Entry
from lantoa.contests.models import Contestant, Movement
from lantoa.exams import actions, hot, slips
from lantoa.exams.bank import open_bank
from lantoa.exams.models import Attempt, Best, Change
from lantoa.exams.sittings import sitting
from lantoa.lib import clock
from lantoa.people.sessions import Session, key_of
from lantoa.standings.rebuild import difference
from tests.exams.test_attempts import right_answers
from tests.factories.at_once import PATIENCE, at_once
from tests.factories.contest import a_bank, a_contest, a_contestant

NOTHING_CHOSEN = [-1] * 20
HANDS = 50


def signed_in(contestant: Contestant, cookie: str = "") -> bytes:
    """The key of a session of theirs."""
    key = key_of(cookie or f"cookie of {contestant.pk}")
    now = clock.now()
    Session.objects.create(key=key, account=contestant.person.account, expires_at=now + timedelta(days=1))
    return key


def open_contest(**facts):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=3), closes_at=now + timedelta(days=3), **facts)
    a_bank(contest)
    return contest


@pytest.fixture
def me(db):
    return a_contestant(open_contest())


@pytest.fixture
def session(me):
    return signed_in(me)


def start_slip(me) -> slips.Start:
    last = Attempt.objects.filter(contestant=me).order_by("-number").first()
    return actions.slip_to_start(me, last, clock.now())


def started(me, session) -> slips.Paper:
    attempt = hot.start(slip=start_slip(me), contest=me.contest, session=session)
    assert attempt is not None
    return slips.of_paper(attempt, bytes(me.who))


# ── Slips ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_slip_comes_back_as_it_was_and_tells_nothing(me, session):
    before, paper = start_slip(me), started(me, session)
    assert slips.read_start("thu-nghiem", before.sealed("thu-nghiem")) == before
    again = slips.read_paper("thu-nghiem", paper.sealed("thu-nghiem"))
    assert again == slips.Paper(
        *(tuple(v) if isinstance(v, list) else v for v in (getattr(paper, f) for f in paper.__slots__))
    )
    assert bytes(me.who).hex() not in paper.sealed("thu-nghiem")


@given(word=st.text(max_size=60), place=st.integers(0, 300), bit=st.integers(0, 5))
def test_no_other_word_is_a_slip(word, place, bit):
    one = slips.Paper(1, 1, 1, b"w" * 16, b"s" * 32, (1, 2), (0, 23))
    sealed = one.sealed("a")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    at = place % (len(sealed) - 1)  # the last letter's low bits say nothing
    turned = sealed[:at] + letters[letters.index(sealed[at]) ^ (1 << bit)] + sealed[at + 1 :]
    for forged in (word, turned, sealed[:-4], sealed + "AAAA"):
        assert slips.read_paper("a", forged) is None
    assert slips.read_paper("b", sealed) is None
    assert slips.read_start("a", sealed) is None
    assert slips.read_paper("a", sealed) == one


# ── The same as the ordinary way ────────────────────────────────────────────────────────────────────────────────────


def test_the_paper_is_the_one_that_the_ordinary_start_would_draw(me, session):
    attempt = hot.start(slip=start_slip(me), contest=me.contest, session=session)
    kept = Attempt.objects.get()
    same = ("pk", "contestant_id", "number", "bank_id", "questions", "orders", "answers", "started_at", "deadline")
    assert [getattr(attempt, name) for name in same] == [getattr(kept, name) for name in same]
    assert kept.deadline == kept.started_at + me.contest.time_limit
    assert kept.started_at.microsecond % 1000 == 0
    kept.delete()
    ordinary = actions.start_attempt(contestant=me)
    assert (ordinary.questions, ordinary.orders) == (kept.questions, kept.orders)


def test_a_submission_appends_every_fact_and_an_entry_that_its_secret_makes_again(me, session):
    paper = started(me, session)
    assert hot.submit(slip=paper, session=session, answers=right_answers(Attempt.objects.get(), 13))
    attempt, best, entry = Attempt.objects.get(), Best.objects.get(), Entry.objects.get(number=1)
    assert (attempt.correct, attempt.closed_by) == (13, "submit")
    assert attempt.duration_ms == (attempt.submitted_at - attempt.started_at) // timedelta(milliseconds=1)
    assert (best.missed, best.ms, best.submitted_at) == (7, attempt.duration_ms, attempt.submitted_at)
    assert Movement.objects.filter(att=1, fin=1, at=attempt.submitted_at, known_at=attempt.submitted_at).count() == 1
    made = sitting(attempt, open_bank(attempt.bank_id), bytes(entry.secret))
    assert (entry.line, bytes(entry.leaf), entry.body, entry.at_ms) == (made.line, made.leaf, made.body, made.at_ms)
    assert entry.waiting
    assert difference(me.contest) == []


@pytest.mark.parametrize("way", ["hot", "ordinary"])
def test_a_worse_and_a_better_attempt_count_alike_on_both_ways(me, session, way):
    for right in (10, 5, 15):
        paper = started(me, session)
        answers = right_answers(Attempt.objects.get(pk=paper.attempt), right)
        if way == "hot":
            assert hot.submit(slip=paper, session=session, answers=answers)
        else:
            actions.submit_attempt(contestant=me, number=paper.number, answers=answers)
    steps = Movement.objects.filter(att=1).order_by("pk")
    assert [(s.fin, s.old_missed, s.new_missed) for s in steps] == [(1, None, 10), (0, 10, None), (0, 10, 5)]
    assert list(Change.objects.order_by("pk").values_list("old_missed", "new_missed")) == [(None, 10), (10, 5)]
    assert (Best.objects.get().missed, Best.objects.get().attempt.number) == (5, 3)
    assert [e.line.split()[0] for e in Entry.objects.filter(number__gte=1).order_by("number")] == [
        "first",
        "again",
        "again",
    ]
    assert difference(me.contest) == []


def test_each_is_one_statement(me, session, django_assert_num_queries):
    slip, contest = start_slip(me), me.contest
    _ = open_bank(slip.bank).draw
    with django_assert_num_queries(1):
        attempt = hot.start(slip=slip, contest=contest, session=session)
    paper = slips.of_paper(attempt, bytes(me.who))
    with django_assert_num_queries(1):
        assert hot.save(slip=paper, session=session, answers=[0] * 20, revision=1)
    with django_assert_num_queries(1):
        assert hot.submit(slip=paper, session=session, answers=[1] * 20)


# ── Nothing at all ──────────────────────────────────────────────────────────────────────────────────────────────────


def shorter(me):
    me.contest.closes_at = clock.now()
    me.contest.save()


def hidden(me):
    type(me.contest).objects.update(published=False)


@pytest.mark.parametrize(
    "change",
    [
        lambda me: Session.objects.all().delete(),
        lambda me: Session.objects.update(expires_at=clock.now()),
        lambda me: Contestant.objects.update(valid_at=None),
        lambda me: Contestant.objects.update(corrected=True),
        lambda me: type(me.contest).objects.update(rules_version=9),
        lambda me: type(me.contest).objects.update(package_version=9),
        lambda me: actions.start_attempt(contestant=me),
        shorter,
        hidden,
    ],
    ids=["signed out", "ran out", "invalid", "corrected", "rules", "content", "open already", "closed", "hidden"],
)
def test_a_start_that_no_longer_stands_writes_nothing(me, session, change):
    slip = start_slip(me)
    change(me)
    before = Attempt.objects.count()
    assert hot.start(slip=slip, contest=me.contest, session=session) is None
    assert Attempt.objects.count() == before


def test_nobody_starts_saves_or_submits_for_somebody_else(me, session):
    other = a_contestant(me.contest, name="Trần Thị Bình")
    theirs = signed_in(other)
    assert hot.start(slip=start_slip(me), contest=me.contest, session=theirs) is None
    paper = started(me, session)
    assert not hot.save(slip=paper, session=theirs, answers=[0] * 20, revision=1)
    assert not hot.submit(slip=paper, session=theirs, answers=[0] * 20)
    attempt = Attempt.objects.get()
    assert (attempt.answers, attempt.submitted_at) == (NOTHING_CHOSEN, None)


def test_an_older_sheet_a_short_one_and_one_after_the_submission_are_not_kept(me, session):
    paper = started(me, session)
    assert hot.save(slip=paper, session=session, answers=[1] * 20, revision=5)
    assert not hot.save(slip=paper, session=session, answers=[2] * 20, revision=5)
    assert not hot.save(slip=paper, session=session, answers=[2] * 19, revision=6)
    assert Attempt.objects.get().answers == [1] * 20
    assert hot.submit(slip=paper, session=session, answers=[1] * 20)
    assert not hot.save(slip=paper, session=session, answers=[2] * 20, revision=7)
    assert not hot.submit(slip=paper, session=session, answers=[2] * 20)
    assert Attempt.objects.get().answers == [1] * 20


def test_after_the_deadline_nothing_is_kept_and_nothing_submitted(me, session):
    paper = started(me, session)
    # A second ago: the clocks of two processors may lie some milliseconds apart.
    over = clock.now() - timedelta(seconds=1)
    Attempt.objects.update(started_at=over - timedelta(minutes=30), deadline=over)
    assert not hot.save(slip=paper, session=session, answers=[1] * 20, revision=1)
    assert not hot.submit(slip=paper, session=session, answers=[1] * 20)
    assert Attempt.objects.get().submitted_at is None


def test_somebody_under_a_correction_submits_the_ordinary_way(me, session):
    paper = started(me, session)
    Contestant.objects.update(corrected=True)
    assert not hot.submit(slip=paper, session=session, answers=[1] * 20)
    assert not Movement.objects.filter(att=1).exists()


# ── Fifty at once ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rush(transactional_db):
    somebody = a_contestant(open_contest())
    return somebody, signed_in(somebody)


def test_fifty_starts_at_once_make_one_attempt(rush):
    me, session = rush
    slip = start_slip(me)
    _ = open_bank(slip.bank).draw
    made = at_once([lambda: hot.start(slip=slip, contest=me.contest, session=session)] * HANDS)
    assert len([attempt for attempt in made if attempt]) == Attempt.objects.count() == 1


def test_fifty_submissions_at_once_have_one_effect(rush):
    me, session = rush
    paper = started(me, session)
    done = at_once([lambda: hot.submit(slip=paper, session=session, answers=[0] * 20)] * HANDS)
    assert sum(done) == 1
    counted = (Movement.objects.filter(att=1).count(), Best.objects.count(), Change.objects.count())
    assert counted == (1, 1, 1)
    assert Entry.objects.filter(number=1).count() == 1


def test_control_without_the_lock_and_the_logs_key_a_submission_counts_more_than_once(rush, monkeypatch):
    me, session = rush
    paper = started(me, session)
    blind = hot.statements.SUBMIT.replace("FOR NO KEY UPDATE OF t FOR KEY SHARE OF c", "")
    monkeypatch.setattr(hot.statements, "SUBMIT", blind)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lantoa_entry DROP CONSTRAINT entry_fact_once")
    held = Event()

    def hold():
        """The attempt's row, until two of the others stand before it: they have read it as not submitted."""
        with transaction.atomic(), connection.cursor() as cursor:
            Attempt.objects.select_for_update().get()
            held.set()
            until = monotonic() + PATIENCE
            while cursor.rowcount < 2:
                assert monotonic() < until, "nobody waits"
                cursor.execute("SELECT FROM pg_locks WHERE NOT granted")

    def submit():
        assert held.wait(PATIENCE)
        return hot.submit(slip=paper, session=session, answers=[0] * 20)

    try:
        assert at_once([hold, *[submit] * (HANDS - 1)])[0] is None
        assert Movement.objects.filter(att=1).count() > 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE lantoa_entry, lantoa_waiting, lantoa_leaf")
            cursor.execute("ALTER TABLE lantoa_entry ADD CONSTRAINT entry_fact_once UNIQUE (contestant_id, number)")


def test_control_the_statement_holds_its_lock(me):
    assert hot.statements.SUBMIT.count("FOR NO KEY UPDATE OF t FOR KEY SHARE OF c") == 1
