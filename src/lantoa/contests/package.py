"""contest.toml and the documents of a package, read (docs/content/package.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import find

from lantoa.contests.documents import Document
from lantoa.contests.models import MOST_BULLETINS
from lantoa.lib.frontmatter import (
    FLAG,
    LIST,
    TABLE,
    TEXT,
    WHOLE,
    Faults,
    Field,
    maybe,
    read_text,
    read_toml,
    shape,
    split,
)

Report = Callable[[str], None]

DAY = Field(date, "phải là ngày, ví dụ 2025-10-11")
_CONTEST = {
    "slug": TEXT,
    "name": TEXT,
    "name_en": maybe(TEXT),
    "summary": TEXT,
    "summary_en": maybe(TEXT),
    "organiser": TEXT,
    "operator": maybe(TEXT),
    "contact": maybe(TEXT),
    "opens": DAY,
    "closes": DAY,
    "place": TABLE,
    "rules": TABLE,
    "blueprint": TABLE,
    "share": TABLE,
    "topics": LIST,
    "prizes": LIST,
    "bulletins": maybe(LIST),
}
_PLACE = {"code": TEXT, "name": TEXT, "units": TEXT, "source": TEXT, "approved_by": TEXT}
_RULES = {
    "asked": WHOLE,
    "time_limit_minutes": WHOLE,
    "attempts_limit": maybe(WHOLE),
    "learn_first": FLAG,
    "public_names": TEXT,
}
_SHARE = {"motto": TEXT, "slogan": TABLE, "message": TABLE, "story": TABLE}
_LENGTH = {"min": WHOLE, "max": WHOLE}
_TOPIC = {
    "number": WHOLE,
    "title": TEXT,
    "title_en": maybe(TEXT),
    "summary": maybe(TEXT),
    "summary_en": maybe(TEXT),
    "picture": maybe(TEXT),
}
_PRIZE = {"name": TEXT, "name_en": maybe(TEXT), "rule": TEXT, "count": WHOLE, "amount": WHOLE, "note": maybe(TEXT)}
_DOCUMENT = {
    "slug": TEXT,
    "kind": TEXT,
    "title": TEXT,
    "title_en": maybe(TEXT),
    "position": WHOLE,
    "date": maybe(DAY),
}


@dataclass(frozen=True)
class Page:
    """One document, with its English text where there is one."""

    slug: str
    kind: str
    title: str
    title_en: str
    position: int
    date: date | None
    body: str
    body_en: str


@dataclass(frozen=True)
class Package:
    """What a package says of its contest; lessons and questions are read by their rooms."""

    folder: Path
    contest: dict[str, Any]
    place: dict[str, str]
    rules: dict[str, Any]
    blueprint: dict[str, Any]
    share: dict[str, Any]
    topics: list[dict[str, Any]]
    prizes: list[dict[str, Any]]
    documents: list[Page] = field(default_factory=list)


def read_package(folder: Path) -> Package:
    """Return what contest.toml and documents/ say; raises BadContent with every fault, each with its file."""
    faults = Faults()
    report = faults.at("contest.toml")
    data = read_toml(read_text(folder / "contest.toml", report), report)
    if shape(data, _CONTEST, report):
        _tables(data, report)
    documents = [page for path in _sources(folder) if (page := _page(path, faults.at(f"documents/{path.name}")))]
    slugs = [page.slug for page in documents]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        faults.at("documents")(f"địa chỉ {slug} dùng hai lần")
    faults.settle()
    parts = {name: data.pop(name) for name in ("place", "rules", "blueprint", "share", "topics", "prizes")}
    parts["blueprint"] = {"asked": parts["rules"]["asked"], **parts["blueprint"]}
    return Package(folder=folder, contest=data, documents=documents, **parts)


def _tables(data: dict[str, Any], report: Report) -> None:
    """Check the tables inside contest.toml."""

    def inside(name: str) -> Report:
        return lambda what: report(f"{name}: {what}")

    if data["closes"] < data["opens"]:
        report("closes sớm hơn opens")
    shape(data["place"], _PLACE, inside("place"))
    if shape(data["rules"], _RULES, inside("rules")) and data["rules"]["public_names"] not in {"masked", "full"}:
        report("rules: public_names phải là masked hoặc full")
    if shape(data["share"], _SHARE, inside("share")):
        for kind in ("slogan", "message", "story"):
            shape(data["share"][kind], _LENGTH, inside(f"share: {kind}"))
    _times(data.get("bulletins", []), report)
    _rows("topics", data["topics"], _TOPIC, report)
    for topic in data["topics"]:
        _drawing(topic, report)
    _rows("prizes", data["prizes"], _PRIZE, report)


def _drawing(topic: Any, report: Report) -> None:
    """A topic's picture is one of the site's own; with another name every page that shows it would fail."""
    name = topic.get("picture") if isinstance(topic, dict) else None
    if isinstance(name, str) and find(f"img/{name}") is None:
        report(f"topics: không có hình {name}")


def _times(times: list[Any], report: Report) -> None:
    """Times of day at which a bulletin is published."""
    if not all(isinstance(one, time) and one.tzinfo is None for one in times):
        report("bulletins: phải là các giờ trong ngày, ví dụ [11:00:00, 17:00:00]")
    elif len(set(times)) != len(times) or len(times) > MOST_BULLETINS:
        report(f"bulletins: mỗi giờ một lần, nhiều nhất {MOST_BULLETINS}")


def _rows(name: str, rows: list[Any], fields: dict[str, Field], report: Report) -> None:
    """Check a list of tables; it holds at least one."""
    if not rows or not all(isinstance(row, dict) for row in rows):
        report(f"{name}: phải là các bảng [[{name}]]")
        return
    for number, row in enumerate(rows, 1):
        shape(row, fields, lambda what, number=number: report(f"{name} {number}: {what}"))  # type: ignore[misc]


def _sources(folder: Path) -> list[Path]:
    """The Vietnamese files; `x.en.md` beside `x.md` is its English text."""
    return [path for path in sorted((folder / "documents").glob("*.md")) if not path.name.endswith(".en.md")]


def _page(path: Path, report: Report) -> Page | None:
    """One document; None when its front matter is not usable."""
    meta, body = split(read_text(path, report), report)
    if not shape(meta, _DOCUMENT, report):
        return None
    if meta["kind"] not in Document.Kind.values:
        report(f"không có loại {meta['kind']}; có: {', '.join(Document.Kind.values)}")
    if not body:
        report("không có nội dung")
    english = path.with_suffix(".en.md")
    body_en = read_text(english, report).strip() if english.exists() else ""
    if body_en and not meta.get("title_en"):
        report("có bản tiếng Anh mà thiếu title_en")
    words = {"title_en": meta.get("title_en", ""), "date": meta.get("date"), "body": body, "body_en": body_en}
    return Page(slug=meta["slug"], kind=meta["kind"], title=meta["title"], position=meta["position"], **words)
