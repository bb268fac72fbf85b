"""Lesson files of a package, read into cards (docs/content/package.md, "A lesson")."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
_META_EN = {"title": TEXT, "goal": TEXT, "takeaway": TEXT}
_SAME = frozenset({"kind", "id", "to", "ending"})  # texts of a game that are no words
_SHOWS = {"vi": "Tranh vẽ: {}", "en": "Picture: {}"}
_VIDEO = {"src": TEXT, "captions": TEXT, "title": TEXT, "transcript": TEXT}
_ENGLISH = ".en.md"
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
    title_en: str = ""  # the English is whole or not there at all
    goal_en: str = ""
    takeaway_en: str = ""
    cards_en: list[Card] = field(default_factory=list)

    @property
    def position(self) -> int:
        """The place within the topic: 3 of "1.3"."""
        return int(self.code.partition(".")[2])


def read_lessons(folder: Path) -> list[Lesson]:
    """Return the lessons of a package in order; raises BadContent with every fault of every file."""
    faults, found = Faults(), []
    for path in sorted((folder / "lessons").glob("*.md")):
        report = faults.at(f"lessons/{path.name}")
        if path.name.endswith(_ENGLISH):
            if not path.with_name(path.name.removesuffix(_ENGLISH) + ".md").exists():
                report("không có bản tiếng Việt")
            continue
        lesson = _lesson(read_text(path, report), folder / "pictures", report)
        english = path.with_suffix(_ENGLISH)
        if lesson is not None and english.exists():
            lesson = _translated(lesson, english, folder / "pictures", faults.at(f"lessons/{english.name}"))
        found += [lesson] if lesson is not None else []
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
    short = [
        replace(lesson, compulsory=True, cards=lesson.cards[:1], cards_en=lesson.cards_en[:1]) for lesson in chosen
    ]
    return sorted(short, key=lambda lesson: (lesson.topic, lesson.position))


def _lesson(text: str, drawings: Path, report: Report) -> Lesson | None:
    """One file; None when its front matter is not usable."""
    meta, body = split(text, report)
    if not shape(meta, _META, report):
        return None
    if not _CODE.fullmatch(meta["code"]) or meta["code"].partition(".")[0] != str(meta["topic"]):
        report("code phải là chuyên đề, dấu chấm, số: “3.5”")
        return None
    fields = ("code", "topic", "title", "minutes", "compulsory", "goal", "takeaway")
    cards = _cards(body, drawings, report, "vi")
    return Lesson(**{name: meta[name] for name in fields}, review_by=meta.get("review_by"), cards=cards)


def _translated(lesson: Lesson, path: Path, drawings: Path, report: Report) -> Lesson:
    """The lesson with its English, which has the same cards: the same pictures and the same answers to the games."""
    meta, body = split(read_text(path, report), report)
    if not shape(meta, _META_EN, report):
        return lesson
    cards = _cards(body, drawings, report, "en")
    if len(cards) != len(lesson.cards):
        report(f"có {len(cards)} thẻ, bản tiếng Việt có {len(lesson.cards)}")
    for own, other in zip(lesson.cards, cards, strict=False):
        if _bones(own) != _bones(other):
            report(f"thẻ {own['n']}: khác bản tiếng Việt về tranh, phim, loại trò chơi hoặc lời giải")
        other["facts"] = own["facts"]
    return replace(lesson, cards_en=cards, **{f"{name}_en": meta[name] for name in _META_EN})


def _bones(card: Card) -> Any:
    """What a translation must keep of a card."""
    return card["kind"], card.get("picture"), _without_words(card.get("game"))


def _without_words(value: Any, name: str = "") -> Any:
    """Flags, numbers, lengths, and where a choice leads."""
    if isinstance(value, dict):
        return {key: _without_words(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_words(part) for part in value]
    return value if not isinstance(value, str) or name in _SAME else ""


def _cards(body: str, drawings: Path, report: Report, language: str) -> list[Card]:
    """The cards of a file, each opened by its heading."""
    heads = list(_CARD.finditer(body))
    if not heads or body[: heads[0].start()].strip():
        report("mỗi thẻ mở bằng một dòng “## …”; không có gì trước thẻ đầu")
    ends = [head.start() for head in heads[1:]] + [len(body)]
    cards = [
        _card(number, head, body[head.end() : end].strip(), drawings, report)
        for number, (head, end) in enumerate(zip(heads, ends, strict=False), 1)
    ]
    for card in cards:
        card["aloud"] = _said("\n".join(_voice(card, language)), language)
    return cards


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


def _said(text: str, language: str) -> str:
    """As a voice of that language is to read it; an English voice reads figures and signs right by itself."""
    return spoken(text) if language == "vi" else text


def _voice(card: Card, language: str) -> list[str]:
    """What the read-aloud button says: title, words, what the picture shows, the game."""
    lines = [card["title"].rstrip(".") + ("" if card["title"].endswith("?") else "."), card["text"]]
    if card.get("alt"):
        lines.append(_SHOWS[language].format(card["alt"]))
    if card["kind"] == "video":
        lines.append(str(card["video"].get("transcript", "")))
    return [line for line in lines if line]


def voice(card: Card, language: str = "vi") -> str:
    """Return what the read-aloud button says of a stored card in that language, its game included."""
    game = card.get("game")
    told = games.KINDS[game["kind"]].words(game["data"]) if game else []
    return "\n".join([card["aloud"], *(_said(line if line[-1:] in ".?!" else f"{line}.", language) for line in told)])
