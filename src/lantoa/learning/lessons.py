"""Lesson files of a package, read into cards (docs/content/package.md, "A lesson")."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from lantoa.learning import games, pictures
from lantoa.learning.aloud import spoken
from lantoa.lib import markdown
from lantoa.lib.frontmatter import FLAG, LIST, TEXT, WHOLE, Faults, Field, maybe, read_text, shape, split

Report = Callable[[str], None]
Card = dict[str, Any]

_META = {
    "code": TEXT,
    "topic": WHOLE,
    "title": TEXT,
    "minutes": WHOLE,
    "compulsory": FLAG,
    "goal": TEXT,
    "takeaway": TEXT,
    "digcomp": maybe(LIST),
    "tt02": maybe(LIST),
    "review_by": Field(date, "phải là ngày, ví dụ 2027-05-21", needed=False),
    "author": TEXT,
    "reviewer": TEXT,
    "version": WHOLE,
}
_VIDEO = {"src": TEXT, "captions": TEXT, "title": TEXT, "transcript": TEXT}
_CODE = re.compile(r"\d+\.\d+")
_CARD = re.compile(r"^## +(?P<title>[^\n]*?)(?: *\{(?P<facts>[^}\n]*)\})? *$", re.MULTILINE)
_BLOCK = re.compile(r"^```(?P<kind>\w+)(?: +(?P<name>\w+))? *\n(?P<data>.*?)^``` *$", re.DOTALL | re.MULTILINE)
_PICTURE = re.compile(r"^!\[(?P<alt>[^\]\n]*)\]\((?P<file>[\w.-]+\.svg)\) *$", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """A lesson as its author wrote it."""

    code: str
    topic: int
    title: str
    minutes: int
    compulsory: bool
    goal: str
    takeaway: str
    review_by: date | None
    cards: list[Card]

    @property
    def position(self) -> int:
        """The place within the topic: 3 of "1.3"."""
        return int(self.code.partition(".")[2])


def read_lessons(folder: Path) -> list[Lesson]:
    """Return the lessons of a package in order; raises BadContent with every fault of every file."""
    faults, found = Faults(), []
    for path in sorted((folder / "lessons").glob("*.md")):
        report = faults.at(f"lessons/{path.name}")
        lesson = _lesson(read_text(path, report), folder / "pictures", report)
        if lesson is not None:
            found.append(lesson)
    if not found:
        faults.at("lessons")("không có bài học nào")
    codes = [lesson.code for lesson in found]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        faults.at("lessons")(f"mã {code} dùng hai lần")
    faults.settle()
    return sorted(found, key=lambda lesson: (lesson.topic, lesson.position))


def shortened(lessons: list[Lesson], cards: int) -> list[Lesson]:
    """A rehearsal's course: ``cards`` compulsory lessons of one card each, from the topics in turn."""
    chosen = sorted(lessons, key=lambda lesson: (lesson.position, lesson.topic))[:cards]
    short = [replace(lesson, compulsory=True, cards=lesson.cards[:1]) for lesson in chosen]
    return sorted(short, key=lambda lesson: (lesson.topic, lesson.position))


def _lesson(text: str, drawings: Path, report: Report) -> Lesson | None:
    """One file; None when its front matter is not usable."""
    meta, body = split(text, report)
    if not shape(meta, _META, report):
        return None
    if not _CODE.fullmatch(meta["code"]) or meta["code"].partition(".")[0] != str(meta["topic"]):
        report("code phải là chuyên đề, dấu chấm, số: “3.5”")
        return None
    heads = list(_CARD.finditer(body))
    if not heads or body[: heads[0].start()].strip():
        report("mỗi thẻ mở bằng một dòng “## …”; không có gì trước thẻ đầu")
    ends = [head.start() for head in heads[1:]] + [len(body)]
    cards = [
        _card(number, head, body[head.end() : end].strip(), drawings, report)
        for number, (head, end) in enumerate(zip(heads, ends, strict=False), 1)
    ]
    fields = ("code", "topic", "title", "minutes", "compulsory", "goal", "takeaway")
    return Lesson(**{name: meta[name] for name in fields}, review_by=meta.get("review_by"), cards=cards)


def _card(number: int, head: re.Match[str], body: str, drawings: Path, report: Report) -> Card:
    """One card: its words, and at most one of a picture, a film, a game or a check."""

    def here(what: str) -> None:
        report(f"thẻ {number}: {what}")

    if not head["title"]:
        here("thiếu tên")
    card: Card = {"n": number, "title": head["title"], "kind": "text", "facts": re.findall(r"\w+", head["facts"] or "")}
    blocks, drawn = list(_BLOCK.finditer(body)), list(_PICTURE.finditer(body))
    if len(blocks) + len(drawn) > 1:
        here("mỗi thẻ chỉ một tranh, phim, trò chơi hoặc câu kiểm tra")
    if blocks and body[blocks[0].end() :].strip():
        here("không viết gì sau khối trò chơi, kiểm tra hay phim")
    prose = _PICTURE.sub("", _BLOCK.sub("", body)).strip()
    card |= {"html": markdown.words(prose), "text": markdown.plain(prose)}
    if drawn:
        card |= _picture(drawn[0], drawings, here)
    if blocks:
        card |= _block(blocks[0], here)
    card["aloud"] = spoken("\n".join(_voice(card)))
    return card


def _picture(found: re.Match[str], drawings: Path, report: Report) -> Card:
    """The drawing itself, since a page shows it without another request."""
    svg = read_text(drawings / found["file"], report).strip()
    if not found["alt"].strip():
        report(f"tranh {found['file']} thiếu lời tả")
    if svg:
        pictures.check(svg, lambda what: report(f"{found['file']}: {what}"))
    return {"picture": svg, "alt": found["alt"].strip()}


def _block(found: re.Match[str], report: Report) -> Card:
    """A game, a check or a film."""
    try:
        data = tomllib.loads(found["data"])
    except tomllib.TOMLDecodeError as error:
        report(f"khối {found['kind']}: TOML sai: {error}")
        return {}
    kind, name = found["kind"], found["name"]
    if kind == "video":
        shape(data, _VIDEO, report)
        return {"kind": "video", "video": data}
    wanted = games.CHECK if kind == "check" and name is None else name
    if kind not in {"game", "check"} or wanted not in games.KINDS or (kind == "game") == (wanted == games.CHECK):
        report(f"không có loại khối “{kind} {name or ''}”")
        return {}
    games.KINDS[wanted].faults(data, lambda what: report(f"{wanted}: {what}"))
    return {"kind": kind, "game": {"kind": wanted, "data": data}}


def _voice(card: Card) -> list[str]:
    """What the read-aloud button says: title, words, what the picture shows, the game."""
    lines = [card["title"].rstrip(".") + ("" if card["title"].endswith("?") else "."), card["text"]]
    if card.get("alt"):
        lines.append(f"Tranh vẽ: {card['alt']}")
    if card["kind"] == "video":
        lines.append(str(card["video"].get("transcript", "")))
    return [line for line in lines if line]


def voice(card: Card) -> str:
    """Return what the read-aloud button says of a stored card, its game included."""
    game = card.get("game")
    told = games.KINDS[game["kind"]].words(game["data"]) if game else []
    return "\n".join([card["aloud"], *(spoken(line if line[-1:] in ".?!" else f"{line}.") for line in told)])
