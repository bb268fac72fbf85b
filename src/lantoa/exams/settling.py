"""After a correction, and after every later fact of somebody corrected: the steps that are missing are written.

Facts and totals of facts stay as they are. What should count (`counting.py`) less what is written is appended as
signed steps of the correction, known from that moment on, so that figures known before never change (F6 of figures.md).
Then the best results are made to agree, with a row of the queue for each that changed. The caller holds the turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, TypeAlias

from lantoa.contests.models import Contest, Contestant, Correction, Movement
from lantoa.exams.counting import Entry, Key, Sitting, Standing, Steps, standings, steps
from lantoa.exams.models import Attempt, Best, Change
from lantoa.exams.ranking import key
from lantoa.exams.results import result_of
from lantoa.lib.one_moment import one_moment

Tied: TypeAlias = tuple[set[int], list[Correction]]  # entries that corrections tie together, and the corrections
TOGETHER = 500  # families, read at once
LAST = datetime.max.replace(tzinfo=UTC)  # every correction is in effect


@dataclass(frozen=True, slots=True)
class Family:
    """Entries that corrections tie together, with their facts, corrections and written steps."""

    contest: int
    entries: dict[int, Entry]
    decisions: list[Correction]
    written: list[Movement]

    def decided(self, correction: Correction) -> None:
        """Take in a decision that was made since."""
        self.decisions.append(correction)
        self.decisions.sort(key=_order)

    def missing(self, known: datetime) -> Steps:
        """What should count as known at ``known``, less what is written as known then."""
        decided = [decision for decision in self.decisions if decision.known_at <= known]
        have = Steps()
        for row in self.written:
            if row.known_at <= known and row.at <= known:
                _written(have, row)
        return steps(self.entries, decided, known).less(have)

    def now(self) -> dict[int, Standing]:
        """What each entry counts for today."""
        return standings(self.entries, self.decisions, LAST)

    def moments(self, since: datetime) -> list[datetime]:
        """When something became known, from ``since`` on: a fact may be written after a correction that it preceded."""
        known = {decision.known_at for decision in self.decisions}
        known |= {sitting.submitted_at for entry in self.entries.values() for sitting in entry.sittings}
        return sorted({since} | {moment for moment in known if moment > since})


def family_of(*contestants: Contestant) -> Family:
    """These contestants of one contest with all that corrections tie to them."""
    return next(_families(contestants[0].contest_id, [tied(*contestants)]))


def _families(contest: int, groups: Sequence[Tied]) -> Iterator[Family]:
    """Of each group what is told of it, read together."""
    everyone = {pk for known, _ in groups for pk in known}
    sittings: dict[int, list[Sitting]] = defaultdict(list)
    submitted = Attempt.objects.filter(contestant__in=everyone, submitted_at__isnull=False).order_by("number")
    for row in submitted.only("contestant", "number", "questions", "correct", "duration_ms", "submitted_at"):
        result = result_of(row)
        sittings[row.contestant_id].append(Sitting(result.missed, result.ms, result.submitted_at, row.pk, row.number))
    entries = _entries(everyone, sittings)
    written: dict[int, list[Movement]] = defaultdict(list)
    for step in Movement.objects.filter(contestant__in=everyone):
        written[step.contestant_id].append(step)
    for known, decisions in groups:
        ordered = sorted(known)
        steps_of = [step for pk in ordered for step in written[pk]]
        yield Family(contest, {pk: entries[pk] for pk in ordered}, decisions, steps_of)


def counts(contestant: Contestant) -> bool:
    """Whether what this entry does counts for it: it is not void and did not become part of another.

    Decisions alone say so. Of somebody who sat a hundred times no attempt and no step is read.
    """
    known, decisions = tied(contestant)
    return contestant.pk in standings(_entries(known, {}), decisions, LAST)


def tied(*contestants: Contestant) -> Tied:
    """The entries that corrections tie to these, and the corrections."""
    known, more = set[int](), {one.pk for one in contestants}
    decisions: list[Correction] = []
    while more > known:
        known = more
        decisions = list(Correction.objects.about(known))
        more = known.union(*((one.contestant_id, one.target_id or one.contestant_id) for one in decisions))
    return known, decisions


def _entries(known: set[int], sittings: Mapping[int, Sequence[Sitting]]) -> dict[int, Entry]:
    joined = Contestant.objects.filter(pk__in=known).order_by("pk").values_list("pk", "joined_unit", "joined_at")
    return {pk: Entry(pk, unit, at, sittings.get(pk, ())) for pk, unit, at in joined}


def settle(family: Family, since: datetime) -> None:
    """Write what is missing, as known at ``since`` and at every later moment at which something became known."""
    for known in family.moments(since):
        rows = list(_rows(family, known))
        family.written.extend(Movement.objects.bulk_create(rows) if rows else ())
    _rank(family)


def unsettled(contest: Contest) -> list[str]:
    """Entries under corrections whose steps or best results disagree with facts and corrections; for the operator.

    All is read as of one moment: exams that are handed in meanwhile are no difference.
    """
    found = []
    with one_moment():
        groups = _groups(contest)
        for first in range(0, len(groups), TOGETHER):
            some = groups[first : first + TOGETHER]
            bests = _bests(contest.pk, {pk for known, _ in some for pk in known})
            found += [
                f"contestant {min(family.entries)} of {len(family.entries)} tied: {fault}"
                for family in _families(contest.pk, some)
                if (fault := next(_faults(family, contest.opens_at, bests), None))
            ]
    return found


def _faults(family: Family, since: datetime, kept: Mapping[int, _Place]) -> Iterator[str]:
    """What is not as it should be, the first moment first: what an operator, and whoever mends it, has to know."""
    for known in family.moments(since):
        missing = family.missing(known)
        for (at, entry, unit), counted in missing.counts.items():
            yield f"known at {known}, entry {entry} in unit {unit} lacks {counted} at {at}"
        for (at, entry, result), n in missing.results.items():
            yield f"known at {known}, entry {entry} lacks {n} of result {result} at {at}"
    for entry, old, new in _changes(family, kept):
        yield f"the best of entry {entry} is {old} instead of {new}"


def _groups(contest: Contest) -> list[Tied]:
    """Everybody of whom something was decided, by what ties them, with the decisions as they came."""
    marked = Contestant.objects.filter(contest=contest, corrected=True).values_list("pk", flat=True)
    group: dict[int, Tied] = {pk: ({pk}, []) for pk in marked}
    for one in Correction.objects.filter(contest=contest).order_by("known_at", "pk"):
        concerned = {one.contestant_id, one.target_id or one.contestant_id}
        before = {id(group[pk]): group[pk] for pk in concerned if pk in group}.values()
        known = concerned.union(*(entries for entries, _ in before))
        decided = sorted((made for _, decisions in before for made in decisions), key=_order)
        group.update(dict.fromkeys(known, (known, [*decided, one])))
    return list({id(one): one for one in group.values()}.values())


def _order(one: Correction) -> tuple[datetime, int]:
    return one.known_at, one.pk


def _written(have: Steps, row: Movement) -> None:
    """A row of the journal as steps. A fact's old result only goes if a new one comes."""
    have.add(row.at, row.contestant_id, row.unit_id, (row.reg, row.fin, row.att))
    if row.new_missed is not None and row.new_ms is not None:
        have.results[row.at, row.contestant_id, (row.new_missed, row.new_ms, row.new_at or row.at)] += 1
    went = row.new_missed is not None or row.correction_id is not None
    if went and row.old_missed is not None and row.old_ms is not None and row.old_at is not None:
        have.results[row.at, row.contestant_id, (row.old_missed, row.old_ms, row.old_at)] -= 1


