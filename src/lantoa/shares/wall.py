"""The wall: published shares, the newest first, paged by the key of the last one seen (never by counting rows)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from lantoa.contests.models import Contest
from lantoa.lib.text import mask_name
from lantoa.shares.models import Share, ShareQuerySet
from lantoa.units.models import Unit

PAGE = 12
LEAD = 420  # characters shown at once; the rest unfolds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)
_KEY = re.compile(r"([0-9]{1,17})-([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """One share as the public sees it: no more of its author than the masked name and the unit."""

    number: int
    kind: str
    label: str
    lead: str
    rest: str
    author: str
    unit: str
    published_at: datetime


@dataclass(frozen=True)
class Page:
    """Some entries, and the key to ask for older ones with; empty when there are none."""

    entries: tuple[Entry, ...]
    older: str


def page(contest: Contest, *, kind: str = "", unit: Unit | None = None, after: str = "") -> Page:
    """Entries of a kind and a unit, older than the key ``after``; an odd key is the beginning."""
    found = Share.objects.published(contest)
    if kind in Share.Kind.values:
        found = found.filter(kind=kind)
    if unit is not None:
        found = found.filter(unit=unit)
    shares = list(_older(found, after)[: PAGE + 1])
    return Page(tuple(_entry(share) for share in shares[:PAGE]), _key(shares[PAGE - 1]) if len(shares) > PAGE else "")


def entry(contest: Contest, number: int) -> Entry | None:
    """One published share."""
    found = Share.objects.published(contest).filter(pk=number).first()
    return _entry(found) if found else None


def _older(found: ShareQuerySet, after: str) -> ShareQuerySet:
    match = _KEY.fullmatch(after)
    if match is None:
        return found
    moment, number = _EPOCH + int(match[1]) * _INSTANT, int(match[2])
    # The first condition is what the index walks; the second cuts the one instant in two.
    return found.filter(Q(decided_at__lt=moment) | Q(pk__lt=number), decided_at__lte=moment)


def _key(share: Share) -> str:
    assert share.decided_at is not None
    return f"{(share.decided_at - _EPOCH) // _INSTANT}-{share.pk}"


def _entry(share: Share) -> Entry:
    assert share.decided_at is not None
    lead, rest = _parts(share.text)
    author, unit = mask_name(share.contestant.person.full_name), share.unit.full_name
    return Entry(share.pk, share.kind, share.get_kind_display(), lead, rest, author, unit, share.decided_at)


def _parts(text: str) -> tuple[str, str]:
    """What is shown at once and what unfolds, cut between paragraphs or words."""
    if len(text) <= LEAD * 4 // 3:
        return text, ""
    cut = max(text.rfind("\n", LEAD // 2, LEAD), 0) or max(text.rfind(" ", LEAD // 2, LEAD), 0) or LEAD
    return text[:cut].rstrip(), text[cut:].strip()
