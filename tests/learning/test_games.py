"""Each of the nine games and the check: before an answer, after it, and with a form that was tampered with."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.learning import games

TIM = {
    "segments": [
        {"text": "Chào anh,", "suspicious": False, "why": "lời chào"},
        {"text": "trong 2 giờ", "suspicious": True, "why": "giục"},
        {"text": "đóng phí", "suspicious": True, "why": "đòi"},
        {"text": "ở đây", "suspicious": True, "why": "lạ đường"},
        {"text": "Cảm ơn.", "suspicious": False, "why": "lịch sự"},
    ],
    "done": "Tự mở.",
}
XEP = {"steps": ["một", "hai", "ba", "bốn"], "why": "vì thế", "done": "nhớ"}
GHEP = {
    "pairs": [
        {"left": "a", "right": "A", "why": "1"},
        {"left": "b", "right": "B", "why": "2"},
        {"left": "c", "right": "A", "why": "3"},
    ],
    "done": "nhớ",
}
CHIA = {
    "baskets": ["chắc", "chưa chắc"],
    "items": [{"text": f"việc {n}", "basket": n % 2, "why": "vì"} for n in range(6)],
    "done": "nhớ",
}
RE = {
    "turns": [
        {"id": "goi", "text": "Chuông reo.", "choices": [{"text": "tắt", "to": "tot"}, {"text": "nghe", "to": "giua"}]},
        {"id": "giua", "text": "Họ giục.", "choices": [{"text": "tắt", "to": "tot"}, {"text": "chuyển", "to": "xau"}]},
        {"id": "tot", "text": "An toàn.", "ending": "good"},
        {"id": "xau", "text": "Mất tiền.", "ending": "bad"},
    ]
}
DO = {"samples": [{"text": "abc", "strength": n, "why": "vì"} for n in range(4)], "done": "nhớ"}
NHO = {
    "boxes": [{"name": f"o{n}", "label": "Việc", "help": "gì?", "example": "ví dụ"} for n in range(4)],
    "joined": "cả lời",
    "done": "nhớ",
}
SO = {
    "versions": [{"title": "A", "text": "a"}, {"title": "B", "text": "b"}],
    "better": 1,
    "reasons": ["đuôi"],
    "why": "vì",
    "done": "nhớ",
}
KE = {"items": ["một", "hai", "ba"], "done": "nhớ"}
CHECK = {"stem": "Gì?", "options": ["a", "b", "c", "d"], "key": 2, "explanation": "vì c"}
ALL = {
    "TIM": TIM, "XEP": XEP, "GHEP": GHEP, "CHIA": CHIA, "RE": RE, "DO": DO, "NHO": NHO, "SO": SO, "KE": KE, "CHECK": CHECK,
}  # fmt: skip


def faults(kind, data):
    found = []
    games.KINDS[kind].faults(data, found.append)
    return found


def test_there_are_nine_games_and_the_check():
    assert set(games.KINDS) == set(ALL)


@pytest.mark.parametrize("kind", ALL)
def test_a_good_block_has_no_faults(kind):
    assert faults(kind, ALL[kind]) == []


@pytest.mark.parametrize("kind", ALL)
def test_an_empty_block_names_what_is_missing(kind):
    assert faults(kind, {})


@pytest.mark.parametrize("kind", ALL)
def test_a_strange_field_is_named(kind):
    assert any("lạ" in found for found in faults(kind, {**ALL[kind], "lạ": 1}))


@pytest.mark.parametrize("kind", ALL)
def test_before_an_answer_nothing_is_told(kind):
    shown = games.show(kind, ALL[kind], None)
    assert shown["kind"] == kind.lower()
    assert not shown["played"]


@pytest.mark.parametrize("kind", ALL)
def test_every_game_can_be_read_aloud(kind):
    assert all(isinstance(line, str) and line for line in games.KINDS[kind].words(ALL[kind]))


sent = st.dictionaries(
    st.sampled_from(
        ["mark", "choice", "back", "path", "option", "version"]
        + [f"{p}-{n}" for p in ("place", "pair", "item") for n in range(8)]
    ),
    st.lists(st.one_of(st.integers(-3, 200).map(str), st.text(max_size=5)), max_size=8),
)


@pytest.mark.parametrize("kind", ALL)
@settings(max_examples=30, deadline=None)
@given(answer=sent)
def test_no_form_however_tampered_with_breaks_a_game(kind, answer):
    games.show(kind, ALL[kind], answer)


def test_tim_tells_caught_missed_and_alarm_apart():
    shown = games.show("TIM", TIM, {"mark": ["0", "1", "2"]})
    assert [row["verdict"] for row in shown["rows"]] == ["alarm", "caught", "caught", "missed", "calm"]
    assert (shown["right"], shown["of"], shown["alarms"], shown["whole"]) == (2, 3, 1, False)


def test_tim_is_whole_with_all_doubtful_places_and_no_other():
    assert games.show("TIM", TIM, {"mark": ["1", "2", "3"]})["whole"]


def place(order):
    """The form in which the steps stand in this order."""
    start = games.mixed(XEP["steps"])
    return {f"place-{start.index(step)}": [str(seat)] for seat, step in enumerate(order, 1)}


def test_xep_never_begins_in_the_right_order():
    assert [row["text"] for row in games.show("XEP", XEP, None)["rows"]] != XEP["steps"]


def test_xep_in_the_right_order_is_whole():
    shown = games.show("XEP", XEP, place(XEP["steps"]))
    assert shown["whole"]
    assert [row["text"] for row in shown["rows"]] == XEP["steps"]


@given(st.permutations(XEP["steps"]))
def test_xep_shows_the_order_that_was_sent_and_counts_right_places(order):
    shown = games.show("XEP", XEP, place(order))
    assert [row["text"] for row in shown["rows"]] == order
    assert shown["right"] == sum(a == b for a, b in zip(order, XEP["steps"], strict=True))


def test_xep_with_a_number_twice_asks_again():
    shown = games.show("XEP", XEP, {f"place-{n}": ["1"] for n in range(4)})
    assert shown["unclear"]
    assert not shown["played"]


def test_ghep_offers_each_right_side_once():
    assert sorted(text for _, text in games.show("GHEP", GHEP, None)["choices"]) == ["A", "B"]


def test_ghep_counts_right_pairs():
    choices = {text: str(number) for number, text in games.show("GHEP", GHEP, None)["choices"]}
    shown = games.show("GHEP", GHEP, {"pair-0": [choices["A"]], "pair-1": [choices["A"]], "pair-2": [choices["A"]]})
    assert [row["right"] for row in shown["rows"]] == [True, False, True]


def test_chia_counts_right_baskets():
    shown = games.show("CHIA", CHIA, {f"item-{n}": [str(n % 2)] for n in range(6)})
    assert shown["whole"]
    assert games.show("CHIA", CHIA, {})["right"] == 0


def test_re_walks_on_and_back():
    first = games.show("RE", RE, {"choice": ["1"]})
    assert first["turn"]["id"] == "giua"
    end = games.show("RE", RE, {"path": first["path"], "choice": ["1"]})
    assert end["turn"]["ending"] == "bad"
    assert [step["chosen"] for step in end["trail"]] == ["nghe", "chuyển"]
    assert games.show("RE", RE, {"path": end["path"], "back": ["1"]})["turn"]["id"] == "giua"


def test_re_ignores_a_way_that_the_story_does_not_know():
    assert games.show("RE", RE, {"path": ["7", "0"]})["turn"]["id"] == "goi"


def test_re_with_a_turn_that_nothing_leads_to_is_a_fault():
    lost = {"turns": [*RE["turns"], {"id": "lac", "text": "?", "ending": "good"}]}
    assert any("lac" in found for found in faults("RE", lost))


def test_so_tells_the_better_one_after_a_choice():
    assert games.show("SO", SO, {"version": ["1"]})["whole"]
    assert not games.show("SO", SO, {"version": ["0"]})["whole"]
    assert games.show("SO", SO, {})["unclear"]


def test_the_check_explains_after_any_choice():
    for option in range(4):
        shown = games.show("CHECK", CHECK, {"option": [str(option)]})
        assert shown["played"]
        assert shown["whole"] == (option == 2)
    assert games.show("CHECK", CHECK, {})["unclear"]


@pytest.mark.parametrize("kind", ["DO", "NHO", "KE"])
def test_what_is_typed_in_do_nho_and_ke_has_nowhere_to_go(kind):
    assert games.show(kind, ALL[kind], {"anything": ["mật khẩu"]}) == games.show(kind, ALL[kind], None)
