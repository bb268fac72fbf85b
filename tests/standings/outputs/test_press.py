"""The press text states every figure of the seed's article, in words where it does, and nothing false of small numbers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib.roughly import rough
from lantoa.standings.outputs.press import press
from tests.factories.bulletin import the_reference

ARTICLE = [
    "Hơn 70.000 người tham gia",  # headline
    "15h30 ngày 21/10/2025",
    "sau 10 ngày",
    "hàng chục nghìn người",
    "**70.949** thí sinh đăng ký tham gia",
    "**42.117** người thuộc",
    "**114** đơn vị đã hoàn thành bài thi",
    "**59.807** lượt thi",
    "**hơn 1,24 triệu** lượt truy cập",
    "Top 10 đơn vị có số lượng thí sinh đăng ký tham gia nhiều nhất (tính đến 15h30 ngày 21/10/2025)",
    "Top 10 đơn vị có số lượng thí sinh hoàn thành bài thi nhiều nhất (tính đến 15h30 ngày 21/10/2025)",
    "từ ngày 11/10 đến hết ngày 11/11/2025",
    "4 chuyên đề: Nhận thức số và năng lực số cơ bản; Sử dụng dịch vụ số thiết yếu; Tương tác trên môi trường số; ",
    "; Ứng dụng trí tuệ nhân tạo (AI) trong công việc và cuộc sống",
    "20 câu hỏi ngẫu nhiên",
    "“Tôi học số – Tôi lan tỏa”",
    "Sở Khoa học và Công nghệ thành phố Hải Phòng",
    "VTC NetViet",
]
IN_ENGLISH = [
    "More than 70,000 people",
    "15:30 on 21 October 2025",
    "**70,949** people registered",
    "**42,117**, in all **114** units",
    "**59,807** attempts",
    "**more than 1.24 million** visits",
    "from 11 October to the end of 11 November 2025",
    "4 topics",
    "20 random questions",
]


@pytest.mark.parametrize(("language", "figures"), [("vi", ARTICLE), ("en", IN_ENGLISH)])
def test_the_text_states_every_figure_that_the_article_states(language, figures):
    text = press(the_reference(), language).decode()
    assert [figure for figure in figures if figure not in text] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_three_top_tens_name_ten_units_each_and_the_leader_stands_in_a_sentence(language):
    content = the_reference()
    text = press(content, language).decode()
    names = {unit["code"]: unit["name"] for unit in content["units"]}
    for codes in content["top"].values():
        assert [re.findall(rf"\| \d+ \| {re.escape(names[code])} \|", text) != [] for code in codes] == [True] * 10
        assert text.lower().count(names[codes[0]].lower()) >= 2
    assert len(re.findall(r"^\| \d+ \|", text, re.MULTILINE)) == 30


def test_a_text_says_whether_it_is_the_bulletin_or_todays_knowledge_or_no_bulletin():
    assert "Bản tin số 3" in press(the_reference(), "vi").decode()
    assert "có thể khác Bản tin số 3" in press(the_reference(status="as known today"), "vi").decode()
    assert "chưa công bố" in press(the_reference(number=None, status="unpublished"), "vi").decode()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_before_anybody_came_the_text_says_what_the_contest_is(language):
    text = press({**the_reference(), "registered": 0}, language).decode()
    assert text.startswith("# ") and "11" in text and "{" not in text and " 0 " not in text


@given(
    st.tuples(st.integers(1, 3 * 10**6), st.integers(0, 10**6), st.integers(0, 10**7), st.integers(0, 114)),
    st.booleans(),
    st.sampled_from(["vi", "en"]),
)
def test_whatever_the_numbers_the_text_is_whole_and_no_round_number_is_false(numbers, withheld, language):
    registered, finished, visits, units = numbers
    finished = min(finished, registered)
    content = the_reference() | {
        "registered": registered,
        "finished": finished,
        "attempts": None if withheld else finished * 2,
        "visits": visits,
        "finished_units": min(units, finished),
        "population": None if withheld else 5 * 10**6,
    }
    text = press(content, language).decode()
    assert not re.search(r"[{}]|None|\*\*\*\*|  ", text)
    first = text.splitlines()[0].lower()
    said = {"more": ("hơn", "more than"), "nearly": ("gần", "nearly")}.get(rough(registered).relation)
    assert not said or first.startswith(f"# {said[language == 'en']}")
    assert said or not re.match(r"# (hơn|gần|more|nearly)", first)


def shared(content, measure, rank_of):
    """The same content with other ranks by a measure."""
    units = [{**unit, "rank": {**unit["rank"], measure: rank_of(n)}} for n, unit in enumerate(content["units"])]
    top = [unit["code"] for unit in sorted(units, key=lambda u: u["rank"][measure]) if unit["rank"][measure] <= 10]
    return {**content, "units": units, "top": {**content["top"], measure: top}}


@pytest.mark.parametrize(
    ("rank_of", "says"),
    [
        (lambda n: 1 if n < 2 else n + 1, "cùng dẫn đầu, mỗi nơi"),
        (lambda n: 1 if n < 17 else n + 1, "17 đơn vị cùng dẫn đầu"),
        (lambda n: n + 1, "tiếp theo là"),
        (lambda n: 1 if n == 0 else 2 if n < 9 else n + 1, "dẫn đầu là phường Thành Đông với 386 người."),
    ],
    ids=["two lead", "many lead", "one leads", "many follow"],
)
def test_those_who_share_a_place_share_the_sentence(rank_of, says):
    text = press(shared(the_reference(), "registered", rank_of), "vi").decode()
    assert says in next(line for line in text.splitlines() if line.startswith("Về số người đăng ký"))


def test_names_never_become_markup():
    text = press(the_reference(name="*Thi* <b>số</b> | [x](y)", name_en=""), "vi").decode()
    assert "\\*Thi\\* \\<b\\>số\\</b\\> \\| \\[x\\](y)" in text
