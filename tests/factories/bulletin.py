"""The content of a bulletin as the reference published it: 15:30 on 21/10/2025, in the 114 units of its package."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from lantoa.lib.clock import VIETNAM
from lantoa.standings.content import METHOD, written
from lantoa.standings.figures import Counts, Figures, UnitFigures

SHEET = Path(__file__).parents[2] / "packages/cong-dan-so-hai-phong/units/haiphong.csv"
MOMENT = datetime(2025, 10, 21, 15, 30, tzinfo=VIETNAM)
TOTAL = {"registered": 70_949, "finished": 42_117, "attempts": 59_807}  # seed B
VISITS = 1_243_918
ABOUT = {
    "format": "lantoa bulletin 1",
    "contest": "cong-dan-so-hai-phong",
    "name": "Công dân số Hải Phòng – sử dụng thông minh, sống an toàn",
    "name_en": "Digital Citizens of Hai Phong – use it wisely, live safely",
    "organiser": "Sở Khoa học và Công nghệ thành phố Hải Phòng",
    "operator": "Công ty Cổ phần Công nghệ và Truyền thông VTC NetViet",
    "place": "Hải Phòng",
    "address": "https://example.vn/cong-dan-so-hai-phong/",
    "opens": "2025-10-11",
    "closes": "2025-11-11",
    "asked": 20,
    "motto": "Tôi học số – Tôi lan tỏa",
    "topics": [
        ["Nhận thức số và năng lực số cơ bản", "Digital awareness and basic skills"],
        ["Sử dụng dịch vụ số thiết yếu", "Using essential digital services"],
        ["Tương tác trên môi trường số", "Living together online"],
        ["Ứng dụng trí tuệ nhân tạo (AI) trong công việc và cuộc sống", "Artificial intelligence at work and in life"],
    ],
    "method": METHOD,
    "status": "published",
    "number": 3,
    "previous": "0" * 64,
    "known_size": None,
}


def shares(total: int, weights: list[int]) -> list[int]:
    """Whole numbers in proportion to ``weights`` that add up to ``total``."""
    whole, upto, given, out = sum(weights), 0, 0, []
    for weight in weights:
        upto += weight
        out.append(total * upto // whole - given)
        given += out[-1]
    return out


def the_reference(**changed: Any) -> dict[str, Any]:
    """The whole content, with ``changed`` in what is said of it; population by the package's sheet, zeal invented."""
    with SHEET.open(encoding="utf-8-sig", newline="") as file:
        places = list(csv.DictReader(file))
    people = [int(place["population"]) for place in places]
    zeal = [number * (50 + n * 37 % 101) for n, number in enumerate(people)]
    counted = {name: shares(total, zeal) for name, total in TOTAL.items()}
    units = tuple(
        UnitFigures(
            id=n,
            code=place["code"],
            name=f"{place['type'].capitalize()} {place['name']}",
            search=place["name"].lower(),
            cluster=("C1", "Cụm 1") if n % 2 else ("C2", "Cụm 2"),
            parts=(n,),
            population=people[n],
            **{name: numbers[n] for name, numbers in counted.items()},
        )
        for n, place in enumerate(places)
    )
    total = Counts(population=sum(people), **TOTAL)
    return written(ABOUT | changed, Figures(MOMENT, MOMENT.replace(minute=45), total, VISITS, units))
