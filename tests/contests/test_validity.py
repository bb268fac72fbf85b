"""Who takes back the consent, or completes the account later: everything that follows."""

from datetime import timedelta

import pytest

from lantoa.awards.actions import Refused as NoCertificate
from lantoa.awards.actions import issue_certificate, set_prizes
from lantoa.awards.winners import provisional
from lantoa.contests.actions import join, rechecking
from lantoa.contests.models import Contestant
from lantoa.exams import actions as exams
from lantoa.people import actions as people
from lantoa.people import numbers
from lantoa.people.models import TAKING_PART, Consent
from lantoa.shares import actions as shares
from lantoa.shares.models import Share
from lantoa.standings import ranks
from lantoa.standings.figures import figures
from tests.factories.contest import DURING, a_bank, a_contest
from tests.people.conftest import FACTS
from tests.shares.conftest import staff

pytestmark = pytest.mark.django_db
LATER = DURING + timedelta(hours=1)
STORY = "Bà tôi suýt chuyển tiền cho người lạ. Tôi chỉ bà cách gọi lại số in trên thẻ, và tiền còn nguyên. " * 2


@pytest.fixture
def contest():
    contest = a_contest()
    a_bank(contest)
    return contest


@pytest.fixture
def account(contest):
    return people.register(**{**FACTS, "unit": contest.root.children.get(code="11414")})


@pytest.fixture
def me(contest, account):
    me = join(contest=contest, person=account.person, at=DURING)
    attempt = exams.start_attempt(contestant=me, at=DURING)
    exams.submit_attempt(contestant=me, number=attempt.number, answers=[0] * 20, at=DURING + timedelta(minutes=5))
    share = shares.send_share(contestant=me, kind="story", text=STORY, may_publish=True, at=LATER)
    shares.publish_share(share=share, by=staff("organiser"), at=LATER)
    return me


@pytest.fixture
def withdrawn(me, account):
    with rechecking(person=me.person, at=LATER):
        people.withdraw_consent(person=me.person, by=account, at=LATER)
    return Contestant.objects.select_related("contest", "person").get(pk=me.pk)


def refused(kind, call):
    with pytest.raises(kind) as caught:
        call()
    return caught.value.code


def winners(contest):
    set_prizes(contest=contest, prizes=[{"name": "Giải Nhất", "rule": "individual", "count": 1, "amount": 5_000_000}])
    return [place.who.name for prize in provisional(contest, LATER) for place in prize.places]


def test_who_withdrew_starts_no_exam_sends_no_share_and_gets_no_certificate(withdrawn):
    assert withdrawn.valid_at is None
    assert refused(exams.Refused, lambda: exams.start_attempt(contestant=withdrawn, at=LATER)) == "invalid"
    send = {"contestant": withdrawn, "kind": "story", "text": STORY, "may_publish": True, "at": LATER}
    assert refused(shares.Refused, lambda: shares.send_share(**send)) == "invalid"
    assert refused(NoCertificate, lambda: issue_certificate(contestant=withdrawn, at=LATER)) == "invalid"


def test_who_withdrew_is_named_nowhere_in_public_and_wins_nothing(contest, withdrawn):
    assert [row.name for row in ranks.top(contest, 10)] == [""]
    assert not Share.objects.published(contest)
    assert winners(contest) == []


def test_before_the_withdrawal_all_of_it_stood(contest, me):
    assert [row.name for row in ranks.top(contest, 10)] != [""]
    assert Share.objects.published(contest).count() == 1
    assert winners(contest) == [FACTS["full_name"]]


def test_figures_without_names_stay_as_they_were(contest, withdrawn):
    counted = figures(contest, LATER)
    assert (counted.total.registered, counted.total.finished) == (1, 1)


def test_agreeing_again_brings_everything_back(contest, withdrawn, account):
    with rechecking(person=withdrawn.person, at=LATER):
        people.give_consent(person=withdrawn.person, by=account, consent_version="2", at=LATER)
    assert Contestant.objects.get().valid_at == LATER
    assert Share.objects.published(contest).count() == 1
    assert winners(contest) == [FACTS["full_name"]]


def test_rechecking_a_valid_account_changes_nothing(me):
    with rechecking(person=me.person, at=LATER):
        pass
    assert Contestant.objects.get().valid_at == DURING


def test_consent_and_validity_change_together_or_not_at_all(me, account, monkeypatch):
    def crash(*_):
        raise RuntimeError("crashed")

    monkeypatch.setattr("lantoa.contests.actions._recheck", crash)
    with pytest.raises(RuntimeError), rechecking(person=me.person, at=LATER):
        people.withdraw_consent(person=me.person, by=account, at=LATER)
    assert Contestant.objects.get().valid_at == DURING
    assert Consent.objects.open(me.person, TAKING_PART)


def test_an_account_completed_later_is_valid_from_then_on(contest, account):
    person = account.person
    person.citizen_id_sealed = person.citizen_id_index = None
    person.save()
    entry = join(contest=contest, person=person, at=DURING)
    assert entry.valid_at is None
    with rechecking(person=person, at=LATER):
        numbers.put(person, citizen_number="031175004821")
        person.save()
    assert Contestant.objects.get().valid_at == LATER
