"""What happens to a share: sent, published, returned, taken back, reported.

Received → published or returned → (sent again) received. A moderator decides about the text that was read: if the
author sent another one meanwhile, the decision is refused as "edited".
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from lantoa.contests import ledger
from lantoa.contests.calendar import Phase
from lantoa.contests.models import Contest, Contestant
from lantoa.exams.results import has_finished
from lantoa.lib import clock
from lantoa.lib.text import tidy
from lantoa.people.journal import note
from lantoa.people.models import Account, Consent
from lantoa.shares.models import Report, Share
from lantoa.shares.rules import CONSENT_VERSION, LONGEST_REASON, PURPOSE, Refused, fitting
from lantoa_verify import entries as forms

__all__ = ["Refused", "keep_share", "publish_share", "report_share", "return_share", "send_share", "withdraw_share"]

MOST_REPORTS = 50  # open ones a share: a flood tells the moderator nothing new

State = Share.State


def send_share(*, contestant: Contestant, kind: str, text: str, may_publish: bool, at: datetime | None = None) -> Share:
    """Send the share, change it while it waits, or send it again after a return (M9).

    Inside the contest's window, after the first finished exam. ``may_publish`` is the author's explicit consent.
    """
    contest, moment = contestant.contest, at or clock.now()
    phase = contest.phase(moment)
    if phase is not Phase.OPEN:
        raise Refused(phase.value)
    if contestant.valid_at is None:
        raise Refused("invalid")
    if not has_finished(contestant):
        raise Refused("unfinished")
    kept = fitting(contest, kind, text)
    with transaction.atomic():
        share = _of(contestant) or Share(contest=contest, contestant=contestant)
        if share.state == State.PUBLISHED:
            raise Refused("published")
        share.unit_id, share.kind, share.text, share.may_publish = contestant.unit_id, kind, kept, may_publish
        share.sent_at = moment
        _wait(share)
        _enter(contestant, kept, moment)
        _consent(contestant, given=may_publish, at=moment)
    return share


def withdraw_share(*, contestant: Contestant, at: datetime | None = None) -> Share | None:
    """Take back the consent to publish, at any time: the share leaves the wall at once and still counts as sent."""
    moment = at or clock.now()
    with transaction.atomic():
        share = _of(contestant)
        if share is None or not share.may_publish:
            return share
        share.may_publish = False
        if share.state == State.PUBLISHED:
            _wait(share)
        share.save()
        _consent(contestant, given=False, at=moment)
    return share


def publish_share(*, share: Share, by: Account, at: datetime | None = None) -> Share:
    """Put on the wall what the moderator read in ``share``; publishing twice is publishing once."""
    with transaction.atomic():
        found = _to_decide(share, by)
        if found.state == State.PUBLISHED:
            return found
        if not found.may_publish:
            raise Refused("no_consent")
        return _decide(found, State.PUBLISHED, by, at or clock.now())


def return_share(*, share: Share, by: Account, reason: str, at: datetime | None = None) -> Share:
    """Send back what waits, or take down what stands, with the reason that the author will read."""
    why = tidy(reason)
    with transaction.atomic():
        found = _to_decide(share, by)
        if not why or len(why) > LONGEST_REASON:
            raise Refused("reason")
        found.reason = why
        found.reports.filter(settled=False).update(settled=True)
        return _decide(found, State.RETURNED, by, at or clock.now())


def keep_share(*, share: Share, by: Account, at: datetime | None = None) -> int:
    """Leave a reported share where it is; how many reports were settled by it."""
    with transaction.atomic():
        found = _to_decide(share, by)
        settled = found.reports.filter(settled=False).update(settled=True)
        if settled:
            note(by, "keep_share", f"share:{found.pk}", at=at or clock.now(), reports=settled)
    return settled


def report_share(*, contest: Contest, share: int, reason: str, at: datetime | None = None) -> None:
    """Say that a share on the wall should not stand; anybody may, without a name."""
    found = Share.objects.published(contest).filter(pk=share).first()
    if found is None:
        raise Refused("unknown")
    why = tidy(reason)
    if not why:
        raise Refused("reason")
    if len(why) > LONGEST_REASON:
        raise Refused("long")
    if found.reports.filter(settled=False).count() < MOST_REPORTS:
        Report.objects.create(share=found, reason=why, at=at or clock.now())


def _of(contestant: Contestant) -> Share | None:
    """The author's share, locked; the author is locked first, so that two sendings at once make one share."""
    Contestant.objects.select_for_update(no_key=True).get(pk=contestant.pk)
    return Share.objects.select_for_update(no_key=True).filter(contestant=contestant).first()


def _enter(contestant: Contestant, text: str, at: datetime) -> None:
    """Write down in the contest's log that something was sent; the text is committed to, not told."""
    secret = secrets.token_bytes(forms.SECRET_BYTES)
    body = forms.Share(bytes(contestant.who), forms.share_commitment(forms.inner_salt(secret), text))
    written = ledger.personal("share", at, body, secret)
    ledger.append(contestant.contest_id, written, contestant=contestant.pk)


def _wait(share: Share) -> None:
    """Put it before the moderators, undecided."""
    share.state, share.reason, share.decided_at, share.decided_by = State.RECEIVED, "", None, None
    share.save()


def _to_decide(share: Share, by: Account) -> Share:
    """The share, locked, for somebody with the power to moderate; it must be what was read."""
    if not by.may("moderate_shares"):
        raise Refused("forbidden")
    found = Share.objects.select_for_update(no_key=True).get(pk=share.pk)
    if found.sent_at != share.sent_at:
        raise Refused("edited")
    return found


def _decide(share: Share, state: str, by: Account, at: datetime) -> Share:
    share.state, share.decided_at, share.decided_by = state, at, by
    if state == State.PUBLISHED:
        share.reason = ""
    share.save()
    verb = "publish_share" if state == State.PUBLISHED else "return_share"
    note(by, verb, f"share:{share.pk}", at=at, **({"reason": share.reason} if share.reason else {}))
    return share


def _consent(contestant: Contestant, *, given: bool, at: datetime) -> None:
    """Keep the proof: specific, verifiable, withdrawable (Law 91/2025/QH15)."""
    purpose = PURPOSE.format(contest=contestant.contest_id)
    known = Consent.objects.open(contestant.person, purpose)
    if given and known is None:
        version = CONSENT_VERSION
        Consent.objects.create(person=contestant.person, purpose=purpose, text_version=version, given_at=at)
    elif not given and known is not None:
        known.withdrawn_at = at
        known.save(update_fields=["withdrawn_at"])
