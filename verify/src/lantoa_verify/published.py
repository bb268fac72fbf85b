"""Texts that the log names, and whether the figures in them follow from the entries: rules, bulletins, standings."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lantoa_verify.entries import BulletinEntry, HeadEntry, Sitting, Standing
from lantoa_verify.export import BadExport, digest_of, read_standing, text_of
from lantoa_verify.fold import Counts, Figures, Ranking

if TYPE_CHECKING:
    from lantoa_verify.audit import Audit
    from lantoa_verify.entries import Line
    from lantoa_verify.export import Source
    from lantoa_verify.report import Report

MINUTE = 60_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Rules:
    """What a version of the rules says, as data; moments and durations in milliseconds."""

    opens: int
    closes: int
    asked: int
    time_limit: int
    attempts_limit: int | None

    def fault(self, at: int, body: Sitting) -> str:
        """Say what an attempt breaks; empty when it breaks nothing."""
        if not self.opens <= at <= self.closes:
            return "outside the contest's time"
        if body.right > body.of or body.of != self.asked:
            return f"{body.right} right of {body.of}, {self.asked} are asked"
        if body.ms > self.time_limit or body.ms > at - self.opens:
            return f"{body.ms} ms, {self.time_limit} are allowed"
        if self.attempts_limit is not None and body.attempt > self.attempts_limit:
            return f"attempt {body.attempt}, {self.attempts_limit} are allowed"
        return ""


def read_rules(text: bytes) -> Rules:
    """Read a version of the rules; raises BadExport."""
    try:
        data = json.loads(text)
        limit = data["attempts_limit"]
        opens, closes, asked, time = (int(data[name]) for name in ("opens", "closes", "asked", "time_limit"))
        return Rules(opens, closes, asked, time, None if limit is None else int(limit))
    except (ValueError, KeyError, TypeError) as error:
        raise BadExport("rules cannot be read") from error


def units_of(text: bytes) -> dict[str, str]:
    """Return the names of the units of a version by code; raises BadExport."""
    try:
        return {row["code"]: row.get("name", "") for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))}
    except (ValueError, KeyError) as error:
        raise BadExport("units cannot be read") from error


def check_published(source: Source, report: Report, audit: Audit) -> None:
    """Check every bulletin and standing against the entries that were known when it was published."""
    for index, line in audit.seen.get("bulletin", ()):
        text = _text(source, line)
        if text is not None and isinstance(line.fields, BulletinEntry):
            report.bulletins += 1
            faults = _Bulletin(line.fields, audit, index, line).faults(text)
            for fault in faults:
                report.fault(index, f"bulletin {line.fields.number}: {fault}")
    for index, line in audit.seen.get("standing", ()):
        text = _text(source, line)
        if text is not None and isinstance(line.fields, Standing):
            report.standings += 1
            if fault := _standing_fault(text, line.fields, audit):
                report.fault(index, f"standing: {fault}")


def _text(source: Source, line: Line) -> bytes | None:
    """The text, when it is the one that was written down; a wrong one was reported while reading on."""
    named = text_of(line)
    data = source.read(named[0]) if named else None
    return data if named and data is not None and digest_of(data) == named[1] else None


class _Bulletin:
    """One published bulletin beside what follows from the log."""

    def __init__(self, entry: BulletinEntry, audit: Audit, index: int, line: Line) -> None:
        self._entry, self._audit, self._index, self._line = entry, audit, index, line

    def faults(self, text: bytes) -> list[str]:
        """Say what does not follow."""
        if self._entry.known_size > self._index or self._entry.as_of > self._line.at:
            return ["it speaks of what was not known yet"]
        try:
            data = json.loads(text)
            shown = data.get("figures", data)
            found = self._audit.book.figures(self._entry.known_size, self._entry.as_of)
            return [*self._moment(data), *self._city(shown, found), *self._units(shown, found), *self._visits(shown)]
        except (ValueError, KeyError, TypeError, AttributeError):
            return ["it cannot be read"]

    def _moment(self, data: Mapping[str, Any]) -> list[str]:
        moment = data.get("moment")
        if moment is None or int(datetime.fromisoformat(moment).timestamp() * 1000) == self._entry.as_of:
            return []
        return ["it names another moment than its entry"]

    def _city(self, shown: Mapping[str, Any], found: Figures) -> list[str]:
        faults = []
        for (name, value), doubt in zip(found.city._asdict().items(), found.doubt, strict=True):
            if shown[name] is not None and abs(shown[name] - value) > doubt:  # null: withheld
                faults.append(f"{shown[name]} {name}, from the log {value}")
        return faults

    def _units(self, shown: Mapping[str, Any], found: Figures) -> list[str]:
        """Each unit's row. People whose joining is closed, or whose unit has another name by now, may be in any row."""
        rows = {row["code"]: row for row in shown.get("units") or ()}
        if not rows:
            return []
        faults = []
        unplaced = sum((counts for unit, counts in found.units.items() if unit not in rows), Counts())
        for place, name in enumerate(Counts._fields):
            given = {code: row[name] for code, row in rows.items() if row.get(name) is not None}  # null: withheld
            slack = found.doubt[place] + (found.city[place] if name == "attempts" and found.moved else found.moved)
            more = {code: count - found.units.get(code, Counts())[place] for code, count in given.items()}
            low = [code for code, difference in more.items() if difference < -slack]
            faults += [f"unit {code}: {given[code]} {name}, more in the log" for code in low]
            whole = len(given) == len(rows) and shown[name] is not None
            if sum(more.values()) > unplaced[place] + slack or (whole and sum(given.values()) != shown[name]):
                faults.append(f"the {name} of the units are not those of the log")
        return faults + self._finished_units(shown, rows)

    def _finished_units(self, shown: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
        counted = sum(row["finished"] > 0 for row in rows.values())
        units = shown.get("finished_units")
        return [] if units in {None, counted} else [f"{units} units with somebody who finished, {counted} in the table"]

    def _visits(self, shown: Mapping[str, Any]) -> list[str]:
        """Visits are counted to the minute: they lie between the counts of the heads before and after it."""
        visits = shown.get("visits")
        minute = self._entry.as_of // MINUTE * MINUTE
        heads = [(line.at, line.fields.visits) for _, line in self._heads() if isinstance(line.fields, HeadEntry)]
        least = max((count for at, count in heads if at <= minute), default=0)
        most = min((count for at, count in heads if at >= minute + MINUTE), default=None)
        if visits is None or (least <= visits and (most is None or visits <= most)):
            return []
        return [f"{visits} visits; the heads say {least} to {most}"]

    def _heads(self) -> Sequence[tuple[int, Line]]:
        return self._audit.seen.get("head", ())


def _standing_fault(text: bytes, entry: Standing, audit: Audit) -> str:
    """Say what a standing has wrong; empty when it follows from the log.

    Rows of closed entries stay where they are: only their number and the order of all others can be checked.
    """
    try:
        rows = read_standing(text)
    except BadExport as error:
        return str(error)
    follows = {row.entry: row for row in audit.book.standing(entry.known_size, entry.as_of)}
    shown = [index for _, index in rows if index in follows]
    there = set(shown)
    due = [index for index in follows if index in there]
    if shown != due or len(follows) - len(due) > audit.book.hidden(entry.known_size):
        return "it does not follow from the log"
    if len(rows) - len(shown) > audit.report.closed["first"] + audit.report.closed["again"]:
        return "rows that nobody in the log has"
    return "" if _ranked(rows, follows) else "ranks are not counted right"


def _ranked(rows: Sequence[tuple[int, int]], follows: Mapping[int, Ranking]) -> bool:
    """Tell whether ranks are 1, 2, 2, 4: equal for equal keys, else the place."""
    before: tuple[int, int] | None = None
    for place, (rank, index) in enumerate(rows, 1):
        equal = before is not None and rank == before[0]
        if not equal and rank != place:
            return False
        if before and index in follows and before[1] in follows:
            same = follows[index].key == follows[before[1]].key
            if same != equal:
                return False
        before = (rank, index)
    return True
