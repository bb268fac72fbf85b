"""Readable content files: TOML front matter between two lines `+++`, then text; faults collected by file."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FENCE = re.compile(r"\A\+\+\+\n(.*?)^\+\+\+\n?", re.DOTALL | re.MULTILINE)


class BadContent(ValueError):
    """Content cannot be read; ``messages`` holds one `file: what` a fault."""

    def __init__(self, messages: Iterable[str]) -> None:
        """Keep every message; the text of the exception is all of them, one a line."""
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


class Faults:
    """Collects what is wrong, each with the file where it is."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self.messages: list[str] = []

    def at(self, name: str) -> Callable[[str], None]:
        """Return a function that reports a fault of the file ``name``."""
        return lambda what: self.messages.append(f"{name}: {what}")

    def settle(self) -> None:
        """Raise BadContent when anything was reported."""
        if self.messages:
            raise BadContent(self.messages)


@dataclass(frozen=True)
class Field:
    """What a field of a table must be."""

    kind: type | tuple[type, ...]
    what: str
    needed: bool = True


TEXT = Field(str, "phải là chữ")
WHOLE = Field(int, "phải là số nguyên")
FLAG = Field(bool, "phải là true hoặc false")
LIST = Field(list, "phải là danh sách")
TABLE = Field(dict, "phải là bảng")


def maybe(field: Field) -> Field:
    """The same field, but it may be left out."""
    return Field(field.kind, field.what, needed=False)


def fits(value: object, field: Field) -> bool:
    """Whether a value is of the field's kind; true and false are no numbers; a text says something."""
    if isinstance(value, bool) and field.kind is not bool:
        return False
    if isinstance(value, str) and field.needed and not value.strip():
        return False
    return isinstance(value, field.kind)


def shape(row: Mapping[str, Any], fields: Mapping[str, Field], report: Callable[[str], None]) -> bool:
    """Whether a table has the fields that it needs, no others, each of its kind; reports what is wrong."""
    wrong = [f"trường lạ “{name}”" for name in row if name not in fields]
    for name, field in fields.items():
        if name not in row:
            wrong += [f"thiếu “{name}”"] if field.needed else []
        elif not fits(row[name], field):
            wrong.append(f"“{name}” {field.what}")
    for what in wrong:
        report(what)
    return not wrong


def read_text(path: Path, report: Callable[[str], None]) -> str:
    """A file's text, in UTF-8 and NFC; empty when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        report(f"không đọc được: {error}")
        return ""
    if not unicodedata.is_normalized("NFC", text):
        report("chữ chưa ở dạng NFC")
    return unicodedata.normalize("NFC", text)


def read_toml(text: str, report: Callable[[str], None]) -> dict[str, Any]:
    """A TOML text as tables; empty when it cannot be read."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        report(f"TOML sai: {error}")
        return {}


def split(text: str, report: Callable[[str], None]) -> tuple[dict[str, Any], str]:
    """The front matter and the text below it."""
    found = _FENCE.match(text)
    if found is None:
        report("thiếu phần đầu giữa hai dòng +++")
        return {}, text
    return read_toml(found[1], report), text[found.end() :].strip()
