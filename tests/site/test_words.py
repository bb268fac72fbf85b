"""The words of the screen: each has its English, and the Vietnamese is plain (plain_vietnamese.md §11)."""

import ast
import re
from itertools import cycle

import pytest
from tools.collect_words import ENGLISH, SRC, collect, english, found, texts, written

from lantoa.learning.lessons import read_lessons
from lantoa.lib import wording
from tests.factories.packages import PACKAGES

TEMPLATES = sorted(SRC.rglob("templates/**/*.html"))
BLANK = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w+\}")
TAG = re.compile(r"<[^>]*>")
BREAK = re.compile(r"[|\n]")
VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
NAMES = re.compile(r"Lan Tỏa|Tiếng Việt|Lê Chân")
MARKED = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}|{%\s*comment\b.*?endcomment\s*%}|{#.*?#}"
    r"|{%\s*trans(?:late)?\b.*?%}|_\((?:\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)
LONGEST = 25  # words of a sentence
BUTTON = 6  # syllables: three words of two
NEVER = re.compile(r"\b(tại đây|vui lòng|kính mời|quý vị|OK|Submit)\b", re.IGNORECASE)
OFFICIAL = {"Lượt truy cập", "lượt truy cập"}  # the press counts them by this name (seed B)
KNOWN = {"App", "Store", "Word", "Excel", "PowerPoint", "JPG", "PNG", "ZIP", "MB", "CSV", "ICT", "Menu", "lantoa"} | {
    "package",
    "import",
}
# What those who write programs type as it is.
TYPED = {
    "GET",
    "HEAD",
    "OPTIONS",
    "JSON",
    "Accept",
    "Retry-After",
    "ETag",
    "OpenAPI",
    "next",
    "null",
    "errors",
    "attempts",
}
TYPED |= {"Data", "From", "Web", "Advanced", "Editor", "Refresh", "Enter"}
MADE_UP = re.compile(
    r"HP25-[\w-]+|(?:\+61 )?\d{3,4} \d{3} \d{3}|thanh\.dong|share:17|as_of|known_at|\d{4}-\d\d-\d\dT[\d:+]+"
)
EXPLAINED = re.compile(r"[Đđ]ường dẫn \(link\)|App Store")  # a first use, and a shop's name
IN_VIETNAMESE_FOR_ALL = (
    "certificate/sheet.html",
    "errors/500.html",
    "errors/503.html",
)  # a printed paper; pages that speak both
WRITTEN_BY_FILTERS = {"ngày", "phút", "giây"}


def forms(words):
    """A text and its plural, or the one text."""
    return list(words) if isinstance(words, tuple) else [words]


def messages(catalog):
    return [message for message in catalog if message.id]


def unmarked(text):
    """Vietnamese that is neither ours to translate nor a name."""
    return VIETNAMESE.search(NAMES.sub("", text))


def faults(text):
    """What is not plain in one text of the screen."""
    plain = MADE_UP.sub("", text)
    found = [*wording.spelling_faults(text), *NEVER.findall(wording.unquoted(text)), *wording.long_numbers(plain)]
    found += [] if text in OFFICIAL else wording.avoided(EXPLAINED.sub("", text))
    return found + [part for part in wording.sentences(text) if wording.count(part) > LONGEST]


def leaves(data):
    if isinstance(data, str):
        return [data]
    inside = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for part in inside for text in leaves(part)]


def test_the_english_file_holds_the_words_of_the_source_and_no_others():
    assert ENGLISH.read_text(encoding="utf-8") == written(english()), "run `make words`"


def test_words_are_found_in_templates_in_python_and_inside_other_strings(tmp_path):
    page, view = tmp_path / "a.html", tmp_path / "a.py"
    page.write_text(
        '{% translate "Một" %}{% blocktranslate count n=m with a=b %}{{ a }} hai{% plural %}{{ n }} ba{% endblocktranslate %}'
        '{{ x|default:_("Bốn") }}{% translate "Năm" context "số" %}it\'s {{ "raw" }} gettext',
        encoding="utf-8",
    )
    view.write_text("a = f\"{_('Sáu')}\"\nb = ngettext('Bảy', 'Tám', 2)\nc = _(name)\n", encoding="utf-8")
    assert set(found(page)) == {
        ("Một", None, None),
        ("%(a)s hai", "%(n)s ba", None),
        ("Bốn", None, None),
        ("Năm", None, "số"),
    }
    assert set(found(view)) == {("Sáu", None, None), ("Bảy", "Tám", None)}


