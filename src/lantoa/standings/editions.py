"""What outputs are made from, and no more: a content, the bulletin before, the seal, what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lantoa.contests.models import Contest
from lantoa.contests.sequencer import tile_reader
from lantoa.standings.bulletins import Change, as_known_today, unsealed
from lantoa.standings.models import Bulletin
from lantoa_verify.tiles import root_at


@dataclass(frozen=True, slots=True)
class Seal:
    """What a bulletin is checked by, in hex; ``root`` is that of the log that its figures follow from, or empty."""

    digest: str
    signature: str
    key: str
    root: str


@dataclass(frozen=True, slots=True)
class Edition:
    """What documents are made from. ``before`` is the content of the last bulletin of an earlier moment.

    ``changes`` is None unless the content is a bulletin's moment as known today.
    """

    content: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    seal: Seal | None = None
    changes: tuple[Change, ...] | None = None


def as_published(bulletin: Bulletin) -> Edition:
    """A bulletin as it was published: always the same."""
    return Edition(bulletin.data, _before(bulletin), _seal(bulletin))


def known_today(bulletin: Bulletin, at: datetime | None = None) -> Edition:
    """The bulletin's moment with every later correction."""
    today = as_known_today(bulletin, at)
    return Edition(today.content, _before(bulletin), _seal(bulletin), today.changes)


def unpublished(contest: Contest, as_of: datetime, known_at: datetime | None = None) -> Edition:
    """Figures of a moment that nobody published."""
    before = Bulletin.objects.before(contest, as_of)
    return Edition(unsealed(contest, as_of, known_at), before.data if before else None)


def _before(bulletin: Bulletin) -> dict[str, Any] | None:
    """Of those published earlier, so that a later one of an earlier moment changes nothing."""
    found = Bulletin.objects.before(bulletin.contest, bulletin.as_of, bulletin.number)
    return found.data if found else None


def _seal(bulletin: Bulletin) -> Seal:
    size = bulletin.known_size
    root = root_at(tile_reader(bulletin.contest_id), size).hex() if size else ""
    return Seal(bulletin.digest, bytes(bulletin.signature).hex(), bytes(bulletin.key).hex(), root)
