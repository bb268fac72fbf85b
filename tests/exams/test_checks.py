"""Every automatic check has a question that it refuses and one that it lets pass; the shipped bank passes all."""

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from lantoa.exams import checks, checks_item
from lantoa.exams.checks import REFERENCE, check_bank, main, read_blueprint
from lantoa.exams.items import BadPackage, Claim, Fact, FactSheet, Item, read_facts, read_items
from lantoa_verify.papers import Blueprint, Cell
from tests.factories import packages

TODAY = dt.date(2026, 11, 21)
SEEN = dt.date(2026, 11, 21)
FACTS = FactSheet(
    {
        "F7": Fact("F7", "…", "…", "A", volatile=False, seen=SEEN),
        "F8": Fact("F8", "…", "…", "B", volatile=True, seen=SEEN),
        "F9": Fact("F9", "…", "…", "C", volatile=False, seen=SEEN),
        "F18": Fact("F18", "…", "…", "B", volatile=False, seen=SEEN),
    },
    frozenset({"F18"}),
    (
        Claim("cơ quan cũ", "Bộ Công an", (re.compile("Cục An toàn thông tin"),), verified=True),
        Claim("thuế", "chưa có nguồn", (re.compile("thuế khoán"),), verified=False),
    ),
)
GOOD = Item(
    id="T3-3.5-001",
    version=1,
    topic=3,
    lesson="3.5",
    level=2,
    kind="scene",
    stem="Ông Hòa vừa cài ứng dụng lạ theo lời người gọi điện. Máy tự mở màn hình ngân hàng. Ông nên làm gì ngay?",
    options=(
        "Xóa ứng dụng đó rồi dùng máy tiếp",
        "Tắt nguồn, mượn máy gọi ngân hàng",
        "Chờ xem tiền có bị trừ đi hay không",
        "Cài thêm một ứng dụng diệt vi-rút",
    ),
    key=1,
    explanation=(
        "Tắt nguồn cắt quyền điều khiển của kẻ xấu. Gọi ngân hàng bằng máy khác để khóa tài khoản. "
        "Chỉ xóa ứng dụng là chưa đủ."
    ),
    sources=("F7", "lesson"),
    author="A",
    reviewer="B",
    status="published",
    misconceptions={0: "D6", 2: "D10", 3: "diệt vi-rút cứu được ngay"},
)
COMMON = frozenset({"máy", "ngân", "hàng", "gọi", "tắt"})
WORDS = [
    "bao",
    "nhiêu",
    "điều",
    "hay",
    "cần",
    "nhớ",
    "khi",
    "ở",
    "nhà",
    "một",
    "mình",
    "với",
    "chiếc",
    "máy",
    "mới",
    "mua",
    "hôm",
    "qua",
    "của",
    "mẹ",
    "cho",
]


def setting(item, today=TODAY):
    return checks_item.Setting(FACTS, today, COMMON, frozenset({"là", "của"}), frozenset({item.id, "T3-3.5-002"}))


def failed(item, today=TODAY):
    """Return the names of the checks that refuse the question."""
    return {name for name, check in checks_item.ERRORS.items() if list(check(item, setting(item, today)))}


def warned(item):
    return {name for name, warn in checks_item.WARNINGS.items() if list(warn(item, setting(item)))}


def with_option(place, text):
    return replace(GOOD, options=(*GOOD.options[:place], text, *GOOD.options[place + 1 :]))


