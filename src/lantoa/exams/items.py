"""What a question and a fact of a contest package are, and how they are read from its files.

Source of the format: docs/content/package.md, "A question" and "Facts". Reading checks the shape only (fields
and types) and reports every fault at once; what a good question must be is the business of ``checks``.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lantoa_verify.papers import Candidate

LEVELS = (1, 2, 3)  # recognise, apply, weigh
KINDS = ("scene", "reason", "fact")
AUDIENCES = ("all", "elder", "pupil", "official", "seller")
STATUSES = ("draft", "reviewed", "piloted", "published", "retired")
CONFIDENCES = ("A", "B", "C")
SKILL = "lesson"  # the source of a question on a pure skill

R = TypeVar("R")
Row = Mapping[str, Any]
Report = Callable[[str, str], None]


class BadPackage(ValueError):
    """A package cannot be read; ``messages`` holds one ``file: item: what`` a fault."""

    def __init__(self, messages: Iterable[str]) -> None:
        """Keep every message; the text of the exception is all of them, one a line."""
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


@dataclass(frozen=True, slots=True)
class Item:
    """One question as its author wrote it; a published version never changes."""

    id: str
    version: int
    topic: int
    lesson: str
    level: int
    kind: str
    stem: str
    options: tuple[str, ...]
    key: int
    explanation: str
    sources: tuple[str, ...]
    author: str
    reviewer: str
    status: str
    misconceptions: Mapping[int, str]
    shuffle: bool = True
    volatile: bool = False
    review_by: dt.date | None = None
    audience: tuple[str, ...] = ("all",)
    tags: tuple[str, ...] = ()
    enemies: tuple[str, ...] = ()
    negative: bool = False
    history: bool = False
    card: int | None = None

    @property
    def words(self) -> int:
        """Words to read in an exam: stem and options, parted by spaces (items.md §1, reading load)."""
        return len(self.stem.split()) + sum(len(option.split()) for option in self.options)

    @property
    def candidate(self) -> Candidate:
        """What the draw needs to know of it."""
        return Candidate(
            self.id,
            self.topic,
            self.lesson,
            self.level,
            self.words,
            frozenset(self.enemies),
            fixed=not self.shuffle,
            options=len(self.options),
        )

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """The sources that are facts, without the word that stands for a pure skill."""
        return tuple(source for source in self.sources if source != SKILL)

    @property
    def distractors(self) -> tuple[str, ...]:
        """The options that are not the key."""
        return tuple(option for place, option in enumerate(self.options) if place != self.key)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that a contestant may ever read of this question."""
        return (self.stem, *self.options, self.explanation)


