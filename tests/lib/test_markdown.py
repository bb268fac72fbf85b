"""Markdown becomes HTML that cannot harm."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib import markdown

PAYLOADS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[bấm](javascript:alert(1))",
    "[bấm](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://la.example/x.png)",
    '<a href="//la.example" style="position:fixed">x</a>',
    "<svg/onload=alert(1)>",
    "`</p><script>alert(1)</script>`",
    '[x](https://a.example "onmouseover=alert(1)")',
]


class Seen(HTMLParser):
    """Every element and attribute that a browser would see."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.attributes = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("render", [markdown.page, markdown.words])
def test_no_payload_survives_as_markup(render, payload):
    seen = Seen(render(f"Chào\n\n{payload}\n\n**đậm**"))
    assert seen.elements <= {"p", "strong", "a", "code"}
    for name, value in seen.attributes:
        assert name in {"href", "title"}
        assert name == "title" or value.startswith("https://")


@given(st.text(alphabet="<>/a=b\"'&;#*[]()!` \n-xsviptonl:", max_size=80))
def test_whatever_is_written_only_known_elements_come_out(text):
    assert Seen(markdown.words(text)).elements <= {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote"}


def test_a_page_keeps_links_to_this_site_and_to_https():
    assert markdown.page("[a](../the-le/)") == '<p><a href="../the-le/">a</a></p>\n'
    assert 'href="https://dichvucong.gov.vn"' in markdown.page("[b](https://dichvucong.gov.vn)")


def test_a_page_has_tables():
    assert "<td>5.000.000 đồng</td>" in markdown.page("| Giải | Mỗi giải |\n|---|---|\n| Nhất | 5.000.000 đồng |")


def test_a_lesson_card_keeps_the_words_of_a_link_only():
    assert markdown.words("Vào [trang này](https://a.example).") == "<p>Vào trang này.</p>\n"


def test_plain_words_pause_after_each_line():
    assert markdown.plain("Một\n\n- **hai**\n- ba?\n") == "Một.\nhai.\nba?"
