"""Bulletins: figures of a moment published for good. Numbered, each names its predecessor, signed (Ed25519).

A bulletin keeps two times: the moment, and what was known (figures.md §1). Made again from the facts with both, it is
the same to the last byte whatever was corrected later; with today's knowledge it says what changed since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from lantoa.contests.ledger import append, milliseconds, public
from lantoa.contests.log import Leaf
from lantoa.contests.models import Contest
from lantoa.contests.sequencer import number_all
from lantoa.exams.results import earliest_overdue
from lantoa.lib import clock
from lantoa.lib.signing import signed_by, signing_key
from lantoa.people.journal import note
from lantoa.people.models import Account
from lantoa.standings.content import PUBLISHED, TODAY, UNPUBLISHED, VERSION, canonical, frame, written
from lantoa.standings.figures import Figures, figures, summed
from lantoa.standings.fold import settled
from lantoa.standings.models import Bulletin
from lantoa_verify import entries as forms

COUNTED = ("registered", "finished", "attempts", "population")
_COUNTING = {"moment", "known_at", *COUNTED, "ratio", "finished_units", "visits", "units", "clusters", "top"}


class Refused(Exception):
    """A rule of bulletins says no; the door turns ``code`` into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Change:
    """A number that is not today what was published: of a unit (its code), or of the contest (no code)."""

    unit: str
    name: str
    what: str
    published: int | None
    today: int | None


@dataclass(frozen=True, slots=True)
class Today:
    """A bulletin's moment as known today."""

    content: dict[str, Any]
    changes: tuple[Change, ...]


def latest_moment(contest: Contest, at: datetime) -> datetime:
    """The last whole second that a bulletin may tell of at ``at``: every fact and correction up to it is known.

    A minute ago, never beyond a running transaction, never beyond the deadline of an attempt that waits to be closed.
    """
    until = settled(at)
    overdue = earliest_overdue(contest.pk, at)
    return (min(until, overdue) if overdue else until).replace(microsecond=0)


def publish_bulletin(
    *, contest: Contest, as_of: datetime, by: Account | None, at: datetime | None = None, scheduled: bool = False
) -> Bulletin:
    """Seal the figures of ``as_of`` (to the second) as the next bulletin.

    Raises :class:`Refused` (before: the contest had not opened; too_early: facts may still come) and
    :class:`~lantoa.lib.signing.NoKey`. Bulletins of a contest take turns, so that the chain never forks.
    """
    key = signing_key("bulletin")
    with transaction.atomic():
        contest = Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
        at = at or clock.now()
        known_at = latest_moment(contest, at)
        as_of = as_of.replace(microsecond=0)
        if as_of < contest.opens_at:
            raise Refused("before")
        if as_of > known_at:
            raise Refused("too_early")
        last = Bulletin.objects.last(contest)
        number, previous = (last.number + 1, last.digest) if last else (1, "")
        number_all(contest, until=known_at)  # its figures follow from numbered entries, also when no sequencer runs
        known_size = Leaf.objects.known_by(contest, milliseconds(known_at)) or None
        seal = {"status": PUBLISHED, "number": number, "previous": previous, "known_size": known_size}
        content = canonical(written(frame(contest), figures(contest, as_of, known_at), **seal))
        bulletin = Bulletin.objects.create(
            contest=contest, number=number, as_of=as_of, known_at=known_at, method=VERSION,
            content=content.decode(), previous=previous, signature=key.sign(content),
            key=key.public_key().public_bytes_raw(), published_at=at, by=by, scheduled=scheduled,
            known_size=known_size,
        )  # fmt: skip
        _enter(bulletin)
        note(by, "publish_bulletin", f"bulletin:{bulletin.pk}", at=bulletin.published_at, number=number)
    return bulletin


def _enter(bulletin: Bulletin) -> None:
    """Write it down in the contest's log, with the size of the log that its figures follow from."""
    as_of, digest = milliseconds(bulletin.as_of), bytes.fromhex(bulletin.digest)
    fields = forms.BulletinEntry(bulletin.number, as_of, bulletin.known_size or 0, digest)
    append(bulletin.contest_id, public("bulletin", bulletin.published_at, fields, bulletin.content))


def unsealed(contest: Contest, as_of: datetime, known_at: datetime | None = None) -> dict[str, Any]:
    """What a bulletin of that moment would say, without a number: nobody published it."""
    at = clock.now() if known_at is None else known_at
    seal = {"status": UNPUBLISHED, "number": None, "previous": "", "known_size": None}
    return written(frame(contest), figures(contest, as_of, at), **seal)


def again(bulletin: Bulletin) -> bytes:
    """The bulletin made again from the facts, as known when it was published: the very bytes that were signed.

    Words (names of the contest, of units, of clusters) are the bulletin's own: they may be put right.
    """
    said = bulletin.data
    about = {key: value for key, value in said.items() if key not in _COUNTING}
    return canonical(written(about, _as_named(figures(bulletin.contest, bulletin.as_of, bulletin.known_at), said)))


def as_known_today(bulletin: Bulletin, at: datetime | None = None) -> Today:
    """The figures of the bulletin's moment with every later correction, and what they change."""
    said = bulletin.data
    about = {key: value for key, value in said.items() if key not in _COUNTING}
    counted = figures(bulletin.contest, bulletin.as_of, at or clock.now())
    content = written(about | {"status": TODAY, "known_size": None}, counted)
    return Today(content, tuple(_changes(said, content)))


def faults(contest: Contest) -> list[str]:
    """What is wrong with a contest's bulletins: number, chain, spelling, signature, figures; each with its number."""
    found, previous = [], ""
    for number, bulletin in enumerate(Bulletin.objects.of(contest).select_related("contest").order_by("number"), 1):
        said = bulletin.data
        checks = {
            "number": bulletin.number == said["number"] == number,
            "chain": bulletin.previous == said["previous"] == previous,
            "spelling": canonical(said) == bulletin.sealed,
            "signature": signed_by(bytes(bulletin.key), bytes(bulletin.signature), bulletin.sealed),
            "figures": again(bulletin) == bulletin.sealed,
        }
        found += [f"{bulletin.number}: {what}" for what, fine in checks.items() if not fine]
        previous = bulletin.digest
    return found


def _as_named(counted: Figures, said: Mapping[str, Any]) -> Figures:
    """The units that the bulletin names, as it names them; others only if they count anything."""
    clusters = {cluster["code"]: cluster["name"] for cluster in said["clusters"]}
    names = {unit["code"]: (unit["name"], unit["cluster"]) for unit in said["units"]}
    units = []
    for unit in counted.units:
        if unit.code in names:
            name, code = names[unit.code]
            units.append(replace(unit, name=name, cluster=(code, clusters[code]) if code else None))
        elif unit.registered or unit.attempts:
            units.append(unit)
    return replace(counted, units=tuple(units), total=summed(units))


def _changes(said: Mapping[str, Any], today: Mapping[str, Any]) -> Iterator[Change]:
    for what in (*COUNTED, "finished_units", "visits"):
        if said[what] != today[what]:
            yield Change("", "", what, said[what], today[what])
    nothing = dict.fromkeys(COUNTED)
    before, after = ({unit["code"]: unit for unit in content["units"]} for content in (said, today))
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code, nothing), after.get(code, nothing)
        for what in COUNTED:
            if old[what] != new[what]:
                name = (before.get(code) or after[code])["name"]
                yield Change(code, name, what, old[what], new[what])
