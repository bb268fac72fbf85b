"""Official documents as plain data, in the form of Decree 30/2020/NĐ-CP, appendix I; word.py and printing.py draw them.

Both draw the same data with the same measures, so that nothing is written twice. What a person adds when signing
(number, day, recipients, position, name) is left as dots. Lengths in millimetres, letters in points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from string import ascii_lowercase
from typing import Literal

from lantoa.lib.clock import VIETNAM
from lantoa.lib.written import Language

Align = Literal["left", "center", "right"]
FONT = "Times New Roman"
# Appendix I, part I: A4; 20–25 mm above and below, 30–35 left, 15–20 right.
PAGE = {"width": 210.0, "height": 297.0, "top": 20.0, "bottom": 20.0, "left": 30.0, "right": 15.0, "header": 10.0}
TEXT_WIDTH = PAGE["width"] - PAGE["left"] - PAGE["right"]
LANDSCAPE_WIDTH = PAGE["height"] - PAGE["left"] - PAGE["right"]  # of an appendix whose table needs it
# Appendix I, parts II and III: each with the sizes that it allows.
SIZES: dict[str, float] = {
    "nation": 12,  # 12–13
    "motto": 13,  # 13–14
    "issuer": 12,  # 12–13
    "number": 13,
    "place_date": 13,  # 13–14
    "kind": 14,  # 13–14; the abstract, too
    "body": 13,  # 13–14
    "caption": 13,  # 13–14, as the body
    "signer": 14,  # 13–14
    "recipients_heading": 12,
    "recipients": 11,
    "page_number": 13,  # 13–14
    "appendix": 14,
    "appendix_title": 13,  # 13–14
    "table": 12,
    "wide_table": 11,
}
LEFT_WIDTH = 72.0  # of the issuer and the recipients; what is left is the nation's and the signer's
INDENT = 12.7
LINE_SHARE = 0.42  # of the words that it stands below: a third to a half
GAP = 6.0  # points between paragraphs, at least 6
ROOM_TO_SIGN = 64.0  # points between the position and the name
LINE_GAP = 1.15  # between single and one and a half
_WHOLE = 16  # rows: so short a table stands on one page
_NAME = 38.0  # millimetres that a name may ask for; with less the page is turned
_WIDE = 8  # columns: such a table has the smaller letters
DOTS = "…………"


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a paragraph that look alike."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """Of a section (1), of a part of it (2), of a part of that (3)."""

    level: int
    text: str
    block: str = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Justified, with its first line indented; ``keep`` holds it on the page of what follows."""

    runs: tuple[Run, ...]
    keep: bool = False
    block: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; how wide it is, 0 for what the others leave; where its cells stand."""

    heading: str
    width: float
    align: Align = "right"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; ``total`` is its last row, in bold."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    block: str = field(default="grid", init=False)

    @property
    def whole(self) -> bool:
        """Whether no page cuts it."""
        return len(self.rows) <= _WHOLE

    @property
    def size(self) -> float:
        """Of its letters."""
        return SIZES["wide_table" if len(self.columns) >= _WIDE else "table"]

    @property
    def landscape(self) -> bool:
        """Whether its names need a turned page."""
        widths = self.widths(TEXT_WIDTH)
        opened = [n for n, column in enumerate(self.columns) if not column.width]
        longest = (max((_length(row[n], self.size) for row in self.rows), default=0) for n in opened)
        return any(widths[n] < min(_NAME, name) for n, name in zip(opened, longest, strict=True))

    def widths(self, within: float) -> list[float]:
        """Of its columns, together as wide as ``within``."""
        given = sum(column.width for column in self.columns)
        open_ones = sum(not column.width for column in self.columns)
        return [column.width or (within - given) / open_ones for column in self.columns]


Block = Heading | Paragraph | Grid
_SIGNS = {**dict.fromkeys("., \N{NO-BREAK SPACE}", 0.25), "%": 1.0, **dict.fromkeys("0123456789–", 0.5)}
_CAPITAL, _LETTER = 0.72, 0.56  # of the size, in bold
_AIR = {SIZES["table"]: 5.0, SIZES["wide_table"]: 2.8}  # millimetres beside the numbers


def fitted(heading: str, cells: Iterable[str], size: float, align: Align = "right") -> Column:
    """A column as wide as its longest number, and as the longest word of its heading, with air that suits the size."""
    longest = max(_length(text, size) for text in (*heading.split(" "), *cells))
    return Column(heading, round(longest + _AIR[size], 1), align)


def _length(text: str, size: float) -> float:
    """About how long words are in bold, in millimetres."""
    signs = (_SIGNS.get(sign) or (_CAPITAL if sign.isupper() else _LETTER) for sign in text)
    return sum(signs) * size * 25.4 / 72


@dataclass(frozen=True, slots=True)
class Appendix:
    """On pages of its own, that it counts itself."""

    name: str
    title: str
    note: str
    blocks: tuple[Block, ...]

    @property
    def landscape(self) -> bool:
        """Whether its pages are turned."""
        return any(block.landscape for block in self.blocks if isinstance(block, Grid))

    @property
    def width(self) -> float:
        """Of its words and tables."""
        return LANDSCAPE_WIDTH if self.landscape else TEXT_WIDTH


@dataclass(frozen=True, slots=True)
class Document:
    """All of it, as it is drawn."""

    language: Language
    author: str
    made: datetime
    issuer: tuple[str, ...]
    number: str
    nation: str
    motto: str
    motto_width: float  # millimetres at the motto's size: the line below it is as long
    place_date: str
    kind: str
    abstract: str
    blocks: tuple[Block, ...]
    recipients: tuple[str, ...]
    signer: tuple[str, str]
    appendices: tuple[Appendix, ...]

    @property
    def title(self) -> str:
        """As its file is called."""
        return f"{self.kind.capitalize()}: {self.abstract}"


_FORM: dict[Language, dict[str, str]] = {
    "vi": {
        "nation": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "motto": "Độc lập - Tự do - Hạnh phúc",
        "number": "Số: {dots}/{sign}-{dots}",
        "place_date": "{place}, ngày ……… tháng ……… năm {year}",
        "recipients": "Nơi nhận:",
        "to": "- {dots}{dots} (để báo cáo);",
        "kept": "- Lưu: VT.",
        "appendix": "Phụ lục",
        "table": "Bảng {number}. {title}",
        "note": "(Kèm theo {kind} số {dots}/{sign}-{dots} ngày ……… tháng ……… năm {year} của {author})",
    },
    "en": {
        "nation": "SOCIALIST REPUBLIC OF VIET NAM",
        "motto": "Independence - Freedom - Happiness",
        "number": "No.: {dots}/{sign}-{dots}",
        "place_date": "{place}, {dots}{dots} {year}",
        "recipients": "To:",
        "to": "- {dots}{dots} (for information);",
        "kept": "- Archives.",
        "appendix": "Appendix",
        "table": "Table {number}. {title}",
        "note": "(to {kind} no. {dots}/{sign}-{dots} of {dots}{dots} {year} by {author})",
    },
}
_MOTTO_WIDTHS: dict[Language, float] = {"vi": 56.2, "en": 72.9}  # of Times New Roman, bold, 13 points
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_PLACE = re.compile(r"\s+((?:thành phố|tỉnh|phường|xã|đặc khu)\s)", re.IGNORECASE)
_PROVINCE = re.compile(r"^(?:thành phố|tỉnh)\s+(?!Hồ Chí Minh)", re.IGNORECASE)


def appendix_names(language: Language, number: int) -> list[str]:
    """What so many appendices are called: one alone has no number."""
    word = _FORM[language]["appendix"]
    return [f"{word} {sign}" for sign in _ROMAN[:number]] if number > 1 else [word][:number]


def numbered(blocks: Iterable[Block], language: Language) -> Iterator[Block]:
    """Sections with their signs, "I.", "1.", "a)", each counted within the one above, and tables with their number."""
    counts, tables = [0, 0, 0], 0
    for block in blocks:
        if isinstance(block, Heading):
            counts = [*counts[: block.level - 1], counts[block.level - 1] + 1, 0, 0][:3]
            number = counts[block.level - 1]
            sign = (f"{_ROMAN[number - 1]}.", f"{number}.", f"{ascii_lowercase[number - 1]})")[block.level - 1]
            yield Heading(block.level, f"{sign} {block.text}")
        elif isinstance(block, Grid) and block.caption:
            tables += 1
            yield replace(block, caption=_FORM[language]["table"].format(number=tables, title=block.caption))
        else:
            yield block


def letterhead(organiser: str) -> list[str]:
    """The organiser's name in the lines of an official letterhead: the place begins the second."""
    name, place, where = _PLACE.split(organiser, maxsplit=1) if _PLACE.search(organiser) else (organiser, "", "")
    return [name, f"{place}{where}"] if place else [name]