def test_a_good_question_passes_every_check():
    assert failed(GOOD) == set()
    assert warned(GOOD) == set()


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        ("schema", with_option(3, "xóa ứng  dụng đó rồi dùng máy TIẾP")),
        ("schema", replace(GOOD, options=GOOD.options[:3])),
        ("schema", replace(GOOD, id="T3-3.4-001")),
        ("schema", replace(GOOD, topic=2, id="T2-3.5-001")),
        ("schema", replace(GOOD, misconceptions={0: "D6"})),
        ("schema", replace(GOOD, enemies=("T3-3.5-999",))),
        ("schema", replace(GOOD, enemies=(GOOD.id,))),
        ("schema", replace(GOOD, audience=("kings",))),
        ("text", replace(GOOD, stem=GOOD.stem.replace("Hòa", "Ho\u0300a"))),
        ("text", replace(GOOD, stem=GOOD.stem.replace("Hòa", "Hoà"))),
        ("text", replace(GOOD, stem=GOOD.stem.replace(" nên", "  nên"))),
        ("text", replace(GOOD, stem=GOOD.stem.replace("ngay?", "ngay ?"))),
        ("text", replace(GOOD, stem=GOOD.stem.replace("lạ", '"lạ"'))),
        ("text", replace(GOOD, stem=GOOD.stem.replace("ngay?", "ngay"))),
        ("text", replace(GOOD, explanation=GOOD.explanation.rstrip("."))),
        ("text", with_option(3, "Cài thêm một ứng dụng diệt vi-rút.")),
        ("text", replace(GOOD, explanation=GOOD.explanation.replace("Chỉ", "Kĩ thuật: chỉ"))),
        ("plain", replace(GOOD, stem=GOOD.stem.replace("mở", "truy cập"))),
        ("sources", replace(GOOD, sources=())),
        ("sources", replace(GOOD, sources=("F7", "X1"))),
        ("sources", replace(GOOD, sources=("F9", "lesson"))),
        ("sources", replace(GOOD, sources=("F7", "F18"))),
        ("review", replace(GOOD, volatile=True)),
        ("review", replace(GOOD, sources=("F8",))),
        ("review", replace(GOOD, sources=("F8",), volatile=True)),
        ("review", replace(GOOD, sources=("F8",), volatile=True, review_by=TODAY - dt.timedelta(1))),
        ("review", replace(GOOD, sources=("F8",), volatile=True, review_by=TODAY + dt.timedelta(200))),
        ("bare law", replace(GOOD, sources=("lesson",), stem=GOOD.stem.replace("lạ", "giá 5 triệu đồng"))),
        ("hotline", with_option(1, "Tắt nguồn, gọi ngay số 156 để báo")),
        ("hotline", with_option(1, "Tắt nguồn, tìm số 0912 345 678 hỏi")),
        ("hotline", with_option(1, "Tắt nguồn, tìm số 1900 0368 để hỏi")),
        ("old words", with_option(1, "Tắt nguồn, hỏi Cục An toàn thông tin")),
        ("old words", replace(with_option(1, "Tắt nguồn rồi nộp thuế khoán ngay"), history=True)),
        ("banned phrases", with_option(3, "Tất cả các đáp án đều là đúng".lower())),
        ("banned phrases", with_option(3, "Cả hai cách trên đều là đúng")),
        ("banned phrases", replace(GOOD, stem=GOOD.stem.replace("Ông nên", "Theo em, ông nên"))),
        ("negative", replace(GOOD, stem="Ông Hòa vừa cài ứng dụng lạ. Việc nào không nên làm?")),
        ("negative", replace(GOOD, stem="Ông Hòa vừa cài ứng dụng lạ. Câu nào sai?")),
        ("negative", replace(GOOD, stem="Ông Hòa vừa cài ứng dụng lạ. Việc nào KHÔNG nên làm?")),
        ("negative", replace(GOOD, negative=True)),
        ("length", with_option(3, "Cài thêm")),
        ("length", replace(GOOD, stem=" ".join([*WORDS[:15], "nhé.", *WORDS[:15], "nhé.", *WORDS[:16], "gì?"]))),
        ("length", replace(GOOD, stem=" ".join([*WORDS, *WORDS[:8], "gì?"]))),
        ("explanation", replace(GOOD, explanation="Tắt nguồn là đúng. Xóa ứng dụng là chưa đủ.")),
        ("explanation", replace(GOOD, explanation=GOOD.explanation + " Phương án A chưa đúng.")),
        ("explanation", replace(GOOD, explanation=" ".join(["Nguồn"] * 20) + ".")),
    ],
)
def test_a_bad_question_is_refused_by_its_check(check, bad):
    assert check in failed(bad)


