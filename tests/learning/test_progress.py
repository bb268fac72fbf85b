"""Progress only grows, survives new versions and two devices, and opens the exam when all topics are complete."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantoa.learning.actions import Refused, mark_card, publish_lessons
from lantoa.learning.models import Progress
from lantoa.learning.progress import course, finished, where_to_continue
from tests.factories.contest import CLOSES, DURING, OPENS, a_contestant
from tests.learning.conftest import write


def learn(me, lesson, *cards, at=DURING):
    for card in cards or range(1, lesson.size + 1):
        mark_card(contestant=me, lesson=lesson, card=card, at=at)


def test_a_lesson_is_complete_with_its_last_card_in_any_order(me, lesson):
    learn(me, lesson("1.1"), 3, 1)
    assert Progress.objects.get().completed_at is None
    learn(me, lesson("1.1"), 2)
    assert Progress.objects.get().completed_at == DURING


def test_a_lesson_of_one_card_is_complete_at_once(me, contest, folder, lesson):
    write(folder, "1.1", cards=1)
    publish_lessons(contest=contest, folder=folder)
    learn(me, lesson("1.1"), 1)
    assert Progress.objects.get().completed_at == DURING


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cards=st.lists(st.integers(1, 3), min_size=1, max_size=12))
def test_progress_only_grows_and_says_exactly_what_was_done(me, lesson, cards):
    Progress.objects.all().delete()
    before, done_at = set(), None
    for step, card in enumerate(cards):
        at = DURING + timedelta(seconds=step)
        progress = mark_card(contestant=me, lesson=lesson("1.1"), card=card, at=at)
        assert set(progress.cards) == before | {card}
        assert progress.cards == sorted(progress.cards)
        assert progress.last_card == card
        before |= {card}
        done_at = done_at or (at if before == {1, 2, 3} else None)
        assert progress.completed_at == done_at


def test_marking_a_card_is_one_statement(me, lesson, django_assert_num_queries):
    found = lesson("1.1")
    with django_assert_num_queries(1):
        mark_card(contestant=me, lesson=found, card=1, at=DURING)


@pytest.mark.parametrize(
    ("at", "code"),
    [(OPENS - timedelta(microseconds=1), "before"), (CLOSES, "closed"), (CLOSES + timedelta(days=9), "closed")],
)
def test_nothing_is_noted_outside_the_window(me, lesson, at, code):
    with pytest.raises(Refused) as error:
        mark_card(contestant=me, lesson=lesson("1.1"), card=1, at=at)
    assert error.value.code == code
    assert not Progress.objects.exists()


def test_the_first_and_the_last_instant_count(me, lesson):
    mark_card(contestant=me, lesson=lesson("1.1"), card=1, at=OPENS)
    mark_card(contestant=me, lesson=lesson("1.1"), card=2, at=CLOSES - timedelta(microseconds=1))
    assert Progress.objects.get().cards == [1, 2]


@pytest.mark.parametrize("card", [0, 4, -1])
def test_a_card_that_the_lesson_does_not_have_is_refused(me, lesson, card):
    with pytest.raises(Refused, match="unknown"):
        mark_card(contestant=me, lesson=lesson("1.1"), card=card, at=DURING)


def test_the_exam_opens_when_all_compulsory_lessons_are_complete(me, lesson):
    for code in ("1.1", "1.2"):
        learn(me, lesson(code))
    assert not finished(me)
    assert [chapter.complete for chapter in course(me).chapters] == [True, False]
    learn(me, lesson("2.1"))
    assert finished(me)
    assert course(me).finished


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=st.lists(st.tuples(st.sampled_from(["1.1", "1.2", "2.1", "2.2"]), st.integers(1, 3)), max_size=25))
def test_what_the_page_shows_and_what_the_exam_asks_agree(me, lesson, marks):
    Progress.objects.all().delete()
    for code, card in marks:
        found = lesson(code)
        if card <= found.size:
            learn(me, found, card)
    assert course(me).finished == finished(me)
    assert (where_to_continue(me) is None) == all(place.complete for place in course(me).places)


def test_one_persons_progress_is_not_anothers(me, contest, lesson):
    other = a_contestant(contest, name="Trần Thị Bình")
    for code in ("1.1", "1.2", "2.1"):
        learn(me, lesson(code))
    assert finished(me)
    assert not finished(other)


def test_who_has_not_begun_starts_at_the_first_card(me):
    assert where_to_continue(me) == ("1.1", 1)


def test_another_device_continues_where_this_one_stopped(me, lesson):
    learn(me, lesson("1.1"), 1)
    learn(me, lesson("2.1"), 1, at=DURING + timedelta(minutes=1))
    assert where_to_continue(me) == ("2.1", 2)


def test_cards_that_were_skipped_come_at_the_end(me, lesson):
    learn(me, lesson("1.1"), 3)
    assert where_to_continue(me) == ("1.1", 1)


def test_a_lesson_that_was_completed_stays_so_when_a_new_version_has_more_cards(me, contest, folder, lesson):
    learn(me, lesson("1.1"))
    write(folder, "1.1", cards=5)
    publish_lessons(contest=contest, folder=folder)
    place = course(me).places[0]
    assert place.complete
    assert len(place.done) == 3


def test_a_lesson_set_aside_is_asked_of_nobody(me, contest, folder, lesson):
    for code in ("1.1", "1.2"):
        learn(me, lesson(code))
    (folder / "lessons" / "2.1.md").unlink()
    publish_lessons(contest=contest, folder=folder)
    assert finished(me)


def test_the_course_is_one_query(me, lesson, django_assert_num_queries):
    learn(me, lesson("1.1"))
    with django_assert_num_queries(1):
        assert course(me).done == 3
    with django_assert_num_queries(1):
        finished(me)


def at_once(work, count=8):
    """Run ``work(n)`` in so many threads, each with its own connection; the barrier lets them meet."""
    barrier = Barrier(count)

    def run(number):
        try:
            work(number, barrier)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(1, count + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def wide(contest, folder, lesson):
    write(folder, "1.1", cards=8)
    publish_lessons(contest=contest, folder=folder)
    return lesson("1.1")


@pytest.mark.django_db(transaction=True)
def test_cards_done_at_once_on_eight_devices_are_all_kept(transactional_db, me, wide):
    def work(number, barrier):
        barrier.wait()
        mark_card(contestant=me, lesson=wide, card=number, at=DURING)

    at_once(work)
    progress = Progress.objects.get()
    assert progress.cards == [1, 2, 3, 4, 5, 6, 7, 8]
    assert progress.completed_at == DURING


@pytest.mark.django_db(transaction=True)
def test_control_reading_then_writing_loses_cards(transactional_db, me, wide):
    mark_card(contestant=me, lesson=wide, card=1, at=DURING)

    def work(number, barrier):
        progress = Progress.objects.get()
        barrier.wait()
        progress.cards = sorted({*progress.cards, number})
        progress.save()

    at_once(work)
    assert len(Progress.objects.get().cards) < 8
