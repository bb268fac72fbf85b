"""What a bulletin says, as plain data made from the figures of a moment, and its one spelling in bytes.

Whole numbers, texts and exact fractions only: the same figures give the same bytes on every machine. The bytes are
canonical JSON after RFC 8785, so that any tool can write them again from the data and compare.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from lantoa.contests.calendar import last_day
from lantoa.contests.models import Contest
from lantoa.learning.models import Topic
from lantoa.lib.clock import VIETNAM
from lantoa.standings.figures import ClusterFigures, Figures, Measure, ranked
from lantoa.standings.plain import instant, plain

FORMAT = "lantoa bulletin 1"
PUBLISHED, UNPUBLISHED, TODAY = "published", "unpublished", "as known today"  # what a content is, in its `status`
TOP = 10
# How figures are counted. Whoever changes how, counts a version more; old bulletins keep the words that they had.
VERSION = 1
METHOD = {
    "version": VERSION,
    "vi": [
        "Đăng ký: số người đã vào cuộc thi, mỗi người tính một lần.",
        "Hoàn thành: số người đã nộp ít nhất một bài thi, mỗi người tính một lần.",
        "Lượt thi: số bài thi đã nộp, kể cả bài tự nộp khi hết giờ. Nơi có dưới năm người hoàn thành thì không nêu.",
        "Lượt truy cập: số trang của cuộc thi đã mở, đến hết phút trước, không kể các chương trình tự xưng là máy.",
        "Tỷ lệ: số người hoàn thành chia cho dân số của đơn vị. Đơn vị chưa có dân số thì không xếp hạng theo tỷ lệ.",
        "Bằng nhau thì cùng hạng. Đơn vị đã sáp nhập được tính trong đơn vị mới từ ngày sáp nhập.",
        "Số liệu gồm mọi việc đến hết thời điểm nêu trên và mọi điều chỉnh đã biết lúc lập.",
    ],
    "en": [
        "Registered: people who entered the contest, each counted once.",
        "Finished: people who submitted at least one exam, each counted once.",
        "Attempts: exams submitted, also by themselves when time ran out. Not given where fewer than five finished.",
        "Visits: pages of the contest opened, up to the minute before, without programs that name themselves.",
        "Ratio: people finished divided by the unit's population. A unit of unknown population has no rank by ratio.",
        "Equal values have an equal rank. A merged unit counts in its successor from the day of the merger on.",
        "The figures hold everything up to the moment above, and every correction that was known when they were made.",
    ],
}


def frame(contest: Contest) -> dict[str, Any]:
    """What a bulletin says of the contest itself, in the words of today."""
    return {
        "format": FORMAT,
        "contest": contest.slug,
        "name": contest.name,
        "name_en": contest.name_en,
        "organiser": contest.organiser,
        "operator": contest.operator,
        "place": contest.root.name,
        "address": f"{settings.PUBLIC_URL}/{contest.slug}/",
        "opens": contest.opens_at.astimezone(VIETNAM).date().isoformat(),
        "closes": last_day(contest.closes_at).isoformat(),
        "asked": contest.asked,
        "motto": contest.share_motto,
        "topics": [[topic.title, topic.title_en] for topic in Topic.objects.filter(contest=contest)],
        "method": METHOD,
    }


def written(about: Mapping[str, Any], counted: Figures, **seal: Any) -> dict[str, Any]:
    """The whole content: what is said of the contest, what was counted, and ``seal`` (number, predecessor, sizes).

    Attempts are null where they are withheld (S27); a ratio is the exact fraction "finished/population", or null.
    """
    said = plain(counted)
    ranks = _ranks(counted.clusters)
    return {
        **about,
        **seal,
        "moment": instant(counted.at),
        "known_at": instant(counted.known_at),
        **_exact(said),
        "units": sorted((_exact(unit) for unit in said["units"]), key=_code),
        "clusters": sorted(({**_exact(one), "rank": ranks[one["code"]]} for one in said["clusters"]), key=_code),
        "top": {measure.value: _top(counted, measure) for measure in Measure},
    }


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one spelling of a content (RFC 8785: keys sorted, no spaces, UTF-8)."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _exact(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same row without a decimal fraction."""
    return {**row, "ratio": f"{row['finished']}/{row['population']}" if row["population"] else None}


def _code(row: Mapping[str, Any]) -> str:
    return str(row["code"])


def _ranks(clusters: Iterable[ClusterFigures]) -> dict[str, dict[str, int | None]]:
    places: dict[str, dict[str, int | None]] = {}
    for measure in Measure:
        for rank, cluster in ranked(clusters, measure):
            places.setdefault(cluster.code, {})[measure.value] = rank
    return places


def _top(counted: Figures, measure: Measure) -> list[str]:
    """The codes of all units that share the first ten ranks and have anything; with ties there may be more than ten."""
    return [unit.code for rank, unit in counted.by(measure) if rank and rank <= TOP and unit.value(measure)]
