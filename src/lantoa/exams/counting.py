"""What somebody counts for at a moment, by facts and corrections: the only place that knows (figures.md §1).

Decisions stand in the order in which they were made: the last one about a subject holds, from its effective moment on.
What is merged counts for the entry it became part of; who is void counts for nothing, nor does what merged into them.
Of a merged person the earlier registration counts, in the surviving entry's unit as soon as that is registered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lantoa.contests.models import Correction
from lantoa.exams.ranking import best, key
from lantoa.exams.results import Result

Key = tuple[int, int, datetime]
Kind = Correction.Kind


@dataclass(frozen=True, slots=True)
class Sitting(Result):
    """A submitted attempt of an entry."""

    attempt: int  # row
    number: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant's facts."""

    pk: int
    unit: int  # joined for
    joined_at: datetime
    sittings: Sequence[Sitting]


@dataclass(frozen=True, slots=True)
class Standing:
    """What an entry counts for at a moment: itself with all that merged into it."""

    unit: int
    sittings: Sequence[Sitting]

    @property
    def best(self) -> Sitting | None:
        """The attempt that ranks."""
        return best(self.sittings) if self.sittings else None


@dataclass(slots=True)
class Steps:
    """Signed steps by moment: counts by (at, entry, unit), results by (at, entry, key)."""

    counts: dict[tuple[datetime, int, int], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    results: Counter[tuple[datetime, int, Key]] = field(default_factory=Counter)

    def add(self, at: datetime, entry: int, unit: int, counted: Sequence[int], sign: int = 1) -> None:
        """Registered, finished, attempts of an entry in a unit."""
        cell = self.counts[at, entry, unit]
        for place, n in enumerate(counted):
            cell[place] += sign * n

    def less(self, other: Steps) -> Steps:
        """What is left of these steps when the other ones are taken away; nothing that is zero."""
        for where, counted in other.counts.items():
            self.add(*where, counted, -1)
        self.results.subtract(other.results)
        left = Steps()
        left.counts.update({where: counted for where, counted in self.counts.items() if any(counted)})
        left.results.update({where: n for where, n in self.results.items() if n})
        return left


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the decisions say at a moment."""

    into: dict[int, int]
    void: dict[tuple[int, int | None], bool]  # by entry and attempt's number; None: the person
    unit: dict[int, int]

    def line(self, entry: int) -> Iterator[int]:
        """The entry, what it became part of, and so on to the one that counts."""
        yield entry
        while entry in self.into:
            entry = self.into[entry]
            yield entry


def _rules(decisions: Sequence[Correction], at: datetime) -> _Rules:
    rules = _Rules({}, {}, {})
    for decision in decisions:
        if decision.effective is not None and decision.effective > at:
            continue
        if decision.kind == Kind.MERGE:
            assert decision.target_id is not None
            rules.into[decision.contestant_id] = decision.target_id
        elif decision.kind == Kind.MOVE:
            assert decision.unit_id is not None
            rules.unit[decision.contestant_id] = decision.unit_id
        else:
            rules.void[decision.contestant_id, decision.attempt] = decision.kind == Kind.VOID
    return rules


def standings(entries: Mapping[int, Entry], decisions: Sequence[Correction], at: datetime) -> dict[int, Standing]:
    """What each entry counts for at ``at``; those that count for nothing are left out."""
    rules = _rules(decisions, at)
    members: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries.values():
        line = list(rules.line(entry.pk))
        if entry.joined_at <= at and not any(rules.void.get((pk, None)) for pk in line):
            members[line[-1]].append(entry)
    found = {}
    for root, joined in members.items():
        home = min(joined, key=lambda entry: (entry.pk != root, entry.joined_at, entry.pk))
        counted = [
            sitting
            for entry in joined
            for sitting in entry.sittings
            if sitting.submitted_at <= at and not rules.void.get((entry.pk, sitting.number))
        ]
        found[root] = Standing(rules.unit.get(home.pk, home.unit), counted)
    return found


def steps(entries: Mapping[int, Entry], decisions: Sequence[Correction], until: datetime) -> Steps:
    """The steps that make the standings of every moment up to ``until`` when they are added up."""
    moments = {entry.joined_at for entry in entries.values()}
    moments |= {sitting.submitted_at for entry in entries.values() for sitting in entry.sittings}
    moments |= {decision.effective for decision in decisions if decision.effective is not None}
    made, before = Steps(), dict[int, Standing]()
    for at in sorted(moment for moment in moments if moment <= until):
        after = standings(entries, decisions, at)
        for entry in before.keys() | after.keys():
            for standing, sign in ((before.get(entry), -1), (after.get(entry), 1)):
                if standing is not None:
                    _step(made, at, entry, standing, sign)
        before = after
    return made.less(Steps())


def _step(made: Steps, at: datetime, entry: int, standing: Standing, sign: int) -> None:
    ranks = standing.best
    made.add(at, entry, standing.unit, (1, int(ranks is not None), len(standing.sittings)), sign)
    if ranks is not None:
        made.results[at, entry, key(ranks)] += sign
