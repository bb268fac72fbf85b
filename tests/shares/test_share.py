"""Sent, published, returned, taken back: the states of a share and who may move it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, sampled_from

from lantoa.people.models import AuditEntry, Consent
from lantoa.shares import actions
from lantoa.shares.actions import Refused
from lantoa.shares.models import Report, Share
from tests.factories.contest import CLOSES, DURING, OPENS, a_contestant
from tests.shares.conftest import finish, staff

SLOGAN = "Chậm một nhịp, giữ trọn tiền nhà."


def send(me, *, text=SLOGAN, kind="slogan", may_publish=True, at=DURING):
    return actions.send_share(contestant=me, kind=kind, text=text, may_publish=may_publish, at=at)


def refused(call):
    with pytest.raises(Refused) as no:
        call()
    return no.value.code


def test_a_share_opens_after_the_first_finished_exam(contest):
    somebody = a_contestant(contest)
    assert refused(lambda: send(somebody)) == "unfinished"
    finish(somebody)
    assert send(somebody).state == "received"


@pytest.mark.parametrize(("at", "code"), [(OPENS - timedelta(seconds=1), "before"), (CLOSES, "closed")])
def test_a_share_is_sent_inside_the_window_only(me, at, code):
    assert refused(lambda: send(me, at=at)) == code
    assert send(me, at=CLOSES - timedelta(microseconds=1))


def test_a_waiting_share_may_be_changed_and_stays_one(me):
    first = send(me)
    second = send(me, text="Tắt máy trước, gọi công an sau.", at=DURING + timedelta(minutes=1))
    assert first.pk == second.pk
    assert Share.objects.get().text == "Tắt máy trước, gọi công an sau."


def test_a_published_share_is_not_changed_by_its_author(me, moderator):
    actions.publish_share(share=send(me), by=moderator)
    assert refused(lambda: send(me, text="Một câu khác hẳn câu trước.")) == "published"
    assert Share.objects.get().text == SLOGAN


def test_a_returned_share_comes_with_its_reason_and_may_be_sent_again(me, moderator):
    returned = actions.return_share(share=send(me), by=moderator, reason="  Bỏ số điện thoại giúp chúng tôi. ")
    assert (returned.state, returned.reason) == ("returned", "Bỏ số điện thoại giúp chúng tôi.")
    again = send(me, at=DURING + timedelta(hours=1))
    assert (again.state, again.reason, again.decided_at) == ("received", "", None)


def test_nothing_is_returned_without_a_word(me, moderator):
    share = send(me)
    assert refused(lambda: actions.return_share(share=share, by=moderator, reason=" \n")) == "reason"
    assert Share.objects.get().state == "received"


@pytest.mark.parametrize("kind", ["editor", "operator", "judge", "coordinator"])
def test_only_moderators_decide(me, kind):
    share, somebody = send(me), staff(kind)
    assert refused(lambda: actions.publish_share(share=share, by=somebody)) == "forbidden"
    assert refused(lambda: actions.return_share(share=share, by=somebody, reason="Không hay.")) == "forbidden"
    assert refused(lambda: actions.keep_share(share=share, by=somebody)) == "forbidden"
    assert refused(lambda: actions.publish_share(share=share, by=me.person.account)) == "forbidden"
    assert Share.objects.get().state == "received"


def test_a_moderator_who_left_decides_nothing(me, moderator):
    share = send(me)
    moderator.is_active = False
    assert refused(lambda: actions.publish_share(share=share, by=moderator)) == "forbidden"


def test_what_was_changed_since_it_was_read_is_not_published(me, moderator):
    read = send(me)
    send(me, text="Bấm vào đây nhận quà ngay nhé.", at=DURING + timedelta(minutes=5))
    assert refused(lambda: actions.publish_share(share=read, by=moderator)) == "edited"
    assert refused(lambda: actions.return_share(share=read, by=moderator, reason="Quảng cáo.")) == "edited"


def test_without_consent_a_share_counts_but_is_never_public(me, moderator):
    share = send(me, may_publish=False)
    assert refused(lambda: actions.publish_share(share=share, by=moderator)) == "no_consent"
    with pytest.raises(IntegrityError), transaction.atomic():
        Share.objects.update(state="published", decided_at=DURING)


def test_consent_leaves_a_proof_and_can_be_taken_back(me, moderator):
    actions.publish_share(share=send(me), by=moderator)
    proof = Consent.objects.get(purpose=f"publish_share:{me.contest_id}")
    assert (proof.given_at, proof.withdrawn_at) == (DURING, None)
    later = CLOSES + timedelta(days=30)
    share = actions.withdraw_share(contestant=me, at=later)
    assert (share.state, share.may_publish) == ("received", False)
    proof.refresh_from_db()
    assert proof.withdrawn_at == later


def test_publishing_twice_is_publishing_once(me, moderator):
    share = send(me)
    first = actions.publish_share(share=share, by=moderator, at=DURING)
    second = actions.publish_share(share=share, by=moderator, at=DURING + timedelta(hours=1))
    assert first.decided_at == second.decided_at
    assert AuditEntry.objects.filter(action="publish_share").count() == 1


def test_each_decision_stands_in_the_journal(me, moderator):
    share = send(me)
    actions.publish_share(share=share, by=moderator)
    actions.return_share(share=share, by=moderator, reason="Có người báo bài chép lại.")
    entries = AuditEntry.objects.filter(subject=f"share:{share.pk}").order_by("pk")
    assert [(e.action, e.actor) for e in entries] == [("publish_share", moderator), ("return_share", moderator)]


def test_anybody_may_report_what_is_public_and_nothing_else(contest, me, moderator):
    share = send(me)
    report = {"contest": contest, "share": share.pk}
    assert refused(lambda: actions.report_share(**report, reason="Lộ số điện thoại.")) == "unknown"
    actions.publish_share(share=share, by=moderator)
    assert refused(lambda: actions.report_share(**report, reason="  ")) == "reason"
    assert refused(lambda: actions.report_share(**report, reason="x" * 301)) == "long"
    actions.report_share(**report, reason="Lộ số điện thoại.")
    assert Report.objects.get().reason == "Lộ số điện thoại."


def test_a_decision_settles_the_reports(contest, me, moderator):
    share = actions.publish_share(share=send(me), by=moderator)
    actions.report_share(contest=contest, share=share.pk, reason="Không thật.")
    assert actions.keep_share(share=share, by=moderator) == 1
    assert Share.objects.get().state == "published"
    actions.report_share(contest=contest, share=share.pk, reason="Vẫn không thật.")
    actions.return_share(share=share, by=moderator, reason="Bài này không thật.")
    assert not Report.objects.filter(settled=False).exists()


def test_a_flood_of_reports_is_cut_off(contest, me, moderator, monkeypatch):
    monkeypatch.setattr(actions, "MOST_REPORTS", 3)
    share = actions.publish_share(share=send(me), by=moderator)
    for n in range(5):
        actions.report_share(contest=contest, share=share.pk, reason=f"Lần {n}")
    assert Report.objects.count() == 3


class Life(RuleBasedStateMachine):
    """What author and moderator may do, in any order, and what must hold after each deed."""

    me = moderator = None

    def __init__(self):
        super().__init__()
        Share.objects.all().delete()
        Consent.objects.all().delete()
        self.state, self.consent, self.hours = None, False, 0

    def moment(self):
        self.hours += 1
        return DURING + timedelta(minutes=self.hours)

    @rule(consent=booleans(), text=sampled_from([SLOGAN, "Hỏi lại người thân trước khi chuyển."]))
    def author_sends(self, consent, text):
        if self.state == "published":
            assert refused(lambda: send(self.me, text=text, at=self.moment())) == "published"
            return
        send(self.me, text=text, may_publish=consent, at=self.moment())
        self.state, self.consent = "received", consent

    @rule()
    def author_takes_back(self):
        actions.withdraw_share(contestant=self.me, at=self.moment())
        if self.state == "published":
            self.state = "received"
        self.consent = False

    @rule()
    def moderator_publishes(self):
        share = Share.objects.first()
        if share is None:
            return
        if not self.consent and self.state != "published":
            assert refused(lambda: actions.publish_share(share=share, by=self.moderator)) == "no_consent"
            return
        actions.publish_share(share=share, by=self.moderator, at=self.moment())
        self.state = "published"

    @rule()
    def moderator_returns(self):
        share = Share.objects.first()
        if share is not None:
            actions.return_share(share=share, by=self.moderator, reason="Sửa giúp.", at=self.moment())
            self.state = "returned"

    @invariant()
    def the_promises_hold(self):
        shares = list(Share.objects.all())
        assert len(shares) == (self.state is not None)
        for share in shares:
            assert (share.state, share.may_publish) == (self.state, self.consent)
            assert (share.reason != "") == (share.state == "returned")
            assert (share.decided_at is None) == (share.state == "received")
            open_proofs = Consent.objects.filter(withdrawn_at__isnull=True).count()
            assert open_proofs == int(share.may_publish)


def test_every_order_of_deeds_keeps_the_promises(me, moderator):
    """A share is public only by consent and decision; it is returned only with a reason; there is only one."""

    life = type("ThisLife", (Life,), {"me": me, "moderator": moderator})
    quiet = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    run_state_machine_as_test(
        life, settings=settings(max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=quiet)
    )
