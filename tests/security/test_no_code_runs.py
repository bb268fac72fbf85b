"""S11: what people and organisers type stays words, on every page, in every download; nothing runs from inside a page."""

from __future__ import annotations

import csv
import html
import io
import json
import re

import pytest
from django.conf import settings
from django.core.management import call_command

from lantoa.awards.models import Prize
from lantoa.contests.documents import Attachment, Document
from lantoa.contests.models import Contest
from lantoa.learning.actions import publish_lessons
from lantoa.learning.models import Lesson, Topic
from lantoa.lib import sheets
from lantoa.shares.actions import publish_share, return_share, send_share
from lantoa.shares.models import Report, Share
from lantoa.units.actions import import_units
from lantoa.units.models import Unit
from tests.security.addresses import OPEN_DATA, SITE, address
from tests.security.conftest import with_canaries
from tests.security.markup import Markup

pytestmark = pytest.mark.django_db
ATTACKS = (
    "<script>khoa()</script>",
    '"><img src=x onerror=khoa()>',
    "'><svg/onload=khoa()>",
    '" onfocus="khoa()" autofocus x="',
    "</title></textarea></style><script>khoa()</script>",
    "<a href=javascript:khoa()>khoa</a>",
    "[khoa](javascript:khoa())",
    "![khoa](https://ke-gian.example/x.png)",
    "<iframe srcdoc='<script>khoa()</script>'>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "<!-- khoa ]]>",
    "<p style=position:fixed>khoa",
)
EACH_PLACE = (
    " ".join(ATTACKS),
    "javascript:khoa()",
    "//ke-gian.example/",
)  # between tags, in attributes, as an address
BRIEF = "<script>khoa()</script>\"><img src=x onerror=khoa()>' {{ 7|add:7 }}"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("https://ke-gian.example")')
TEMPLATES = [
    path for door in ("site", "console") for path in sorted((settings.SRC / door / "templates").rglob("*.html"))
]
READABLE = sorted(name for name, meets in SITE.items() if meets.get.split()[1] == "200")


def runs(answer) -> list[str]:
    """What would run, and every picture from elsewhere: our own stand at an address of this site."""
    page = Markup(answer.words)
    strange = [attrs for tag, attrs in page.elements if tag == "img" and not re.match(r"/[^/]", attrs.get("src", ""))]
    return page.runs() + [str(found) for found in strange]


def every_page(enter, world, roles=("anonymous", "contestant"), prefixes=("",)):
    """Each page of the site that a role may read."""
    for role in roles:
        browser = enter(role)
        for name in READABLE:
            asked = address(name, world, number=1) if name == "result" else address(name, world)
            shown = asked.endswith("/") and SITE[name].answer("get", role) == 200
            for prefix in prefixes if shown else ():
                if name in OPEN_DATA and prefix:  # data are in no language
                    continue
                yield f"{role} {prefix}{asked}", browser.get(f"{prefix}{asked}")


def test_no_page_of_the_site_runs_or_dresses_anything_from_inside(crawled):
    pages = [seen for seen in crawled if seen.is_page and " admin:" not in seen.kind]
    assert len(pages) > 150
    for seen in pages:
        assert runs(seen.answer) == [], seen.where


def test_control_the_reader_finds_what_would_run():
    for attack in ATTACKS[:5]:
        assert Markup(f'<p title="">{attack}<input value="{attack}">').runs(), attack


def test_no_template_has_a_script_a_style_or_a_handler_inside():
    assert len(TEMPLATES) > 80
    inside = re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|\|safeseq|autoescape\s+off", re.IGNORECASE)
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not inside.search(text), path
        for attributes, code in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL | re.IGNORECASE):
            assert "src=" in attributes, path
            assert not code.strip(), path


def test_only_what_a_cleaner_made_is_marked_safe():
    """A new `|safe` or `mark_safe` is looked at, and then written here."""
    found = set()
    for path in [*TEMPLATES, *sorted(settings.SRC.rglob("*.py"))]:
        for line in re.findall(r".*(?:\|safe\b|mark_safe\().*", path.read_text(encoding="utf-8")):
            found.add((path.name, re.search(r'(\w+(?:\.\w+)*)\|safe|mark_safe\(["<\w.>]+', line).group(0)))
    assert found == {
        ("card.html", "card.picture|safe"),  # pictures.check: shapes only
        ("card.html", "card.html|safe"),  # markdown.words: nh3
        ("cards.html", "card.picture|safe"),
        ("cards.html", "card.html|safe"),
        ("page.html", "html|safe"),  # markdown.page: nh3
        ("lantoa.py", "mark_safe(path.read_text"),  # our own drawings
        ("certificate.py", "mark_safe(paper.art"),
        ("certificate.py", "mark_safe(qr.svg"),  # escapes its label
        ("exam_pages.py", "mark_safe(qr.svg_in_series"),
        ("bulletins.py", "mark_safe(markdown.page"),  # nh3
        ("bulletins.py", 'mark_safe("<wbr>"'),
        ("shares.py", "mark_safe(linebreaks"),  # with autoescape
    }


