"""The first ten units as pictures for the press (seed A's two, and one by ratio): PNG and SVG, set by typst.

Made from a bulletin's content alone: the same content gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

from lantoa.lib import written
from lantoa.lib.typesetting import typeset
from lantoa.lib.written import Language
from lantoa.standings.figures import Measure
from lantoa.standings.outputs.tables import WORDS, Content, name_of, which

TOP = 10
SIZES = {"1600x900": (1600, 900), "1080x1350": (1080, 1350)}
_LAYOUT = Path(__file__).parent.parent / "layouts" / "top.typ"
_NAMED = 2  # of those that share the last place and find no room
_ADDRESS = {Measure.RATIO: "ty-le", Measure.FINISHED: "hoan-thanh", Measure.REGISTERED: "dang-ky"}
_WORDS: dict[Language, dict[str, str]] = {
    "vi": {
        "contest": "Cuộc thi “{}”",
        "moment": "Tính đến {}",
        "ratio_of": "Tỷ lệ: số người hoàn thành chia cho dân số. ",
        "of": "{} người / {} dân",
        "nobody": "Chưa có đơn vị nào.",
        "and": " và ",
        "also": "Cùng hạng {rank}: {names}.",
        "more": "Cùng hạng {rank} còn {number} đơn vị nữa.",
        "source": "Nguồn: {organiser}, số liệu của hệ thống Lan Tỏa",
        "bulletin": ", bản tin số {}",
    },
    "en": {
        "contest": "Contest “{}”",
        "moment": "As of {}, Vietnam time",
        "ratio_of": "Ratio: people finished divided by population. ",
        "of": "{} of {} people",
        "nobody": "No unit yet.",
        "and": " and ",
        "also": "Also in place {rank}: {names}.",
        "more": "{number} more units share place {rank}.",
        "source": "Source: {organiser}, figures from Lan Tỏa",
        "bulletin": ", bulletin no. {}",
    },
}


def picture(content: Content, language: Language, *, measure: Measure, size: str, kind: str) -> bytes:
    """One picture: ``size`` is one of :data:`SIZES`, ``kind`` is "png" or "svg"."""
    width, height = SIZES[size]
    facts = {"width": width, "height": height, **_facts(content, language, measure)}
    if kind == "png":
        return typeset(_LAYOUT, facts, format="png", ppi=72.0)
    return _readable(typeset(_LAYOUT, facts, format="svg").decode(), facts).encode()


# File name → renderer(content, language): what a bulletin offers for download.
PICTURES: dict[str, Callable[[Content, Language], bytes]] = {
    f"{_ADDRESS[measure]}-{size}.{kind}": partial(picture, measure=measure, size=size, kind=kind)
    for measure, size, kind in product(_ADDRESS, SIZES, ("png", "svg"))
}


def _facts(content: Content, language: Language, measure: Measure) -> dict[str, Any]:
    words = _WORDS[language]
    units = {unit["code"]: unit for unit in content["units"]}
    leaders = [units[code] for code in content["top"][measure]]
    rows = [_row(unit, leaders[0], measure, language) for unit in leaders[:TOP]]
    moment = words["moment"].format(written.moment(datetime.fromisoformat(content["moment"]), language))
    title = WORDS[language][f"top_{measure.value}"]
    told = "; ".join(f"{row['rank']}. {row['name']}: {row['value']} {row['detail']}".rstrip() for row in rows)
    return {
        "language": language,
        "contest": words["contest"].format(name_of(content, language)),
        "title": title,
        "moment": moment,
        "rows": rows,
        "nobody": words["nobody"],
        "note": (words["ratio_of"] if measure is Measure.RATIO else "") + _note(leaders, measure, words),
        "source": _source(content, language),
        "description": f"{title}. {moment}. {told or words['nobody']}",
    }


def _row(unit: Mapping[str, Any], first: Mapping[str, Any], measure: Measure, language: Language) -> dict[str, Any]:
    counted = "registered" if measure is Measure.REGISTERED else "finished"
    row = {"rank": str(unit["rank"][measure.value]), "first": unit["rank"][measure.value] == 1, "name": unit["name"]}
    number = written.count(unit[counted], language)
    if measure is not Measure.RATIO:
        return {**row, "value": number, "detail": "", "share": unit[counted] / first[counted]}
    population = written.count(unit["population"], language)
    detail = _WORDS[language]["of"].format(number, population) if unit is first else f"{number} / {population}"
    share = unit["finished"] * first["population"] / (unit["population"] * first["finished"])
    value = written.percent(unit["finished"], unit["population"], language)
    return {**row, "value": value, "detail": detail, "share": share}


def _note(leaders: list[Mapping[str, Any]], measure: Measure, words: Mapping[str, str]) -> str:
    """Those that share the last place shown and find no room: an arbitrary ten would be unjust."""
    left = leaders[TOP:]
    if not left:
        return ""
    rank = left[0]["rank"][measure.value]
    if len(left) > _NAMED:
        return words["more"].format(rank=rank, number=len(left))
    return words["also"].format(rank=rank, names=words["and"].join(unit["name"] for unit in left))


def _source(content: Content, language: Language) -> str:
    words = _WORDS[language]
    source = words["source"].format(organiser=content["organiser"])
    return source + (words["bulletin"].format(which(content, language)) if content["number"] else "")


def _readable(svg: str, facts: Mapping[str, Any]) -> str:
    """The drawing with its words beside it, for those who hear it: typst draws letters as outlines."""
    told = f"<title>{escape(facts['title'])}</title><desc>{escape(facts['description'])}</desc>"
    return re.sub(r"<svg\b([^>]*)>", rf'<svg role="img" lang="{facts["language"]}"\1>{told}', svg, count=1)
