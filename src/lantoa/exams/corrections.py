"""What a person decides later: an attempt or a person does not count, counts again, another unit, two were one.

Facts, certificates and shares keep what they are. Each decision is one transaction in the contest's turn: the row with
its reason, the journal, the missing steps (`settling.py`). What was published is not touched; today's figures are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from lantoa.contests.corrections import decide
from lantoa.contests.models import Contestant, Correction
from lantoa.exams.models import Attempt
from lantoa.exams.settling import Family, family_of, settle, tied
from lantoa.lib.text import tidy
from lantoa.people.models import Account
from lantoa.units.models import COMMUNE_LEVEL, Unit

POWER = "correct_results"
LONGEST_REASON = 500
Kind = Correction.Kind


class Refused(Exception):
    """A rule says no. Codes: forbidden, reason, ahead, unknown, unchanged, merged, same, elsewhere, unit_elsewhere."""

    def __init__(self, code: str) -> None:
        """Carry the rule's code; the door turns it into words."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Who decides, why, from when on (None: as if it had always been so), and when (None: the database's moment)."""

    by: Account
    reason: str
    effective: datetime | None = None
    at: datetime | None = None


def void(*, contestant: Contestant, attempt: int | None = None, deed: Deed) -> Correction:
    """Let an attempt (by number), or without one the person, count for nothing."""
    return _correct(Kind.VOID, contestant, deed, attempt=attempt)


def restore(*, contestant: Contestant, attempt: int | None = None, deed: Deed) -> Correction:
    """Let a void attempt, or person, count again."""
    return _correct(Kind.RESTORE, contestant, deed, attempt=attempt)


def move(*, contestant: Contestant, unit: Unit, deed: Deed) -> Correction:
    """Let somebody count for another unit, with all attempts (before the first exam people do it themselves)."""
    return _correct(Kind.MOVE, contestant, deed, unit=unit)


def merge(*, contestant: Contestant, target: Contestant, deed: Deed) -> Correction:
    """Two entries were one person: what ``contestant`` did counts for ``target``. It cannot be taken back."""
    return _correct(Kind.MERGE, contestant, deed, target=target)


@transaction.atomic
def _correct(kind: Kind, contestant: Contestant, deed: Deed, **what: Any) -> Correction:
    if not deed.by.may(POWER):
        raise Refused("forbidden")
    reason = tidy(deed.reason)
    if not reason or len(reason) > LONGEST_REASON:
        raise Refused("reason")
    turn = Correction.objects.turn(contestant.contest_id)
    moment = deed.at or turn
    if deed.effective is not None and deed.effective > moment:
        raise Refused("ahead")
    entry = _locked(contestant, what.get("target"))
    family = family_of(entry, *([what["target"]] if what.get("target") else []))
    if code := _fault(kind, entry, family, deed.effective, what):
        raise Refused(code)
    what = {name: value for name, value in what.items() if value is not None}
    made = decide(
        kind=kind, contestant=entry, by=deed.by, reason=reason, known_at=moment, effective=deed.effective, **what
    )
    if kind == Kind.MOVE:
        Contestant.objects.filter(pk=entry.pk).update(unit=what["unit"], sub_unit=None)
    family.decided(made)
    settle(family, moment)
    return made


def _locked(contestant: Contestant, target: Contestant | None) -> Contestant:
    """The rows of both, locked: an exam that is being submitted is finished first, or waits and sees the correction."""
    wanted = [contestant.pk, *([target.pk] if target else [])]
    rows = {row.pk: row for row in Contestant.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    return rows[contestant.pk]


def _fault(kind: Kind, entry: Contestant, family: Family, effective: datetime | None, what: dict[str, Any]) -> str:
    """Why this cannot be decided; empty when it can."""
    attempt, target, unit = what.get("attempt"), what.get("target"), what.get("unit")
    if attempt is None and _merged(family.decisions, entry.pk):
        return "merged"
    if attempt is not None and not any(one.number == attempt for one in family.entries[entry.pk].sittings):
        return "unknown"
    if target is not None:
        return _unmergeable(entry, target, family)
    if (
        unit is not None
        and not Unit.objects.filter(pk=unit.pk, parent=entry.contest.root_id, kind__in=COMMUNE_LEVEL).exists()
    ):
        return "unit_elsewhere"
    about = [one for one in family.decisions if one.contestant_id == entry.pk and one.attempt == attempt]
    same = [one for one in about if (one.kind == Kind.MOVE) == (kind == Kind.MOVE) and one.kind != Kind.MERGE]
    if same:
        last = same[-1]
        held = (str(last.kind), last.unit_id, last.effective)
        return "unchanged" if held == (str(kind), unit.pk if unit else None, effective) else ""
    nothing = kind == Kind.RESTORE or (unit is not None and unit.pk == entry.joined_unit_id)
    return "unchanged" if nothing else ""


def _unmergeable(entry: Contestant, target: Contestant, family: Family) -> str:
    if target.pk == entry.pk:
        return "same"
    if target.contest_id != entry.contest_id:
        return "elsewhere"
    return "merged" if _merged(family.decisions, target.pk) else ""


def _merged(decisions: Iterable[Correction], entry: int) -> Correction | None:
    merges = (one for one in decisions if one.kind == Kind.MERGE and one.contestant_id == entry)
    return next(merges, None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What those who correct see of a contestant: attempts with whether they count, and what was decided."""

    attempts: list[tuple[Attempt, bool]]
    counts: bool
    merged_into: Contestant | None
    history: list[Correction]


def sheet(contestant: Contestant) -> Sheet:
    """The attempts of this entry, which of them count today, and all corrections, the newest first."""
    family = family_of(contestant)
    counted = {sitting.attempt for standing in family.now().values() for sitting in standing.sittings}
    rows = Attempt.objects.filter(contestant=contestant, submitted_at__isnull=False).order_by("number")
    history = list(Correction.objects.about(family.entries).detailed())[::-1]
    merged = _merged(history, contestant.pk)
    return Sheet(
        attempts=[(row, row.pk in counted) for row in rows],
        counts=contestant.pk in family.now(),
        merged_into=merged.target if merged else None,
        history=history,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is told: the decisions about them that stand, and the attempts of entries that became theirs."""

    stands: list[Correction]
    joined: list[Attempt]

    @property
    def void_attempts(self) -> set[int]:
        """The numbers of the own attempts that do not count."""
        return {one.attempt for one in self.stands if one.kind == Kind.VOID and one.attempt is not None}


NOTHING_TOLD = Told([], [])


def told(contestant: Contestant) -> Told:
    """For the contestant's own pages; of most people nothing was ever decided, and nothing is asked."""
    if not contestant.corrected:
        return NOTHING_TOLD
    known, decisions = tied(contestant)
    last = {
        (one.attempt, one.kind if one.kind in (Kind.MOVE, Kind.MERGE) else Kind.VOID): one
        for one in decisions
        if one.contestant_id == contestant.pk
    }
    # One's own attempts are read only if another entry's may have become one's own.
    joined = _joined(contestant) if len(known) > 1 else []
    return Told([one for one in last.values() if one.kind != Kind.RESTORE], joined)


def _joined(contestant: Contestant) -> list[Attempt]:
    standing = family_of(contestant).now().get(contestant.pk)
    counted = [sitting.attempt for sitting in standing.sittings] if standing else []
    return list(Attempt.objects.filter(pk__in=counted).exclude(contestant=contestant).order_by("-submitted_at"))