def test_every_word_has_its_english_and_none_is_a_guess():
    assert [m.id for m in messages(english()) if m.fuzzy or not all(texts(m))] == []


def test_blanks_tags_and_breaks_are_the_same_in_both_languages():
    for message in messages(english()):
        for source, text in zip(cycle(forms(message.id)), texts(message), strict=False):
            for sign in (BLANK, TAG, BREAK):
                assert sorted(sign.findall(text)) == sorted(sign.findall(source)), text


def test_english_is_english_and_keeps_calm():
    said = [text for message in messages(english()) for text in texts(message)]
    assert [text for text in said if unmarked(text) or "!" in text] == []


def test_no_vietnamese_stands_in_a_template_without_a_mark():
    for path in TEMPLATES:
        if not path.as_posix().endswith(IN_VIETNAMESE_FOR_ALL):
            left = MARKED.sub("", path.read_text(encoding="utf-8"))
            assert [line.strip() for line in left.splitlines() if unmarked(line)] == [], path


def test_no_vietnamese_stands_in_the_sites_views_without_a_mark():
    for path in sorted((SRC / "site").rglob("*.py")):
        known = {text for words in found(path) for text in words}
        known |= WRITTEN_BY_FILTERS if path.parent.name == "templatetags" else set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                known.add(ast.get_docstring(node, clean=False))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and unmarked(node.value):
                assert node.value in known, f"{path}:{node.lineno}"


def test_the_screen_speaks_plain_vietnamese():
    said = [text for message in messages(collect()) for text in forms(message.id)]
    parts = {part for text in said for part in BREAK.split(TAG.sub("", BLANK.sub("5", text)))}
    assert {part: faults(part) for part in parts if faults(part)} == {}
    hard = {part: set(wording.hard_words(MADE_UP.sub("", part))) - KNOWN - TYPED for part in parts}
    assert {part: words for part, words in hard.items() if words} == {}


def test_a_button_says_what_it_does_in_few_words():
    for path in TEMPLATES:
        for button in re.findall(r"<button\b.*?</button>|<a class=\"btn.*?</a>", path.read_text("utf-8"), re.DOTALL):
            for said in re.findall(r"{%\s*translate\s+\"([^\"]+)\"", TAG.sub("", button)):
                assert wording.count(said) <= BUTTON, f"{path}: {said}"
                assert said not in {"Xác nhận", "Đồng ý"}, f"{path}: {said}"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_lessons_speak_plain_vietnamese(package):
    for lesson in read_lessons(package):
        said = [lesson.title, lesson.goal, lesson.takeaway, *leaves([card.get("text") for card in lesson.cards])]
        said += leaves([card.get("game", {}).get("data") for card in lesson.cards if card.get("game")])
        parts = [line for text in said for line in text.splitlines()]
        assert {part: faults(part) for part in parts if faults(part)} == {}, lesson.code


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_documents_are_spelled_like_the_rest_and_avoid_the_same_words(package):
    for path in sorted(package.glob("documents/*.md")):
        if path.name.endswith(".en.md"):
            continue
        for line in path.read_text(encoding="utf-8").partition("\n+++\n")[2].splitlines():
            text = re.sub(r"^[\s#>|*\d.-]+|\*\*|\[|\]\([^)]*\)|[\s|]+$", "", re.sub(r"\[\[\w+\]\]", "5", line))
            wrong = wording.spelling_faults(text) + wording.avoided(EXPLAINED.sub("", text))
            wrong += NEVER.findall(wording.unquoted(text))
            assert not wrong, f"{path.name}: {line} {wrong}"