def test_everything_that_an_organiser_writes_stays_words_on_every_page(world, enter):
    contest, long = world.contest, " ".join(ATTACKS)
    words = ("name", "name_en", "organiser", "operator", "share_motto")
    Contest.objects.filter(pk=contest.pk).update(
        **dict.fromkeys(words, BRIEF), summary=long, summary_en=long, contact=f"{long}\n0225 3747 456 {BRIEF}"
    )
    Document.objects.filter(contest=contest).update(title=BRIEF, title_en=BRIEF, body=long, body_en=long)
    Attachment.objects.update(title=BRIEF)
    Topic.objects.filter(contest=contest).update(title=BRIEF, title_en=BRIEF, summary=BRIEF, summary_en=BRIEF)
    Prize.objects.filter(contest=contest).update(name=BRIEF, name_en=BRIEF, note=BRIEF)
    for where, answer in every_page(enter, world, prefixes=("", "/en")):
        assert answer.status_code == 200, where
        assert runs(answer) == [], where
        if contest.slug in where and "/api/v1/" not in where:  # data of units do not name the contest
            assert "{{ 7|add:7 }}" in html.unescape(answer.words), where  # shown as typed, never run


def test_units_from_a_sheet_stay_words_on_every_page_and_in_every_download(world, enter, capsys):
    communes = list(Unit.objects.communes_of(world.contest.root))
    evil = [*ATTACKS, *FORMULAS]
    lines = [
        [unit.code, evil[place % len(evil)], unit.get_kind_display(), "", f"{BRIEF} cụm {place % 2}"]
        for place, unit in enumerate(communes)
    ]
    lines += [["truong-1", BRIEF, "Trường tiểu học", world.unit.code, "=1+1"]]
    file = io.StringIO()
    csv.writer(file).writerows([["code", "name", "type", "parent_code", "cluster"], *lines])
    report = import_units(sheets.read(file.getvalue().encode()), root="31", source="thử", approved_by="thử")
    assert report.fine, report.errors
    for where, answer in every_page(enter, world):
        assert runs(answer) == [], where
    page = f"{address('register', world)}?don-vi=truong-1"
    assert runs(enter("anonymous").get(page)) == []
    call_command("units", "export")
    for text in (capsys.readouterr().out, enter("anonymous").get(address("statistics-csv", world)).words):
        assert formulas_in(text) == []
        assert "=1+1" in text  # it is there, as words


def formulas_in(sheet: str) -> list[str]:
    """Cells that a spreadsheet would calculate; plain numbers are none."""
    cells = [cell for row in csv.reader(io.StringIO(sheet.removeprefix("\ufeff"), newline="")) for cell in row]
    assert len(cells) > 100
    number = re.compile(r"-?\d+(\.\d+)?")
    return [
        cell
        for cell in cells
        if cell.strip(" \n")[:1] in set("=+-@\t\r＝＋－＠") - {""} and not number.fullmatch(cell) and cell.strip()
    ]


def test_control_a_formula_would_be_found():
    rows = [["a"] * 60, ["b"] * 59 + ["=1+1"]]
    assert formulas_in("\n".join(",".join(row) for row in rows)) == ["=1+1"]


def test_every_payload_in_a_share_stays_words_for_author_reader_and_moderator(world, enter):
    person, moderator = world.people["other"], world.accounts["organiser"]
    for attack in (" ".join(ATTACKS[first : first + 4]) for first in range(0, len(ATTACKS), 4)):
        text = f"{attack} Hãy chậm lại một nhịp."
        browser = enter("other")
        browser.post(address("share", world), {"loai": "message", "noi-dung": text, "dang": "1"})
        share = Share.objects.get(contestant=person.entry)
        assert share.text == text
        publish_share(share=share, by=moderator)
        report = enter("anonymous").post(address("report-share", world, share=share.pk), {"ly-do": attack})
        assert report.status_code == 302
        for page in ("wall", "share", "report-share", "contest"):
            answer = browser.get(address(page, world, share=share.pk))
            assert runs(answer) == [], f"{page} {attack}"
        assert text in html.unescape(browser.get(address("wall", world)).words)
        return_share(share=share, by=moderator, reason=attack)
        back = browser.get(address("share", world))
        assert runs(back) == []
        assert attack in html.unescape(back.words)
    assert Report.objects.count() == len(ATTACKS) / 4
    send_share(contestant=person.entry, kind="slogan", text=BRIEF, may_publish=True)


@pytest.mark.parametrize("name", ["An <b>Bình</b>", "An <script>khoa()</script>", "An\\Bình", "=cmd|1", "a@b.c"])
def test_a_name_with_signs_of_markup_is_refused_and_shown_back_as_words(world, enter, name):
    answer = enter("anonymous").post(address("register", world), {"full_name": name})
    assert "Tên chỉ gồm chữ" in answer.words
    assert runs(answer) == []


def test_a_name_with_quotes_stays_a_name_on_every_page(world, enter):
    name = 'An" onfocus="khoa()" autofocus x=" \'Bình {% now %}'
    person = world.people["contestant"].entry.person
    person.full_name = name
    person.save()
    for where, answer in every_page(enter, world, roles=("contestant",)):
        assert runs(answer) == [], where
    assert name in html.unescape(enter("contestant").get(address("profile", world)).words)