def _rows(family: Family, known: datetime) -> Iterator[Movement]:
    """The missing steps as rows of the last correction known then: a count and a change of result share a row."""
    missing = family.missing(known)
    decided = [decision for decision in family.decisions if decision.known_at <= known]
    counts: dict[tuple[datetime, int], list[tuple[int, list[int]]]] = defaultdict(list)
    went: dict[tuple[datetime, int], list[Key]] = defaultdict(list)
    came: dict[tuple[datetime, int], list[Key]] = defaultdict(list)
    for (at, entry, unit), counted in missing.counts.items():
        counts[at, entry].append((unit, counted))
    for (at, entry, result), n in missing.results.items():
        (came if n > 0 else went)[at, entry] += [result] * abs(n)
    for where in sorted(counts.keys() | went.keys() | came.keys()):
        at, entry = where
        for counted_in, old, new in zip_longest(counts[where], went[where], came[where]):
            unit, (reg, fin, att) = counted_in or (family.entries[entry].unit, [0, 0, 0])
            old_missed, old_ms, old_at = old or (None, None, None)
            new_missed, new_ms, new_at = new or (None, None, None)
            yield Movement(
                contest_id=family.contest, at=at, known_at=known, unit_id=unit, contestant_id=entry,
                reg=reg, fin=fin, att=att, old_missed=old_missed, old_ms=old_ms, old_at=old_at,
                new_missed=new_missed, new_ms=new_ms, new_at=new_at, correction=decided[-1],
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a result ranks."""

    unit: int
    attempt: int
    key: Key


def _bests(contest: int, entries: Iterable[int]) -> dict[int, _Place]:
    """The best results that are kept of these entries."""
    kept = Best.objects.filter(contest=contest, contestant__in=entries)
    return {row.contestant_id: _Place(row.unit_id, row.attempt_id, key(row)) for row in kept}


def _changes(family: Family, kept: Mapping[int, _Place]) -> Iterator[tuple[int, _Place | None, _Place | None]]:
    """Entries whose best result is not what it should be: the entry, what it is, what it should be."""
    ranking = {
        entry: _Place(standing.unit, standing.best.attempt, key(standing.best))
        for entry, standing in family.now().items()
        if standing.best is not None
    }
    for entry in family.entries:
        if kept.get(entry) != ranking.get(entry):
            yield entry, kept.get(entry), ranking.get(entry)


def _rank(family: Family) -> None:
    """Make the best results what they should be, each with its rows of the queue."""
    for entry, old, new in list(_changes(family, _bests(family.contest, family.entries))):
        kept = Best.objects.filter(contest=family.contest, contestant=entry)
        if new is None:
            kept.delete()
        else:
            missed, ms, submitted_at = new.key
            values: dict[str, Any] = {"unit_id": new.unit, "attempt_id": new.attempt}
            values |= {"missed": missed, "ms": ms, "submitted_at": submitted_at}
            if old is None:
                Best.objects.create(contest_id=family.contest, contestant_id=entry, **values)
            else:
                kept.update(**values)
        Change.objects.bulk_create(_queue(family.contest, old, new))


def _queue(contest: int, old: _Place | None, new: _Place | None) -> Iterator[Change]:
    """One row, or two when the result ranks in another unit now."""
    pairs: list[tuple[_Place | None, _Place | None]] = [(old, new)]
    if old and new and old.unit != new.unit:
        pairs = [(old, None), (None, new)]
    for gone, come in pairs:
        where = come or gone
        assert where is not None
        old_missed, old_ms, _ = gone.key if gone else (None, None, None)
        new_missed, new_ms, _ = come.key if come else (None, None, None)
        yield Change(
            contest_id=contest, unit_id=where.unit,
            old_missed=old_missed, old_ms=old_ms, new_missed=new_missed, new_ms=new_ms,
        )  # fmt: skip