@pytest.mark.parametrize(
    "good",
    [
        replace(GOOD, enemies=("T3-3.5-002",)),
        replace(GOOD, sources=("F7", "F9")),
        replace(GOOD, sources=("F8",), volatile=True, review_by=dt.date(2027, 5, 21)),
        replace(GOOD, stem=GOOD.stem.replace("lạ", "giá 5 triệu đồng")),
        replace(GOOD, stem=GOOD.stem.replace("lạ", "“Chuyển gấp!”")),
        replace(GOOD, stem="Ông Hòa vừa cài ứng dụng lạ. Việc nào KHÔNG nên làm?", negative=True),
        replace(GOOD, stem="Ông Hòa vừa cài ứng dụng lạ. Việc nào giúp ông không mất tiền?"),
        replace(GOOD, stem="Ông Hòa vừa cài ứng dụng lạ. Ông nên làm gì để không mất tiền?"),
        replace(GOOD, stem="Ông Hòa vừa cài ứng dụng lạ. Điều gì cho biết máy có an toàn hay không?"),
        with_option(1, "Tắt nguồn, gọi ngay 113 để báo tin"),
        with_option(1, "Tắt nguồn, gọi 1800.6838 để hỏi rõ"),
        replace(with_option(1, "Tắt nguồn, hỏi Cục An toàn thông tin"), history=True),
        with_option(1, "Tắt nguồn, nhờ quý ông hoàn lại thuế"),
    ],
)
def test_what_only_looks_wrong_passes(good):
    assert failed(good) == set()


@pytest.mark.parametrize(
    ("warning", "item"),
    [
        ("option words", with_option(3, "Cài-thêm-một-ứng-dụng vi-rút")),
        ("absolutes", with_option(3, "Luôn cài thêm ứng dụng diệt vi-rút")),
        ("clue", with_option(1, "Tắt màn hình, mượn máy gọi hỏi")),
        ("reading", replace(GOOD, stem=GOOD.stem.replace("lạ", "crypto"))),
        ("reading", replace(GOOD, stem=GOOD.stem.replace("lạ", "của NHNN"))),
        ("reading", replace(GOOD, stem=GOOD.stem.replace("lạ", "giá 50000 đồng"))),
    ],
)
def test_a_doubtful_question_is_reported(warning, item):
    assert warning in warned(item)


# --- a whole bank


def spoken(number):
    """Return syllables that differ from number to number, so that no two stems are alike."""
    heads = ["b", "c", "d", "g", "h", "k", "l", "m", "n", "r", "s", "t", "v", "x", "ch", "kh", "nh", "ph", "th", "tr"]
    tails = ["an", "ôi", "ưu", "eo", "im", "ung", "ach", "ươn", "êp", "iêu"]
    random = Random(number)
    return " ".join(random.choice(heads) + random.choice(tails) for _ in range(8))


def bank(per_cell=2):
    """A bank of the reference blueprint's size in which every check of the whole passes."""
    items = []
    for topic in (1, 2, 3, 4):
        for lesson in range(1, 7):
            for level in (1, 2, 3):
                for _ in range(per_cell):
                    number = len(items)
                    key = number % 4
                    texts = [f"{spoken(number * 5 + place + 1000)}" for place in range(4)]
                    options = tuple(text.ljust(44, "a")[:44] for text in texts)
                    items.append(
                        replace(
                            GOOD,
                            id=f"T{topic}-{topic}.{lesson}-{number:03}",
                            topic=topic,
                            lesson=f"{topic}.{lesson}",
                            level=level,
                            stem=f"{spoken(number)}?",
                            options=options,
                            key=key,
                        )
                    )
    return items


LESSONS = {f"{topic}.{lesson}" for topic in (1, 2, 3, 4) for lesson in range(1, 7)}
WHOLE = {"length bias", "position", "marks", "negative", "duplicates", "coverage", "load"}


