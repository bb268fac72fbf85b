"""The page about the open data: every address on it works, in both languages, with and without a contest."""

import html
import re

import pytest
from django.conf import settings
from django.test import Client

from lantoa.api.problems import KNOWN
from lantoa.contests.models import Contest

TYPED = re.compile(r'<pre class="typed"[^>]*><code>(.*?)</code></pre>', re.DOTALL)


def read(language=""):
    answer = Client().get(f"{language}/api/")
    assert answer.status_code == 200
    return answer.content.decode()


def offered(page):
    """Every address of the data that the page names, pressed or typed."""
    return set(re.findall(rf"{re.escape(settings.PUBLIC_URL)}/api/v1/[^\s\"<]*", html.unescape(page)))


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_address_on_the_page_answers_with_what_is_promised(contest, language):
    found = offered(read(language))
    assert len(found) >= 10
    for address in found:
        answer = Client().get(address)
        assert answer.status_code == 200, address
        assert answer["Content-Type"] == "application/json"


def test_what_the_examples_take_out_of_an_answer_is_in_it(contest, ask):
    page = html.unescape(" ".join(TYPED.findall(read())))
    figures, rows = ask("statistics").json(), ask("standings").json()
    assert set(re.search(r"\{ ([\w, ]+) \} = await", page)[1].split(", ")) <= set(figures)
    assert set(re.findall(r"answer\[(\w+)\]", page)) == {"units"}
    assert set(re.search(r'"rank", \{("[\w", ]+)\}', page)[1].replace('"', "").split(", ")) == set(
        figures["units"][0]["rank"]
    )
    assert set(re.findall(r'answer\["(\w+)"\]', page)) <= set(rows)
    assert set(re.findall(r'row\["(\w+)"\]', page)) <= set(rows["rows"][0])


def test_the_example_program_runs_as_it_stands(contest, ask, monkeypatch, capsys):
    program = next(each for each in map(html.unescape, TYPED.findall(read())) if each.startswith("import json"))
    monkeypatch.setattr("json.load", lambda answer: answer.json())
    monkeypatch.setattr("urllib.request.urlopen", lambda where: Client().get(where))
    exec(program, {})
    assert len(capsys.readouterr().out.splitlines()) == ask("standings").json()["total"]


def test_each_failure_leads_to_its_place_on_the_page(contest):
    places = set(re.findall(r'<dt id="([\w-]+)">(\d+)</dt>', read()))
    assert places == {(word, str(status)) for status, (word, _, _) in KNOWN.items()}


def test_the_page_stands_without_any_contest(db):
    Contest.objects.all().delete()
    assert "ten-cuoc-thi" in read()
