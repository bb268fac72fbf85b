"""Whoever a decision concerns reads it on their own pages: what, why, when, whom to ask; in both languages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.exams.corrections import Deed, merge, move, restore, told, void
from lantoa.lib import clock
from lantoa.people.actions import create_staff
from tests.factories.contest import a_bank, a_contest, a_contestant

SLUG = "thu-nghiem"
REASON = "Bài này do người khác làm thay."


@pytest.fixture
def contest(db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
    a_bank(contest)
    return contest


@pytest.fixture
def me(contest):
    return sat(a_contestant(contest))


@pytest.fixture
def deed(contest):
    by = create_staff(username="ban-to-chuc", password="rất dài và kín", roles=["organiser"])
    return Deed(by=by, reason=REASON)


def sat(contestant):
    start_attempt(contestant=contestant, at=clock.now())
    submit_attempt(contestant=contestant, number=1, answers=[0] * contestant.contest.asked)
    return contestant


def page(client, me, name, language="", **where):
    client.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    answer = client.get(language + reverse(name, kwargs={"contest": SLUG, **where}))
    assert answer.status_code == 200
    return answer.content.decode()


def test_of_whom_nothing_was_decided_nothing_is_told_and_nothing_asked(client, me):
    with CaptureQueriesContext(connection) as asked:
        assert "Ban tổ chức quyết định" not in page(client, me, "result", number=1)
        assert "Ban tổ chức quyết định" not in page(client, me, "profile")
    assert not [query for query in asked.captured_queries if "lantoa_correction" in query["sql"]]


def test_of_whom_no_entries_were_merged_neither_attempts_nor_steps_are_read_for_it(me, deed):
    void(contestant=me, attempt=1, deed=deed)
    me.refresh_from_db()
    with CaptureQueriesContext(connection) as asked:
        assert [one.attempt for one in told(me).stands] == [1]
    read = "".join(query["sql"] for query in asked.captured_queries)
    assert "lantoa_correction" in read
    assert "lantoa_attempt" not in read
    assert "lantoa_movement" not in read


def test_a_void_attempt_says_so_with_the_reason_and_whom_to_ask(client, me, deed):
    void(contestant=me, attempt=1, deed=deed)
    shown = page(client, me, "result", number=1)
    assert "Lượt thi này không được tính" in shown and "Lượt thi 1 không được tính" in shown
    assert REASON in shown and f"/{SLUG}/tro-giup/" in shown and "Hỏi ban tổ chức" in shown
    assert "Hạng của bạn" not in shown and "Kết quả cao nhất của bạn vẫn là" not in shown
    assert REASON in page(client, me, "profile")
    assert "không được tính" in page(client, me, "exam")
    english = page(client, me, "result", language="/en", number=1)
    assert "Attempt 1 does not count" in english and "Ask the organiser" in english


def test_what_counts_again_is_told_no_longer(client, me, deed):
    void(contestant=me, attempt=1, deed=deed)
    restore(contestant=me, attempt=1, deed=deed)
    assert REASON not in page(client, me, "result", number=1)
    assert REASON not in page(client, me, "profile")


def test_a_void_person_reads_it_at_every_attempt_and_in_the_profile(client, me, deed):
    void(contestant=me, deed=deed)
    for shown in (page(client, me, "result", number=1), page(client, me, "profile")):
        assert "Kết quả của bạn không được tính." in shown and REASON in shown


def test_whoever_counts_for_another_unit_reads_which_in_the_profile(client, me, deed):
    other = me.contest.root.children.exclude(pk=me.unit_id)[0]
    move(contestant=me, unit=other, deed=deed)
    assert f"Kết quả của bạn được tính cho {other.full_name}" in page(client, me, "profile")
    assert REASON not in page(client, me, "result", number=1)


def test_merged_accounts_show_one_set_of_attempts(client, contest, me, deed):
    kept = sat(a_contestant(contest, name="Trần Thị Bình"))
    merge(contestant=me, target=kept, deed=deed)
    kept.refresh_from_db()
    shown = page(client, kept, "exam")
    assert shown.count("/ket-qua/1/") == 1 and shown.count("Lượt ở tài khoản đã gộp") == 1
    left = page(client, me, "profile")
    assert "đã gộp vào tài khoản khác của bạn" in left and REASON in left


def test_a_reason_is_words_and_never_markup(client, me, deed):
    void(contestant=me, attempt=1, deed=Deed(by=deed.by, reason="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in page(client, me, "result", number=1)