def whole(items, blueprint=REFERENCE, lessons=LESSONS):
    """Return the names of the checks of the whole that refuse the bank."""
    found = check_bank(items, FACTS, lessons=lessons, blueprint=blueprint, today=TODAY)
    single = checks_item.ERRORS.keys() - {"negative"}
    return {finding.check for finding in found if finding.severity == "error" and finding.check not in single}


def changed(items, change, where=lambda item: item.topic == 1):
    return [change(item) if where(item) else item for item in items]


def longer_key(item):
    options = tuple(text + " thêm" * (place == item.key) for place, text in enumerate(item.options))
    return replace(item, options=options)


def pausing(item):
    """Each key with a comma, each wrong option with a reason."""
    marks = [", đã" if place == item.key else " vì đã" for place in range(4)]
    return replace(item, options=tuple(text + mark for text, mark in zip(item.options, marks, strict=True)))


def test_a_good_bank_passes_every_check_of_the_whole():
    assert whole(bank()) == set()


@pytest.mark.parametrize(
    ("check", "items"),
    [
        ("length bias", changed(bank(), longer_key)),
        ("position", changed(bank(), lambda item: replace(item, key=0))),
        ("position", sorted(bank(), key=lambda item: item.key)),
        ("marks", changed(bank(), pausing, lambda item: True)),
        ("negative", changed(bank(), lambda item: replace(item, negative=True))),
        ("duplicates", changed(bank(), lambda item: replace(item, stem="Vẫn một câu hỏi ấy?"))),
        ("coverage", [item for item in bank() if (item.topic, item.level) != (1, 3)]),
        ("coverage", [item for item in bank() if item.lesson not in ("1.5", "1.6")]),
        ("coverage", changed(bank(), lambda item: replace(item, status="draft"))),
        ("coverage", changed(bank(), lambda item: replace(item, status="retired"))),
        ("load", changed(bank(), lambda item: replace(item, stem="dài " * 300 + item.stem), lambda i: i.id[-1] == "7")),
        ("load", [item for item in bank(6) if item.topic != 1 or item.lesson == "1.1" or item.id[-1] in "036"]),
    ],
)
def test_a_bad_bank_is_refused_by_its_check(check, items):
    assert check in whole(items)


def test_siblings_may_be_alike_when_they_are_enemies():
    one, other, *rest = bank()
    assert "duplicates" in whole([one, replace(other, stem=one.stem), *rest])
    assert whole([one, replace(other, stem=one.stem, enemies=(one.id,)), *rest]) == set()


def test_a_small_topic_is_not_judged_by_shares_yet():
    items = [replace(longer_key(item), key=item.key) for item in bank() if item.topic == 1][:19]
    blueprint = Blueprint(asked=1, cells=(Cell(1, None, 1),))
    assert whole(items, blueprint) == set()


def test_a_question_without_a_key_is_reported_once_and_stops_nothing():
    broken = replace(GOOD, key=7)
    found = check_bank([broken, GOOD], FACTS, lessons={"3.5"}, blueprint=REFERENCE, today=TODAY)
    assert {finding.check for finding in found if finding.item_id == broken.id} >= {"schema"}
    assert "coverage" in {finding.check for finding in found}


def test_the_same_victims_again_and_again_are_reported():
    stem = "Bà Lan bị lừa mất tiền {}. Bà nên làm gì?"
    items = [replace(item, stem=stem.format(spoken(place))) for place, item in enumerate(bank()[:24])]
    found = check_bank(items, FACTS, lessons=LESSONS, blueprint=REFERENCE, today=TODAY)
    said = " ".join(finding.message for finding in found if finding.check == "people")
    assert "người lớn tuổi là 100% số người bị hại" in said
    assert "phụ nữ là 100% số người bị hại" in said
    assert "“bà lan” có trong 24/24 câu" in said


# --- the shipped bank and the command