FORMS = {
    "register": (
        "full_name",
        "phone",
        "citizen_id",
        "unit",
        "unit_typed",
        "sub_unit",
        "group",
        "password",
        "consent",
        "seen",
    ),
    "sign-in": ("login", "password", "next", "contest"),
    "password": ("old", "new", "contest"),
    "profile-edit": ("full_name", "phone", "citizen_id", "unit", "unit_typed", "sub_unit", "group", "seen"),
    "share": ("loai", "noi-dung", "dang"),
    "report-share": ("ly-do",),
    "exam-submit": ("c1", "ban"),
    "card": ("do", "size", "1", "ghep-1"),
    "sign-out": ("contest",),
}
QUERIES = ("contest", "cum", "don-vi", "kieu", "loai", "next", "q", "so", "theo", "trang", "truoc", "tu-choi", "trong")
QUERIES += ("as_of", "known_at", "after", "unit", "limit")


@pytest.mark.parametrize("name", sorted(FORMS))
def test_what_a_form_shows_again_stays_words(world, enter, name):
    role = "contestant" if SITE[name].post.split()[0] == "302" else "anonymous"
    for attack in EACH_PLACE:
        fixed = (
            {"do": "play"} if name == "card" else {"contest": world.contest.slug} if "contest" in FORMS[name] else {}
        )
        answer = enter(role).post(address(name, world), dict.fromkeys(FORMS[name], attack) | fixed)
        assert answer.status_code < 500
        assert runs(answer) == [], f"{name} {attack}"
        assert "ke-gian" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("name", READABLE)
def test_what_an_address_asks_stays_words(world, enter, name):
    browser = enter("anonymous" if SITE[name].get.split()[0] == "200" else "contestant")
    asked = address(name, world, number=1) if name == "result" else address(name, world)
    for attack, prefix in zip(EACH_PLACE, ("", "", "/en"), strict=True):
        fixed = {"trang": "1", "contest": world.contest.slug}
        answer = browser.get(f"{prefix}{asked}", dict.fromkeys(QUERIES, attack) | fixed)
        assert answer.status_code < 500
        assert "html" not in answer.headers["Content-Type"] or runs(answer) == [], f"{name} {attack}"
        assert "ke-gian" not in answer.headers.get("Location", "")


def test_a_lesson_loses_every_script_that_its_author_wrote(world, enter, tmp_path):
    folder = with_canaries(tmp_path)
    file = folder / "lessons" / f"{world.lesson.code}.md"
    text, extra = file.read_text(encoding="utf-8"), "\n\n".join(ATTACKS[:9])
    text = re.sub(
        r"^## (.*?)( \{.*\})?$",
        lambda head: f"## {head[1]} {ATTACKS[0]} {ATTACKS[1]}{head[2] or ''}\n\n{extra}",
        text,
        flags=re.MULTILINE,
    )
    text = re.sub(
        r'^(title|goal|takeaway) = "(.*)"$',
        lambda found: f"{found[1]} = {json.dumps(found[2] + BRIEF)}",
        text,
        flags=re.MULTILINE,
    )
    file.write_text(text, encoding="utf-8")
    publish_lessons(contest=world.contest, folder=folder)
    fresh, browser = Lesson.objects.current(world.contest).get(code=world.lesson.code), enter("contestant")
    assert fresh.version == 2
    pages = [address("topics", world), address("lesson", world)]
    pages += [address("card", world, number=number) for number in range(1, fresh.size + 1)]
    for page in pages:
        assert runs(browser.get(page)) == [], page


def test_every_word_of_every_game_stays_a_word(world, enter):
    browser = enter("contestant")
    for lesson in Lesson.objects.filter(contest=world.contest, current=True):
        Lesson.objects.filter(pk=lesson.pk).update(current=False)
        cards = [
            {
                **card,
                **{name: poisoned(card[name]) for name in ("title", "alt", "aloud", "game", "video") if name in card},
            }
            for card in lesson.cards
        ]
        lesson.pk, lesson.version, lesson.current, lesson.cards = None, 2, True, cards
        lesson.save(force_insert=True)
        for card in [card for card in cards if {"game", "video"} & set(card)]:
            page = address("card", world, code=lesson.code, number=card["n"])
            answers = [browser.get(page)] + ([browser.post(page, {"do": "play"})] if "game" in card else [])
            for answer in answers:
                assert answer.status_code == 200
                assert runs(answer) == [], f"{page} {card['kind']}"
                assert BRIEF in html.unescape(answer.words), page


def poisoned(value):
    """The same data, an attack behind every word or sentence that somebody wrote."""
    if isinstance(value, dict):
        return {
            name: poisoned(inside) if name not in {"kind", "src", "captions"} else inside
            for name, inside in value.items()
        }
    if isinstance(value, list):
        return [poisoned(inside) for inside in value]
    return value + BRIEF if isinstance(value, str) and " " in value else value
