"""Questions and facts as they stand in the files of a package."""

import datetime as dt

import pytest

from lantoa.exams.items import BadPackage, read_facts, read_items

QUESTION = """
[[questions]]
id = "T3-3.5-001"
version = 1
topic = 3
lesson = "3.5"
level = 2
kind = "scene"
stem = "Ông Hòa nên làm gì ngay?"
options = ["Một hai ba", "Bốn năm sáu", "Bảy tám chín", "Mười nữa thôi"]
key = 1
explanation = "Vì thế."
misconceptions = { 0 = "D6", 2 = "D10", 3 = "diệt vi-rút cứu được ngay" }
sources = ["F7", "lesson"]
volatile = true
review_by = 2027-05-21
enemies = ["T3-3.5-002"]
author = "A"
reviewer = "B"
status = "published"
"""
FACT = """
[[facts]]
id = "F7"
text = "…"
source = "…"
source_date = "11/2025"
confidence = "A"
volatile = true
seen = 2026-11-21
"""


@pytest.fixture
def written(tmp_path):
    """Write a file of a package and return its path."""

    def write(text, name="topic-3.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_question_is_read_with_its_words_counted(written):
    (item,) = read_items(written(QUESTION))
    assert item.words == 6 + 12
    assert item.misconceptions == {0: "D6", 2: "D10", 3: "diệt vi-rút cứu được ngay"}
    assert item.fact_ids == ("F7",)
    assert item.distractors == ("Một hai ba", "Bảy tám chín", "Mười nữa thôi")
    assert item.review_by == dt.date(2027, 5, 21)
    assert item.shuffle
    assert not item.negative


def test_a_folder_is_read_file_by_file_in_the_order_of_names(written):
    path = written(QUESTION.replace("3.5-001", "3.5-007"), "topic-4.toml")
    written(QUESTION)
    assert [item.id for item in read_items(path.parent)] == ["T3-3.5-001", "T3-3.5-007"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("level = 2", "level = 4", "“level” phải là một trong 1, 2, 3"),
        ("level = 2", "", "thiếu trường “level”"),
        ('kind = "scene"', 'kind = "joke"', "“kind” phải là một trong"),
        ("key = 1", 'key = "B"', "“key” phải là số nguyên"),
        ("key = 1", "key = true", "“key” phải là số nguyên"),
        ("volatile = true", "volatile = 1", "“volatile” phải là true hoặc false"),
        ("review_by = 2027-05-21", 'review_by = "2027-05-21"', "“review_by” phải là ngày"),
        ('sources = ["F7", "lesson"]', 'sources = "F7"', "“sources” phải là danh sách chữ"),
        ('0 = "D6"', 'first = "D6"', "“misconceptions” phải ở dạng"),
        ("version = 1", 'version = 1\ncolour = "red"', "trường lạ “colour”"),
        ('stem = "Ông Hòa nên làm gì ngay?"', 'stem = " "', "“stem” phải là chữ, không để trống"),
    ],
)
def test_a_fault_names_file_question_and_field(written, old, new, says):
    with pytest.raises(BadPackage) as caught:
        read_items(written(QUESTION.replace(old, new)))
    (message,) = caught.value.messages
    assert message.startswith("topic-3.toml: T3-3.5-001: ")
    assert says in message


def test_all_faults_are_reported_at_once(written):
    faulty = QUESTION.replace("level = 2", "level = 4").replace("key = 1", "")
    with pytest.raises(BadPackage) as caught:
        read_items(written(faulty + faulty.replace('id = "T3-3.5-001"', "")))
    assert [message.split(": ")[1] for message in caught.value.messages] == ["T3-3.5-001"] * 2 + ["số 2"] * 3


def test_an_id_is_never_used_twice(written):
    with pytest.raises(BadPackage, match=r"T3-3\.5-001: mã dùng hai lần"):
        read_items(written(QUESTION + QUESTION))


@pytest.mark.parametrize("text", ["[[questions]\n", "[questions]\nid = 1\n", "[[answers]]\nid = 1\n"])
def test_a_file_that_is_no_list_of_questions_is_refused(written, text):
    with pytest.raises(BadPackage, match=r"topic-3\.toml: -: "):
        read_items(written(text))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadPackage, match="không đọc được"):
        read_items(tmp_path / "topic-9.toml")


def test_facts_come_with_the_claims_to_keep_out(written):
    claims = """
[[outdated]]
claim = "VNeID mức 3"
because = ["V4"]
instead = "hai mức"
patterns = ['mức 3']

[[unverified]]
topic = "156"
missing = "không có nguồn"
patterns = []
"""
    sheet = read_facts(written('not_verified = ["F7"]\n' + FACT + claims, "facts.toml"))
    assert sheet.facts["F7"].volatile
    assert sheet.facts["F7"].seen == dt.date(2026, 11, 21)
    assert sheet.not_verified == {"F7"}
    assert [(claim.says, claim.verified) for claim in sheet.claims] == [("VNeID mức 3", True), ("156", False)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (FACT + FACT, "facts.toml: F7: mã dùng hai lần"),
        (FACT.replace('"A"', '"D"'), "facts.toml: F7: “confidence” phải là một trong A, B, C"),
        ('not_verified = ["F9"]\n' + FACT, "facts.toml: F9: not_verified nêu một mã không có"),
        ("not_verified = 9\n" + FACT, "facts.toml: not_verified: phải là danh sách chữ"),
        ('[[outdated]]\nclaim = "x"\nbecause = []\ninstead = "y"\npatterns = ["("]\n', "đúng cú pháp"),
    ],
)
def test_a_faulty_fact_is_refused(written, text, says):
    with pytest.raises(BadPackage) as caught:
        read_facts(written(text, "facts.toml"))
    assert says in str(caught.value)
