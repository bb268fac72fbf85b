"""Figures and standings of any moment, from the entries of the log alone (log.md §5).

Two times: what happened until ``as_of`` (milliseconds since 1970), corrected by every decision among the first ``size``
entries. A prefix of the log never changes, so what was published from it comes out the same for ever.

Decisions hold in the order of the log: the last one about a subject counts, from its effective moment on (0: always).
Who was merged counts for the person merged into, once, in that person's unit; who is void counts for nothing.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from lantoa_verify.entries import Join, Merge, Move, Sitting, Succession, Void

CLOSED = 0  # the person of an entry that was closed, and the unit of a person whose joining was
NOWHERE = ""
_LAST = 2**64 - 1


class Counts(NamedTuple):
    """Registered, finished, attempts."""

    registered: int = 0
    finished: int = 0
    attempts: int = 0

    def __add__(self, other: object) -> Counts:
        """Add them one by one."""
        assert isinstance(other, Counts)
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Figures(NamedTuple):
    """The whole contest, and each unit; under ``NOWHERE`` those whose joining is closed."""

    city: Counts
    units: Mapping[str, Counts]
    doubt: Counts = Counts()  # how far closed decisions, and decisions about closed joinings, may change the city
    moved: int = 0  # closed moves: who they moved stands in another row

    @property
    def finished_units(self) -> int:
        """Units in which somebody has finished."""
        return sum(counts.finished > 0 for unit, counts in self.units.items() if unit)


class Ranking(NamedTuple):
    """The key by which attempts rank, least first, and the entry that holds it."""

    missed: int
    ms: int
    at: int
    entry: int

    @property
    def key(self) -> tuple[int, int, int]:
        """Without the entry: equal keys are equal ranks."""
        return self[:3]


class Decision(NamedTuple):
    """A correction, in the order of the log."""

    entry: int
    kind: str
    body: Move | Void | Merge


@dataclass(slots=True)
class Record:
    """All that one person did: only for persons whom a decision concerns."""

    index: int = _LAST
    at: int = _LAST
    unit: int = CLOSED
    sittings: list[tuple[int, Ranking]] = field(default_factory=list)


def _numbers() -> array[int]:
    return array("Q")


class Book:
    """The facts of a log, compact: about 40 bytes a submission and 150 a person."""

    def __init__(self) -> None:
        self.people: dict[bytes, int] = {}
        self._units: list[str] = [NOWHERE]
        self._unit_number: dict[str, int] = {NOWHERE: CLOSED}
        self._home, self._tried = array("I", [CLOSED]), array("I", [0])  # by person
        self._joined, self._join_at, self._join_index = array("I"), _numbers(), _numbers()
        self._sat, self._first = array("I"), array("B")
        self._at, self._index, self._attempt = _numbers(), _numbers(), _numbers()
        self._missed, self._ms = _numbers(), _numbers()
        self._decisions: list[Decision] = []
        self._successions: list[tuple[int, Succession]] = []
        self._hidden: list[int] = []  # closed decisions that change who counts
        self._hidden_moves: list[int] = []
        self._records: dict[int, Record] | None = None

    # --- writing down ---

    def _person(self, who: bytes) -> int:
        number = self.people.get(who)
        if number is None:
            number = self.people[who] = len(self._home)
            self._home.append(CLOSED)
            self._tried.append(0)
        return number

    def join(self, index: int, at: int, body: Join | None) -> bool:
        """Write down a joining; False when this person has joined before."""
        person = CLOSED
        if body is not None:
            person = self._person(body.who)
            if self._home[person]:
                return False
            self._home[person] = self._unit(body.unit)
        self._joined.append(person)
        self._join_at.append(at)
        self._join_index.append(index)
        return True

    def _unit(self, code: str) -> int:
        if code not in self._unit_number:
            self._unit_number[code] = len(self._units)
            self._units.append(code)
        return self._unit_number[code]

    def sit(self, index: int, at: int, body: Sitting | None, *, first: bool) -> None:
        """Write down a submission."""
        person = CLOSED if body is None else self._person(body.who)
        self._tried[person] += 1
        self._sat.append(person)
        self._first.append(first)
        self._at.append(at)
        self._index.append(index)
        self._attempt.append(body.attempt if body else 0)
        self._missed.append(max(0, body.of - body.right) if body else 0)
        self._ms.append(body.ms if body else 0)

    def tried(self, who: bytes) -> int:
        """How many submissions of this person there are so far."""
        return self._tried[self.people.get(who, CLOSED)] if who in self.people else 0

    @property
    def sat(self) -> int:
        """How many submissions there are so far."""
        return len(self._sat)

    def has_joined(self, who: bytes) -> bool:
        """Whether this person's joining is known."""
        return who in self.people and self._home[self.people[who]] != CLOSED

    def decide(self, index: int, kind: str, body: Move | Void | Merge) -> None:
        """Write down a correction."""
        self._decisions.append(Decision(index, kind, body))

    def succeed(self, index: int, body: Succession) -> bool:
        """Write down that a unit became part of another; False when that would go in a circle."""
        line, edge = set[str](), {body.successor}
        while edge:
            line |= edge
            edge = {one.successor for _, one in self._successions if one.unit in edge} - line
        if body.unit in line:
            return False
        self._successions.append((index, body))
        return True

    def _shown(self, size: int, as_of: int) -> dict[str, str]:
        """What each unit had become part of: the last effective one counts."""
        known = [one for index, one in self._successions if index < size and one.effective <= as_of]
        into = {one.unit: one.successor for one in sorted(known, key=lambda one: one.effective)}
        shown = dict(into)
        for unit, heir in into.items():
            last = heir
            while last in into:
                last = into[last]
            shown[unit] = last
        return shown

    def hide(self, index: int, kind: str) -> None:
        """Write down that there was a correction which is closed now."""
        (self._hidden_moves if kind == "move" else self._hidden).append(index)

    def hidden(self, size: int) -> int:
        """How many corrections among the first ``size`` entries are closed."""
        return bisect_left(self._hidden, size)

    # --- figures ---

    def figures(self, size: int, as_of: int) -> Figures:
        """Return the figures of the first ``size`` entries for the moment ``as_of``."""
        home = self._home
        joins = bisect_left(self._join_index, size)
        registered = Counter(
            home[who] for who, at in zip(islice(self._joined, joins), self._join_at, strict=False) if at <= as_of
        )
        end = bisect_left(self._index, size)
        sat = [home[who] for who, at in zip(islice(self._sat, end), self._at, strict=False) if at <= as_of]
        firsts = zip(islice(self._sat, end), self._at, self._first, strict=False)
        finished = Counter(home[who] for who, at, first in firsts if first and at <= as_of)
        attempts = Counter(sat)
        units = defaultdict(
            Counts,
            {
                unit: Counts(registered[unit], finished[unit], attempts[unit])
                for unit in registered.keys() | attempts.keys()
            },
        )
        doubtful = hidden = self.hidden(size)
        for family, rules in self._families(size, as_of):
            records = (self._record(person, size, as_of) for person in family)
            doubtful += sum(record.index == _LAST and not record.sittings for record in records)
            for unit, counts in self._corrections(family, rules, size, as_of):
                units[unit] += counts
        shown, merged = self._shown(size, as_of), defaultdict[str, Counts](Counts)
        for number, counts in units.items():
            code = self._units[number]
            merged[shown.get(code, code)] += counts
        found = {unit: counts for unit, counts in merged.items() if any(counts)}
        doubt = Counts(doubtful, hidden, self._tried[CLOSED] if hidden else 0)
        return Figures(sum(units.values(), Counts()), found, doubt, bisect_left(self._hidden_moves, size))

    def _corrections(self, family: list[int], rules: _Rules, size: int, as_of: int) -> Iterator[tuple[int, Counts]]:
        """Yield what decisions take away from units and give to them."""
        joined = 0
        for person in family:
            record = self._record(person, size, as_of)
            known = record.index < size and record.at <= as_of
            if known or (record.index == _LAST and record.sittings):  # who sat has joined, by a line that is closed
                joined = 1
                yield record.unit, Counts(-1)
            if record.sittings:
                finished = any(attempt == 1 for attempt, _ in record.sittings)
                yield self._home[person], Counts(0, -finished, -len(record.sittings))
        for unit, sittings in self._standings(family, rules, size, as_of):
            yield unit, Counts(joined, bool(sittings), len(sittings))

    def _families(self, size: int, as_of: int) -> Iterator[tuple[list[int], _Rules]]:
        """Yield the persons whom decisions concern, those who became one together."""
        rules = _Rules()
        for decision in self._decisions:
            if decision.entry < size and decision.body.effective <= as_of:
                rules.add(decision, self)
        families: dict[int, list[int]] = defaultdict(list)
        for person in sorted(rules.persons):
            families[rules.line(person)[-1]].append(person)
        for family in families.values():
            yield family, rules

    def _standings(
        self, family: list[int], rules: _Rules, size: int, as_of: int
    ) -> Iterator[tuple[int, list[Ranking]]]:
        """Yield (unit, sittings that count) of a family: one standing, or none."""
        members = []
        for person in family:
            record = self._record(person, size, as_of)
            known = record.at <= as_of and record.index < size
            if (known or record.sittings) and not any(rules.void.get((one, 0)) for one in rules.line(person)):
                members.append((person, record))
        if not members:
            return
        root = rules.line(family[0])[-1]
        home, record = min(members, key=lambda one: (one[0] != root, one[1].at, one[1].index))
        sittings = [
            ranking
            for person, one in members
            for attempt, ranking in one.sittings
            if not rules.void.get((person, attempt))
        ]
        yield rules.unit.get(home, record.unit), sittings

    def _record(self, person: int, size: int, as_of: int) -> Record:
        """What a person had done by then."""
        if self._records is None:
            self._records = self._gathered()
        whole = self._records[person]
        return Record(
            whole.index,
            whole.at,
            whole.unit,
            [one for one in whole.sittings if one[1].entry < size and one[1].at <= as_of],
        )

    def _gathered(self) -> dict[int, Record]:
        """Gather the deeds of everybody whom a decision concerns, in one pass."""
        wanted = _Rules()
        for decision in self._decisions:
            wanted.add(decision, self)
        records = {person: Record() for person in wanted.persons}
        for person, at, index in zip(self._joined, self._join_at, self._join_index, strict=True):
            if person in records:
                record = records[person]
                record.index, record.at, record.unit = index, at, self._home[person]
        for place, person in enumerate(self._sat):
            if person in records:
                records[person].sittings.append((self._attempt[place], self._ranking(place)))
        return records

    def _ranking(self, place: int) -> Ranking:
        return Ranking(self._missed[place], self._ms[place], self._at[place], self._index[place])

    # --- standings ---

    def standing(self, size: int, as_of: int) -> list[Ranking]:
        """Return the best submission of everybody, best first; closed entries are not in it."""
        families = list(self._families(size, as_of))
        corrected = {person for family, _ in families for person in family}
        best: dict[int, Ranking] = {}
        for place in range(bisect_left(self._index, size)):
            person = self._sat[place]
            if self._at[place] <= as_of and person != CLOSED and person not in corrected:
                ranking = self._ranking(place)
                if person not in best or ranking < best[person]:
                    best[person] = ranking
        rows = list(best.values())
        for family, rules in families:
            rows += [min(sittings) for _, sittings in self._standings(family, rules, size, as_of) if sittings]
        return sorted(rows)

    def person(self, who: bytes) -> int:
        """Return the number of a person, new or known."""
        return self._person(who)

    def unit(self, code: str) -> int:
        """Return the number of a unit, new or known."""
        return self._unit(code)


