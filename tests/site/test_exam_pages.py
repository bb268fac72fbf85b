"""The exam's pages: what they ask of the database, what they never tell, what they do without a script."""

import re

import pytest
from django.urls import reverse

from lantoa.exams import actions
from lantoa.exams.bank import open_bank
from lantoa.exams.models import Attempt
from lantoa.lib import clock
from tests.factories.contest import a_bank, a_contest, a_contestant

SLUG = "thu-nghiem"


@pytest.fixture
def me(db):
    now = clock.now()
    from datetime import timedelta

    contest = a_contest(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
    _ = open_bank(a_bank(contest).pk).draw
    return a_contestant(contest)


@pytest.fixture
def page(client, me):
    client.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    return client


def at(name, **kwargs):
    return reverse(name, kwargs={"contest": SLUG, **kwargs})


def test_starting_leads_to_the_paper_and_starting_again_to_the_same(page, me):
    papers = [page.post(at("exam-start")), page.post(at("exam-start")), page.get(at("exam"))]
    assert Attempt.objects.count() == 1
    assert [paper.content.decode().count("<fieldset") for paper in papers] == [20, 20, 20]


def test_the_answer_key_never_stands_in_a_page(page, me):
    page.post(at("exam-start"))
    paper = page.get(at("exam")).content.decode()
    sheet = {f"c{n}": "0" for n in range(1, 21)}
    page.post(at("exam-submit", number=1), {**sheet, "chac": "1"})
    result = page.get(at("result", number=1)).content.decode()
    for text in (paper, result):
        assert "KHOA-GIAI-THICH" not in text
        assert "T1-1." not in text


def test_saving_answers_json_to_the_script_and_leads_a_plain_form_back(page, me):
    page.post(at("exam-start"))
    sheet = {"c1": "2", "c5": "0", "ban": "1"}
    answer = page.post(at("exam-save", number=1), sheet, headers={"accept": "application/json"})
    assert answer.json() == {"revision": 1}
    assert page.post(at("exam-save", number=1), {**sheet, "ban": "2"}).url == at("exam")
    stale = page.post(at("exam-save", number=1), sheet, headers={"accept": "application/json"})
    assert stale.status_code == 409
    assert (stale.json()["error"], stale.json()["revision"]) == ("stale", 2)


@pytest.mark.parametrize("revision", ["", "x", "-1", "１", "99999999999"])
def test_a_revision_that_is_no_number_is_refused(page, me, revision):
    page.post(at("exam-start"))
    assert page.post(at("exam-save", number=1), {"ban": revision}).status_code == 400


def test_without_a_script_submitting_names_what_is_unanswered_and_loses_nothing(page, me):
    page.post(at("exam-start"))
    asked = page.post(at("exam-submit", number=1), {f"c{n}": "1" for n in range(1, 19)})
    text = asked.content.decode()
    assert "19, 20" in text
    assert len(re.findall(r'type="hidden" name="c[0-9]', text)) == 18
    assert Attempt.objects.get().submitted_at is None


def test_a_repeated_submission_shows_the_same_result(page, me):
    page.post(at("exam-start"))
    sheet = {**{f"c{n}": "1" for n in range(1, 21)}, "chac": "1"}
    first = page.post(at("exam-submit", number=1), sheet)
    again = page.post(at("exam-submit", number=1), {**sheet, "c1": "0"})
    assert first.url == again.url == at("result", number=1)
    assert Attempt.objects.count() == 1


def test_somebody_elses_result_is_not_found(page, me):
    other = a_contestant(me.contest, name="Trần Thị Bình")
    actions.start_attempt(contestant=other)
    actions.submit_attempt(contestant=other, number=1)
    assert page.get(at("result", number=1)).status_code == 404


def test_strangers_are_led_to_sign_in(client, me):
    answer = client.get(at("exam"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("sign-in"))


def test_starting_costs_at_most_six_queries_saving_four_submitting_six(page, me, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):  # six, and the two savepoints of the test's own transaction
        page.post(at("exam-start"))
    with django_assert_max_num_queries(4):
        page.post(at("exam-save", number=1), {"ban": "1", "c1": "1"}, headers={"accept": "application/json"})
    sheet = {**{f"c{n}": "1" for n in range(1, 21)}, "chac": "1"}
    with django_assert_max_num_queries(8):
        page.post(at("exam-submit", number=1), sheet)