def locality(place: str) -> str:
    """A place before a date: a province without the word for it, unless it has a person's name."""
    return _PROVINCE.sub("", place)


def official(
    *,
    language: Language,
    author: str,
    place: str,
    made: datetime,
    kind: tuple[str, str],
    abstract: str,
    blocks: Sequence[Block],
    appendices: Sequence[tuple[str, Sequence[Block]]],
) -> Document:
    """A document of that ``kind`` (its name, its sign: "Báo cáo", "BC") by ``author``, still without number and day.

    An appendix is its title and its blocks; ``made`` gives the year, and the moment that files carry.
    """
    form, (name, sign) = _FORM[language], kind
    blanks = {"dots": DOTS, "sign": sign, "year": made.astimezone(VIETNAM).year, "kind": name, "author": author}
    note = form["note"].format(**blanks)
    names = appendix_names(language, len(appendices))
    return Document(
        language=language,
        author=author,
        made=made,
        issuer=tuple(line.upper() for line in letterhead(author)),
        number=form["number"].format(**blanks),
        nation=form["nation"],
        motto=form["motto"],
        motto_width=_MOTTO_WIDTHS[language],
        place_date=form["place_date"].format(place=locality(place), **blanks),
        kind=name.upper(),
        abstract=abstract,
        blocks=tuple(numbered(blocks, language)),
        recipients=(form["recipients"], form["to"].format(**blanks), form["kept"]),
        signer=(DOTS * 3, DOTS * 3),
        appendices=tuple(
            Appendix(name, title.upper(), note, tuple(inside))
            for name, (title, inside) in zip(names, appendices, strict=True)
        ),
    )