class _Rules:
    """What decisions say, by person."""

    def __init__(self) -> None:
        self.persons: set[int] = set()
        self.into: dict[int, int] = {}
        self.void: dict[tuple[int, int], bool] = {}  # by person and attempt; attempt 0: the person
        self.unit: dict[int, int] = {}

    def add(self, decision: Decision, book: Book) -> None:
        """Take in one more."""
        body = decision.body
        if isinstance(body, Merge):
            source, into = book.person(body.source), book.person(body.into)
            self.persons |= {source, into}
            if source not in self.line(into):
                self.into[source] = into
            return
        person = book.person(body.who)
        self.persons.add(person)
        if isinstance(body, Move):
            self.unit[person] = book.unit(body.unit)
        else:
            self.void[person, body.attempt] = decision.kind == "void"

    def line(self, person: int) -> list[int]:
        """Return the person, whom it became part of, and so on."""
        line = [person]
        while line[-1] in self.into:
            line.append(self.into[line[-1]])
        return line


def ranks(rows: Iterable[Ranking]) -> list[tuple[int, int]]:
    """Return (rank, index of the entry) of rows in order: 1, 2, 2, 4."""
    found: list[tuple[int, int]] = []
    before: Ranking | None = None
    for place, row in enumerate(rows, 1):
        found.append((found[-1][0] if before and before.key == row.key else place, row.entry))
        before = row
    return found