@dataclass(frozen=True, slots=True)
class Fact:
    """One sourced fact that lessons and questions may lean on."""

    id: str
    text: str
    source: str
    confidence: str
    volatile: bool
    seen: dt.date
    source_date: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A wording that no question may carry: an outdated claim or one that nobody has verified."""

    says: str
    advice: str
    patterns: tuple[re.Pattern[str], ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class FactSheet:
    """The whole of facts.toml: facts by id, ids that no key may lean on, claims to keep out."""

    facts: Mapping[str, Fact]
    not_verified: frozenset[str] = frozenset()
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class _Field:
    """How one field is recognised: ``fits`` tells, ``what`` says it to an author."""

    fits: Callable[[Any], bool]
    what: str
    required: bool = True


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(text) for text in value)


def _is_date(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _is_misconceptions(value: Any) -> bool:
    return isinstance(value, dict) and all(place.isdecimal() and _is_text(text) for place, text in value.items())


def _one_of(*allowed: object) -> _Field:
    return _Field(
        lambda value: not isinstance(value, bool) and value in allowed,
        "phải là một trong " + ", ".join(map(str, allowed)),
    )


_TEXT = _Field(_is_text, "phải là chữ, không để trống")
_TEXTS = _Field(_is_texts, "phải là danh sách chữ")
_WHOLE = _Field(_is_whole, "phải là số nguyên")
_FLAG = _Field(lambda value: isinstance(value, bool), "phải là true hoặc false")
_DATE = _Field(_is_date, "phải là ngày, ví dụ 2027-05-21")


def _maybe(field: _Field) -> _Field:
    return _Field(field.fits, field.what, required=False)


_ITEM_FIELDS: dict[str, _Field] = {
    "id": _TEXT,
    "version": _WHOLE,
    "topic": _WHOLE,
    "lesson": _TEXT,
    "level": _one_of(*LEVELS),
    "kind": _one_of(*KINDS),
    "stem": _TEXT,
    "options": _TEXTS,
    "key": _WHOLE,
    "explanation": _TEXT,
    "misconceptions": _Field(_is_misconceptions, 'phải ở dạng { 0 = "D6", 2 = "…" }'),
    "sources": _TEXTS,
    "author": _TEXT,
    "reviewer": _TEXT,
    "status": _one_of(*STATUSES),
    "shuffle": _maybe(_FLAG),
    "volatile": _maybe(_FLAG),
    "review_by": _maybe(_DATE),
    "audience": _maybe(_TEXTS),
    "tags": _maybe(_TEXTS),
    "enemies": _maybe(_TEXTS),
    "negative": _maybe(_FLAG),
    "history": _maybe(_FLAG),
    "card": _maybe(_WHOLE),
}
_FACT_FIELDS: dict[str, _Field] = {
    "id": _TEXT,
    "text": _TEXT,
    "source": _TEXT,
    "source_date": _Field(lambda value: isinstance(value, str), "phải là chữ", required=False),
    "confidence": _one_of(*CONFIDENCES),
    "volatile": _FLAG,
    "seen": _DATE,
}
_LISTS = ("options", "sources", "audience", "tags", "enemies")


def _faults(row: Row, fields: Mapping[str, _Field]) -> list[str]:
    """Say everything that is wrong with the shape of one table."""
    found = [f"trường lạ “{name}”" for name in row if name not in fields]
    for name, field in fields.items():
        if name not in row:
            if field.required:
                found.append(f"thiếu trường “{name}”")
        elif not field.fits(row[name]):
            found.append(f"“{name}” {field.what}")
    return found


def _item(row: Row) -> Item:
    values: dict[str, Any] = {name: tuple(value) if name in _LISTS else value for name, value in row.items()}
    values["misconceptions"] = {int(place): text for place, text in row["misconceptions"].items()}
    return Item(**values)


def _load(path: Path, report: Report) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        report("-", f"không đọc được: {error}")
        return {}


def _rows(data: Row, name: str, report: Report) -> list[dict[str, Any]]:
    rows = data.get(name, [])
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    report("-", f"“{name}” phải là các bảng [[{name}]]")
    return []


def _build(rows: Iterable[Row], fields: Mapping[str, _Field], make: Callable[[Row], R], report: Report) -> list[R]:
    """Make one object a row; a row with a fault is reported and left out."""
    made: list[R] = []
    for number, row in enumerate(rows, 1):
        faults = _faults(row, fields)
        for fault in faults:
            report(str(row.get("id", f"số {number}")), fault)
        if not faults:
            made.append(make(row))
    return made


def _report_to(messages: list[str], path: Path) -> Report:
    return lambda item, what: messages.append(f"{path.name}: {item}: {what}")


def _twice(ids: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [one for one in ids if one in seen or seen.add(one)]  # type: ignore[func-returns-value]


def read_items(path: Path) -> list[Item]:
    """Read one file of questions, or every ``*.toml`` of a folder in the order of the names.

    Raises BadPackage with every fault of every file: a field missing, unknown or of a wrong type, an id used twice.
    """
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    messages: list[str] = []
    items: list[Item] = []
    for file in files:
        report = _report_to(messages, file)
        data = _load(file, report)
        for name in data:
            if name != "questions":
                report("-", f"bảng lạ “{name}”")
        items += _build(_rows(data, "questions", report), _ITEM_FIELDS, _item, report)
    messages += [f"{path.name}: {one}: mã dùng hai lần" for one in _twice(item.id for item in items)]
    if messages:
        raise BadPackage(messages)
    return items


def _claim(row: Row, *, verified: bool) -> Claim:
    says, advice = (row["claim"], row["instead"]) if verified else (row["topic"], row["missing"])
    return Claim(says, advice, tuple(re.compile(pattern) for pattern in row["patterns"]), verified)


def _claims(data: Row, report: Report) -> list[Claim]:
    patterns = _Field(_is_patterns, "phải là danh sách biểu thức tìm kiếm đúng cú pháp")
    outdated = {"claim": _TEXT, "because": _TEXTS, "instead": _TEXT, "patterns": patterns}
    unverified = {"topic": _TEXT, "missing": _TEXT, "patterns": patterns}
    return [
        *_build(_rows(data, "outdated", report), outdated, lambda row: _claim(row, verified=True), report),
        *_build(_rows(data, "unverified", report), unverified, lambda row: _claim(row, verified=False), report),
    ]


def _is_patterns(value: Any) -> bool:
    try:
        return _is_texts(value) and all(re.compile(pattern) for pattern in value)
    except re.error:
        return False


def read_facts(path: Path) -> FactSheet:
    """Read facts.toml: the facts, the ids that nobody has verified, and the claims to keep out of questions."""
    messages: list[str] = []
    report = _report_to(messages, path)
    data = _load(path, report)
    facts = _build(_rows(data, "facts", report), _FACT_FIELDS, lambda row: Fact(**row), report)
    for one in _twice(fact.id for fact in facts):
        report(one, "mã dùng hai lần")
    by_id = {fact.id: fact for fact in facts}
    not_verified = data.get("not_verified", [])
    if not _is_texts(not_verified):
        report("not_verified", _TEXTS.what)
        not_verified = []
    for one in not_verified:
        if one not in by_id:
            report(one, "not_verified nêu một mã không có trong facts")
    claims = _claims(data, report)
    if messages:
        raise BadPackage(messages)
    return FactSheet(by_id, frozenset(not_verified), tuple(claims))
