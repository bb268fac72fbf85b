"""All automatic checks of a question bank, and the command that an author runs while writing.

Source: items.md §6. ``check_bank`` is called by ``lantoa questions check`` and by the tests of the shipped bank; this
module run by itself needs only the standard library: ``python -m lantoa.exams.checks FOLDER``.
"""

import argparse
import datetime as dt
import sys
import tomllib
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from lantoa.exams import checks_item, checks_topic
from lantoa.exams.items import LEVELS, BadPackage, FactSheet, Item, read_facts, read_items
from lantoa.lib import wording
from lantoa_verify.papers import Blueprint, Cell

VERY_COMMON = 40
PAPERS = checks_topic.SIMULATED
Severity = Literal["error", "warning"]

# items.md §1, "The paper of 20": used when a package does not say its own blueprint.
REFERENCE = Blueprint(
    asked=20,
    cells=tuple(Cell(topic, level, count) for topic in (1, 2, 3, 4) for level, count in ((1, 2), (2, 2), (3, 1))),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found; `lantoa questions check` and `make check` fail on errors."""

    severity: Severity
    check: str
    item_id: str
    message: str

    def __str__(self) -> str:
        sign = "✗" if self.severity == "error" else "!"
        return f"{sign} {self.item_id}: {self.check}: {self.message}"


def _item_findings(items: Sequence[Item], setting: checks_item.Setting) -> Iterator[Finding]:
    for item in items:
        if not has_key(item):  # the other checks would not know which option is right
            yield from (
                Finding("error", "schema", item.id, message) for message in checks_item.check_schema(item, setting)
            )
            continue
        for name, check in checks_item.ERRORS.items():
            yield from (Finding("error", name, item.id, message) for message in check(item, setting))
        for name, warn in checks_item.WARNINGS.items():
            yield from (Finding("warning", name, item.id, message) for message in warn(item, setting))


def has_key(item: Item) -> bool:
    """Tell whether the key points at an option and leaves others."""
    return 0 <= item.key < len(item.options) and len(item.options) > 1


def _bank_findings(
    items: Sequence[Item], lessons: frozenset[str], blueprint: Blueprint, papers: int
) -> Iterator[Finding]:
    bank = [item for item in items if item.status == "published"]  # papers are drawn from nothing else
    errors = {
        "length bias": checks_topic.check_key_length(items),
        "position": checks_topic.check_key_place(items),
        "marks": checks_topic.check_marks(items),
        "negative": checks_topic.check_negative_share(items),
        "duplicates": checks_topic.check_same_stem(items),
        "coverage": checks_topic.check_coverage(bank, blueprint),
        "load": checks_topic.check_load(bank, blueprint, papers),
    }
    warnings = {
        "duplicates": checks_topic.warn_like_stem(items),
        "lessons": checks_topic.warn_lessons(items, lessons),
        "people": checks_topic.warn_people(items),
    }
    for name, hits in errors.items():
        yield from (Finding("error", name, part, message) for part, message in hits)
    for name, hits in warnings.items():
        yield from (Finding("warning", name, part, message) for part, message in hits)


def check_bank(
    items: Sequence[Item],
    facts: FactSheet,
    *,
    lessons: AbstractSet[str],
    blueprint: Blueprint,
    today: dt.date,
    papers: int = PAPERS,
) -> list[Finding]:
    """Run every check on the questions of a bank version; retired questions are left out.

    ``lessons`` are the codes of all lessons; ``blueprint`` says what the papers need of the bank; so many ``papers``
    are drawn to see whether all are equally long and every question is met as often as its neighbours.
    """
    used = [item for item in items if item.status != "retired"]
    texts = list(chain.from_iterable(item.texts for item in used))
    ids = frozenset(item.id for item in items)
    setting = checks_item.Setting(facts, today, wording.commonest(texts), wording.commonest(texts, VERY_COMMON), ids)
    known = frozenset(lessons)
    findings = list(_item_findings(used, setting))
    return findings + list(_bank_findings(list(filter(has_key, used)), known, blueprint, papers))


def read_blueprint(folder: Path) -> Blueprint:
    """Return the blueprint that contest.toml names, or the reference one."""
    try:
        data = tomllib.loads((folder / "contest.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return REFERENCE
    except tomllib.TOMLDecodeError as error:
        raise BadPackage([f"contest.toml: -: không đọc được: {error}"]) from error
    if "blueprint" not in data:
        return REFERENCE
    try:
        return Blueprint.from_data({**_asked(data), **data["blueprint"]})
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise BadPackage([f"contest.toml: blueprint: {error}"]) from error


def _asked(data: dict[str, Any]) -> dict[str, Any]:
    """The number of questions, which the rules say once for the whole contest."""
    return {"asked": data["rules"]["asked"]} if "rules" in data else {}


def _lessons(folder: Path, items: Sequence[Item]) -> set[str]:
    """Return the codes of the lessons that are written; while none is, every lesson that a question names."""
    written = {path.stem for path in (folder / "lessons").glob("*.md")}
    return {code for code in written if not code.endswith(".en")} or {item.lesson for item in items}


def _table(items: Sequence[Item]) -> Iterator[str]:
    counts = checks_topic.cell_counts(items)
    yield "bài     " + "".join(f"mức {level}   " for level in LEVELS) + "cộng"
    for lesson in sorted({item.lesson for item in items}):
        row = [counts.get((lesson, level), 0) for level in LEVELS]
        yield f"{lesson:6}" + "".join(f"{count:7}" for count in row) + f"{sum(row):8}"
    for topic, part in checks_topic.by_topic(items).items():
        row = [sum(item.level == level for item in part) for level in LEVELS]
        places = [sum(item.key == place for item in part) for place in range(4)]
        words = sum(item.words for item in part) / len(part)
        totals = "".join(f"{count:7}" for count in row)
        yield f"CĐ {topic}  {totals}{len(part):8}   đáp án ở 0–3: {places}, trung bình {words:.1f} chữ"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the questions of a package folder, print what was found and the counts; 1 when there are errors."""
    parser = argparse.ArgumentParser(prog="lantoa questions check", description="Kiểm tra ngân hàng câu hỏi")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--topic", type=int, help="chỉ kiểm tra một chuyên đề")
    parser.add_argument("--errors", action="store_true", help="chỉ in lỗi")
    parser.add_argument("--papers", type=int, default=PAPERS, help="rút thử bao nhiêu đề")
    chosen = parser.parse_args(arguments)
    try:
        facts = read_facts(chosen.folder / "facts.toml")
        blueprint = read_blueprint(chosen.folder)
        items = [one for one in read_items(chosen.folder / "questions") if chosen.topic in (None, one.topic)]
    except BadPackage as error:
        sys.stdout.write("".join(f"✗ {message}\n" for message in error.messages))
        return 1
    if chosen.topic:
        cells = tuple(cell for cell in blueprint.cells if cell.topic == chosen.topic)
        blueprint = replace(blueprint, cells=cells, asked=sum(cell.count for cell in cells), load_tolerance=1)
    found = check_bank(
        items,
        facts,
        lessons=_lessons(chosen.folder, items),
        blueprint=blueprint,
        today=dt.datetime.now().astimezone().date(),
        papers=chosen.papers,
    )
    errors = [finding for finding in found if finding.severity == "error"]
    shown = errors if chosen.errors else found
    published = sum(item.status == "published" for item in items)
    said = f"{len(items)} câu, {published} đã công bố; {len(errors)} lỗi, {len(found) - len(errors)} lưu ý"
    lines = [*map(str, shown), "", *_table(items), "", said]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
