"""Every table of a bulletin's content, with its headings: what the sheets and documents show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lantoa.lib.written import Language, moment

Content = Mapping[str, Any]


class Kind(StrEnum):
    """How a column's cells are written."""

    TEXT = "text"
    WHOLE = "whole"
    RATIO = "ratio"  # (part, whole), or None
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and the kind of what stands below it."""

    heading: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a short name (a sheet's), a title, columns, rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: list[list[Any]]


TOPS = ("registered", "finished", "ratio")
WORDS: dict[Language, dict[str, str]] = {
    "vi": {
        "overview": "Tổng hợp",
        "units": "Đơn vị",
        "clusters": "Cụm thi đua",
        "method": "Cách tính",
        "all_units": "Tất cả đơn vị",
        "top_registered": "10 đơn vị có nhiều người đăng ký nhất",
        "top_finished": "10 đơn vị có nhiều người hoàn thành nhất",
        "top_ratio": "10 đơn vị có tỷ lệ hoàn thành cao nhất",
        "sheet_registered": "Top đăng ký",
        "sheet_finished": "Top hoàn thành",
        "sheet_ratio": "Top tỷ lệ",
        "figure": "Chỉ số",
        "value": "Giá trị",
        "code": "Mã",
        "unit": "Đơn vị",
        "cluster": "Cụm",
        "number_units": "Số đơn vị",
        "registered": "Đăng ký",
        "finished": "Hoàn thành",
        "attempts": "Lượt thi",
        "population": "Dân số",
        "ratio": "Tỷ lệ",
        "rank": "Hạng",
        "rank_registered": "Hạng đăng ký",
        "rank_finished": "Hạng hoàn thành",
        "rank_ratio": "Hạng tỷ lệ",
        "visits": "Lượt truy cập",
        "finished_units": "Số đơn vị có người hoàn thành",
        "contest": "Cuộc thi",
        "organiser": "Đơn vị tổ chức",
        "moment": "Tính đến",
        "known_at": "Gồm các điều chỉnh biết đến",
        "bulletin": "Bản tin số",
        "unpublished": "chưa công bố thành bản tin",
        "today": "{}, đã tính lại theo các điều chỉnh sau khi công bố",
    },
    "en": {
        "overview": "Overview",
        "units": "Units",
        "clusters": "Clusters",
        "method": "Method",
        "all_units": "All units",
        "top_registered": "10 units with most people registered",
        "top_finished": "10 units with most people finished",
        "top_ratio": "10 units with the highest completion ratio",
        "sheet_registered": "Top registered",
        "sheet_finished": "Top finished",
        "sheet_ratio": "Top ratio",
        "figure": "Figure",
        "value": "Value",
        "code": "Code",
        "unit": "Unit",
        "cluster": "Cluster",
        "number_units": "Units",
        "registered": "Registered",
        "finished": "Finished",
        "attempts": "Attempts",
        "population": "Population",
        "ratio": "Ratio",
        "rank": "Rank",
        "rank_registered": "Rank, registered",
        "rank_finished": "Rank, finished",
        "rank_ratio": "Rank, ratio",
        "visits": "Visits",
        "finished_units": "Units in which somebody finished",
        "contest": "Contest",
        "organiser": "Organiser",
        "moment": "As of",
        "known_at": "With the corrections known at",
        "bulletin": "Bulletin no.",
        "unpublished": "not published as a bulletin",
        "today": "{}, with the corrections made since it was published",
    },
}
_COUNTS = ("registered", "finished", "attempts", "population")


def tables(content: Content, language: Language) -> list[Table]:
    """Overview, units, clusters where there are any, the three top tens, how figures are counted."""
    words = WORDS[language]
    grouped = [clusters(content, language)] if content["clusters"] else []
    tops = [top(content, measure, language) for measure in TOPS]
    method = Table(words["method"], words["method"], (Column(words["method"], Kind.TEXT),), [])
    method.rows.extend([line] for line in content["method"][language])
    return [_overview(content, language), units(content, language), *grouped, *tops, method]


def name_of(content: Content, language: Language) -> str:
    """The contest's name in that language, where it has one."""
    return str((content["name_en"] if language == "en" else "") or content["name"])


def which(content: Content, language: Language) -> str:
    """Which bulletin this is, or that it is none."""
    words = WORDS[language]
    if content["number"] is None:
        return words["unpublished"]
    return words["today"].format(content["number"]) if content["status"] != "published" else str(content["number"])


def top(content: Content, measure: str, language: Language) -> Table:
    """The units that share the first ten ranks by a measure."""
    words = WORDS[language]
    coded = {unit["code"]: unit for unit in content["units"]}
    columns = [Column(words["rank"], Kind.RANK), Column(words["unit"], Kind.TEXT)]
    columns += [Column(words[what], Kind.WHOLE) for what in ("registered", "finished", "population")]
    rows = [
        [
            *(coded[code]["rank"][measure], coded[code]["name"]),
            *(coded[code][what] for what in ("registered", "finished", "population")),
            ratio(coded[code]),
        ]
        for code in content["top"][measure]
    ]
    ratio_column = Column(words["ratio"], Kind.RATIO)
    return Table(words[f"sheet_{measure}"], words[f"top_{measure}"], (*columns, ratio_column), rows)


def ratio(row: Mapping[str, Any]) -> tuple[int, int] | None:
    """Finished and population, where it is known."""
    return (row["finished"], row["population"]) if row["population"] else None


def _overview(content: Content, language: Language) -> Table:
    words = WORDS[language]
    rows = [
        [words["contest"], name_of(content, language)],
        [words["organiser"], content["organiser"]],
        [words["bulletin"], which(content, language)],
        *([words[what], moment(datetime.fromisoformat(content[what]), language)] for what in ("moment", "known_at")),
        *([words[what], content[what]] for what in ("registered", "finished", "finished_units", "attempts", "visits")),
        [words["population"], content["population"]],
        [words["ratio"], ratio(content)],
    ]
    columns = (Column(words["figure"], Kind.TEXT), Column(words["value"], Kind.WHOLE))
    return Table(words["overview"], words["overview"], columns, rows)


def units(content: Content, language: Language) -> Table:
    """Every unit with what was counted in it, by code."""
    words = WORDS[language]
    names = {cluster["code"]: cluster["name"] for cluster in content["clusters"]}
    columns = [Column(words[what], Kind.TEXT) for what in ("code", "unit", "cluster")]
    rows = [[unit["code"], unit["name"], names.get(unit["cluster"], ""), *_counted(unit)] for unit in content["units"]]
    return Table(words["units"], words["all_units"], (*columns, *_counted_columns(words)), rows)


def clusters(content: Content, language: Language) -> Table:
    """Every cluster with what was counted in its units, by code."""
    words = WORDS[language]
    columns = [Column(words["code"], Kind.TEXT), Column(words["cluster"], Kind.TEXT)]
    columns += [Column(words["number_units"], Kind.WHOLE)]
    rows = [[one["code"], one["name"], one["units"], *_counted(one)] for one in content["clusters"]]
    return Table(words["clusters"], words["clusters"], (*columns, *_counted_columns(words)), rows)


def _counted_columns(words: Mapping[str, str]) -> list[Column]:
    counts = [Column(words[what], Kind.WHOLE) for what in _COUNTS]
    ranks = [Column(words[f"rank_{measure}"], Kind.RANK) for measure in TOPS]
    return [*counts, Column(words["ratio"], Kind.RATIO), *ranks]


def _counted(row: Mapping[str, Any]) -> list[Any]:
    return [*(row[what] for what in _COUNTS), ratio(row), *(row["rank"][measure] for measure in TOPS)]
