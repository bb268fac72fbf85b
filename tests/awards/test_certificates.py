"""Issued once to whoever did everything, and never changed (A1)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, connections, transaction

from lantoa.awards import actions, certificates, numbering
from lantoa.awards.actions import Refused, issue_certificate
from lantoa.awards.models import Certificate
from lantoa.awards.steps import missing, steps_of
from lantoa.exams import actions as exams
from lantoa.exams.bank import open_bank
from lantoa.learning.models import Lesson, Topic
from lantoa.people.models import Account, Role
from lantoa.shares import actions as shares
from lantoa.units.models import Kind, Unit
from tests.awards.conftest import finish, pass_on
from tests.factories.contest import DURING, OPENS, a_bank, a_contest, a_contestant

HANDS = 20


def refused(contestant):
    with pytest.raises(Refused) as no:
        issue_certificate(contestant=contestant, at=DURING)
    return no.value.code


def test_a_certificate_waits_for_topics_exam_and_share_in_this_order(contest):
    somebody = a_contestant(contest)
    topic = Topic.objects.create(contest=contest, number=1, title="Một")
    lesson = Lesson.objects.create(
        contest=contest, topic=topic, code="1.1", version=1, position=1, title="Bài", goal="", takeaway="",
        minutes=1, cards=[{}], size=1, digest="", published_at=OPENS,
    )  # fmt: skip
    assert missing(somebody) == ("topics", "exam", "share")
    assert refused(somebody) == "topics"
    finish(somebody)
    pass_on(somebody)
    assert missing(somebody) == ("topics",)
    Lesson.objects.filter(pk=lesson.pk).update(current=False)
    assert missing(somebody) == ()
    assert issue_certificate(contestant=somebody, at=DURING)


def test_each_step_that_is_missing_is_named(contest):
    somebody = a_contestant(contest)
    assert refused(somebody) == "exam"
    finish(somebody)
    assert refused(somebody) == "share"
    pass_on(somebody)
    assert issue_certificate(contestant=somebody, at=DURING).issued_at == DURING


def test_a_returned_share_is_still_to_be_sent(me):
    organiser = Account.objects.create(username="organiser", created_at=OPENS)
    Role.objects.create(account=organiser, kind="organiser")
    shares.return_share(share=me.share, by=organiser, reason="Viết bằng lời của bạn.")
    assert refused(me) == "share"
    assert not steps_of(me).share


def test_a_certificate_keeps_what_was_true_when_it_was_issued(me):
    first = issue_certificate(contestant=me, at=DURING)
    assert (first.name, first.unit_name) == ("Nguyễn Hoàng Phương Thảo Nguyên", "Xã Cẩm Giang")
    assert (first.contest_name, first.organiser) == (me.contest.name, me.contest.organiser)
    paper = open_bank(exams.start_attempt(contestant=me, at=DURING).bank_id)
    assert paper
    exams.submit_attempt(contestant=me, number=2, answers=[1] * 20, at=DURING + timedelta(minutes=3))
    me.person.full_name = "Tên Khác"
    me.person.save()
    again = issue_certificate(contestant=me, at=DURING + timedelta(days=1))
    assert (again.number, again.name, again.correct, again.issued_at) == (
        first.number,
        first.name,
        first.correct,
        DURING,
    )


def test_the_score_is_that_of_the_best_attempt(contest):
    somebody = a_contestant(contest)
    scores = [finish(somebody, DURING + timedelta(minutes=n)).correct for n in range(4)]
    pass_on(somebody)
    issued = issue_certificate(contestant=somebody)
    assert (issued.correct, issued.asked) == (max(scores), 20)


@pytest.mark.parametrize(
    "change", [lambda c: c.update(name="Ai Đó"), lambda c: c.update(correct=20), lambda c: c.delete()]
)
def test_an_issued_certificate_can_be_neither_changed_nor_deleted(me, change):
    issue_certificate(contestant=me)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(Certificate.objects.all())


def test_a_number_that_is_taken_is_drawn_again(contest, me, monkeypatch):
    other = a_contestant(contest)
    finish(other)
    pass_on(other)
    drawn = iter(["HP25-AAAA-AAAA-AAAA"] * 3 + ["HP25-BBBB-BBBB-BBBB"])
    monkeypatch.setattr(numbering, "draw", lambda _: next(drawn))
    assert issue_certificate(contestant=me).number == "HP25-AAAA-AAAA-AAAA"
    assert issue_certificate(contestant=other).number == "HP25-BBBB-BBBB-BBBB"


@pytest.mark.parametrize(
    ("below", "line"),
    [
        (None, "Xã Cẩm Giang"),
        ("Thôn Đông Am", "Thôn Đông Am, xã Cẩm Giang"),
        ("Trung tâm Phục vụ hành chính công xã Cẩm Giang", "Trung tâm Phục vụ hành chính công xã Cẩm Giang"),
        ("T" * 195, "Xã Cẩm Giang"),
    ],
)
def test_the_unit_is_written_as_people_say_it(me, below, line):
    me.sub_unit = below and Unit(name=below, kind=Kind.SERVICE_CENTRE, parent=me.unit)
    assert certificates.unit_line(me) == line


# --- twenty hands at once (S04) -------------------------------------------------------------------------------------


@pytest.fixture
def everything_done(transactional_db):
    contest = a_contest()
    _ = open_bank(a_bank(contest).pk).draw
    contestant = a_contestant(contest)
    finish(contestant)
    pass_on(contestant)
    return contestant


def at_once(contestant, monkeypatch):
    """Issue from twenty threads that all have seen that there is none yet; what each got."""
    gate = Barrier(HANDS)
    write = certificates.written

    def meet(*args):
        gate.wait(timeout=30)
        return write(*args)

    monkeypatch.setattr(actions, "written", meet)

    def one(_):
        try:
            return issue_certificate(contestant=contestant, at=DURING).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(one, range(HANDS)))


def test_twenty_requests_at_once_issue_one_certificate(everything_done, monkeypatch):
    numbers = at_once(everything_done, monkeypatch)
    assert set(numbers) == {Certificate.objects.get().number}


def test_control_without_the_unique_key_twenty_requests_issue_many(everything_done, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'lantoa_certificate'::regclass AND contype = 'u'"
            " AND pg_get_constraintdef(oid) LIKE '%%contestant_id%%'"
        )
        name = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE lantoa_certificate DROP CONSTRAINT {name}")
    try:
        at_once(everything_done, monkeypatch)
        assert Certificate.objects.count() == HANDS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE lantoa_certificate")
            cursor.execute(f"ALTER TABLE lantoa_certificate ADD CONSTRAINT {name} UNIQUE (contestant_id)")