@pytest.mark.parametrize("package", packages.PACKAGES, ids=lambda folder: folder.name)
def test_a_shipped_bank_passes_every_check(package):
    lessons = {path.stem for path in (package / "lessons").glob("*.md")}
    items, sheet = read_items(package / "questions"), read_facts(package / "facts.toml")
    found = check_bank(items, sheet, lessons=lessons, blueprint=read_blueprint(package), today=TODAY)
    assert [str(finding) for finding in found if finding.severity == "error"] == []


def test_the_reference_bank_holds_436_questions_by_the_cells_of_its_guide():
    items = [item for item in read_items(packages.REFERENCE / "questions") if item.status != "retired"]
    found = Counter((item.lesson, item.level) for item in items)
    lessons = [path.stem for path in (packages.REFERENCE / "lessons").glob("?.?.md")]
    wanted = {lesson: (6, 6, 4) if lesson.startswith("2.") else (7, 6, 5) for lesson in lessons}
    assert len(lessons) == 25
    assert {lesson: tuple(found[lesson, level] for level in (1, 2, 3)) for lesson in lessons} == wanted
    assert len(items) == 436


def test_the_shipped_facts_are_all_sourced():
    sheet = read_facts(packages.REFERENCE / "facts.toml")
    assert len(sheet.facts) == 170
    assert sheet.not_verified == {"F18"}
    assert Counter(claim.verified for claim in sheet.claims) == {True: 24, False: 17}


def test_the_command_prints_counts_and_fails_on_errors(tmp_path, capsys):
    (tmp_path / "questions").mkdir()
    (tmp_path / "facts.toml").write_text("", encoding="utf-8")
    question = (packages.REFERENCE / "questions" / "1.1.toml").read_text(encoding="utf-8")
    (tmp_path / "questions" / "1.1.toml").write_text(question, encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "nguồn không có trong facts.toml" in printed
    assert "CĐ 1" in printed


def test_a_lesson_in_english_is_no_lesson_without_questions(tmp_path, capsys):
    (tmp_path / "questions").mkdir()
    (tmp_path / "lessons").mkdir()
    (tmp_path / "facts.toml").write_text("", encoding="utf-8")
    for name in ("1.1.md", "1.1.en.md", "1.2.md"):
        (tmp_path / "lessons" / name).write_text("", encoding="utf-8")
    question = (packages.REFERENCE / "questions" / "1.1.toml").read_text(encoding="utf-8")
    (tmp_path / "questions" / "1.1.toml").write_text(question, encoding="utf-8")
    main([str(tmp_path)])
    told = [line for line in capsys.readouterr().out.splitlines() if "chưa có câu hỏi nào" in line]
    assert [line.split(":")[0] for line in told] == ["! 1.2"]


def test_the_command_can_look_at_one_topic(capsys):
    main([str(packages.REFERENCE), "--topic", "1", "--errors"])
    printed = capsys.readouterr().out
    assert "CĐ 1" in printed
    assert "CĐ 2" not in printed


def test_a_package_that_cannot_be_read_is_reported(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    assert "facts.toml: -: không đọc được" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = 'x'", REFERENCE),
        ("[blueprint]\nasked = 7", Blueprint(asked=7)),
        ("[rules]\nasked = 7\n[blueprint]", Blueprint(asked=7)),
    ],
)
def test_the_blueprint_is_read_from_the_contest(tmp_path, text, expected):
    (tmp_path / "contest.toml").write_text(text, encoding="utf-8")
    assert read_blueprint(tmp_path) == expected


@pytest.mark.parametrize("text", ["[blueprint]\nasked = 7\ncolour = 1", "[blueprint]\ncells = [{topic = 1}]", "["])
def test_a_faulty_blueprint_is_refused(tmp_path, text):
    (tmp_path / "contest.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadPackage):
        read_blueprint(tmp_path)


def test_a_package_without_a_contest_has_the_reference_blueprint(tmp_path):
    assert read_blueprint(tmp_path) == checks.REFERENCE
