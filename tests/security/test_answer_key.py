"""S01: the answer key, its explanations and the codes of questions never reach anybody but an editor."""

from __future__ import annotations

import hashlib
import html
import math
import re
import tomllib
from collections import Counter
from functools import cache

import pytest
from django.conf import settings

from lantoa.exams.actions import start_attempt
from lantoa.exams.bank import open_bank
from lantoa.exams.marking import ORDERS
from lantoa.exams.models import Attempt, Bank, Question
from lantoa_verify.streams import contest_key, paper_key
from tests.security.addresses import SHEET, address
from tests.security.conftest import CANARY, PACKAGE
from tests.security.markup import Markup

pytestmark = pytest.mark.django_db
CODE = re.compile(r"\bT[1-9]-[0-9]\.[0-9]-[0-9]{3}\b")
PAPERS = 20_000
LEAST = 300  # answers to look at


@cache
def questions() -> tuple[dict, ...]:
    """The bank as its authors wrote it."""
    files = sorted((PACKAGE / "questions").glob("*.toml"))
    return tuple(found for file in files for found in tomllib.loads(file.read_text(encoding="utf-8"))["questions"])


@cache
def beliefs() -> tuple[str, ...]:
    """What authors write beside a question and nobody is shown: which belief a wrong option tempts."""
    shown = " ".join(" ".join([found["stem"], *found["options"]]) for found in questions())
    shown += " ".join(file.read_text(encoding="utf-8") for file in (PACKAGE / "lessons").glob("*.md"))
    written = {text for found in questions() for text in found["misconceptions"].values() if len(text) > 15}
    return tuple(sorted(text for text in written if text.casefold() not in shown.casefold()))


def told(text: str) -> list[str]:
    """The canaries in an answer, however it is escaped."""
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), html.unescape(text))
    found = [CANARY] if CANARY in plain else []
    return found + CODE.findall(plain) + [belief for belief in beliefs() if belief in plain]


def test_the_crawl_is_wide_and_meets_papers_and_results(crawled):
    assert len(crawled) >= LEAST, Counter(seen.role for seen in crawled)
    assert {"vi exam", "en exam"} <= {seen.kind for seen in crawled if seen.role == "contestant"}
    assert "vi result" in {seen.kind for seen in crawled if seen.role == "other"}
    assert [seen.where for seen in crawled if seen.answer.status_code >= 400 and seen.role != "operator"] == []


def test_nothing_of_the_key_stands_in_any_answer_to_anybody_but_an_editor(crawled):
    assert len(beliefs()) > 50
    for seen in crawled:
        if seen.role != "editor":
            assert told(seen.answer.whole) == [], seen.where


def test_control_an_editor_is_shown_codes_and_explanations(crawled):
    shown = "".join(seen.answer.whole for seen in crawled if seen.role == "editor")
    assert CANARY in shown
    assert CODE.search(shown)


def test_no_answer_of_an_exam_in_progress_tells_anything(world, enter):
    browser, json = enter("other"), {"accept": "application/json"}
    at = {name: address(name, world, number=2) for name in ("exam-start", "exam", "exam-save", "exam-submit", "result")}
    answers = [
        browser.post(at["exam-start"]),
        browser.get(at["exam"]),
        browser.post(at["exam-save"], SHEET, headers=json),
        browser.post(at["exam-save"], SHEET, headers=json),  # stale now
        browser.post(at["exam-save"], {"ban": "x"}, headers=json),
        browser.post(at["exam-submit"], {"c1": "0"}),  # asks first
        browser.post(at["exam-submit"], SHEET),
        browser.post(at["exam-save"], SHEET, headers=json),  # closed now
        browser.get(at["result"]),
        browser.get(address("topics", world)),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 409, 400, 200, 302, 409, 200, 200]
    keys = {field for answer in answers if "json" in answer.headers["Content-Type"] for field in answer.json()}
    assert keys <= {"revision", "answers", "error"}
    for answer in answers:
        assert told(answer.whole) == []


def test_a_result_names_no_question(world, enter):
    attempt = Attempt.objects.get(contestant=world.people["other"].entry, number=1)
    page = html.unescape(enter("other").get(address("result", world, number=1)).words)
    for question in Question.objects.filter(pk__in=attempt.questions):
        assert question.stem not in page
        assert not [option for option in question.options if len(option) > 20 and option in page]


def test_right_and_wrong_options_are_made_of_the_same_signs(world, enter):
    """Bytes, attributes, order of attributes: nothing but number, place and words differs between options."""
    page = enter("contestant").get(address("exam", world)).words
    options = re.findall(
        r"<label class=\"option\".*?</label>|<label[^>]*>\s*<input[^>]*type=\"radio\".*?</label>", page, re.DOTALL
    )
    assert len(options) == 80
    shapes = Counter()
    for option in options:
        elements = [
            (tag, {k: re.sub(r"\d+|[A-D]", "#", v) for k, v in attrs.items()}) for tag, attrs in Markup(option).elements
        ]
        shapes[str(elements)] += 1
    assert len(shapes) == 1, shapes


def test_no_static_file_and_no_address_of_one_knows_a_question():
    files = [
        path
        for path in settings.STATICFILES_DIRS[0].rglob("*")
        if path.suffix in {".js", ".css", ".svg", ".json", ".map"}
    ]
    assert len(files) > 30
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert told(text) == []
        assert not [found["id"] for found in questions() if found["stem"] in text]
        assert path.suffix != ".map"


def chi2_tail(value: float, degrees: int) -> float:
    """P(χ² ≥ value) for an even number of degrees of freedom: a sum of Poisson terms."""
    assert degrees % 2 == 0
    return math.exp(-value / 2) * sum((value / 2) ** k / math.factorial(k) for k in range(degrees // 2))


def unevenness(bank, seed):
    """χ² of the places of the right options in the papers of one contest, three degrees of freedom."""
    key, places = contest_key(seed, b""), Counter()
    for number in range(PAPERS // 4):
        paper = bank.draw.draw(paper_key(key, hashlib.sha256(str(number).encode()).digest()[:16], 1))
        for code, order in zip(paper.questions, paper.options, strict=True):
            question = bank.by_code[code]
            if question.shuffle:
                places[order.index(question.key)] += 1
    expected = sum(places.values()) / 4
    assert expected > PAPERS * 3 / 4
    return sum((places[place] - expected) ** 2 / expected for place in range(4))


def test_the_place_of_the_right_option_is_even_over_twenty_thousand_papers_of_the_shipped_bank(world):
    bank = open_bank(Bank.objects.current(world.contest).pk)
    found = [unevenness(bank, letter * 32) for letter in (b"s", b"e", b"d", b"n")]
    assert 0.001 < chi2_tail(sum(found), 3 * len(found)) < 0.999, found  # neither uneven nor evened out


def test_what_the_browser_shows_is_the_order_that_was_drawn(world, enter):
    attempt = start_attempt(contestant=world.people["contestant"].entry)
    page = html.unescape(enter("contestant").get(address("exam", world)).words)
    bank = open_bank(attempt.bank_id)
    for pk, order in zip(attempt.questions, attempt.orders, strict=True):
        question = bank.questions[pk]
        begins = page.index(question.stem)
        where = [page.index(question.options[place], begins) for place in ORDERS[order]]
        assert where == sorted(where)


def test_control_an_uneven_place_would_be_found():
    assert chi2_tail(0, 12) == pytest.approx(1)
    assert chi2_tail(32.909, 12) == pytest.approx(0.001, rel=0.01)  # tables of χ²
