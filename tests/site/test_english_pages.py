"""Under /en/ all is English but names and content, and Vietnamese content says so to screen readers (WCAG 3.1.2)."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from lantoa.awards.actions import issue_certificate, set_prizes
from lantoa.contests.content import publish_documents
from lantoa.contests.package import read_package
from lantoa.exams import actions as exams
from lantoa.learning.actions import mark_card, publish_lessons, set_topics
from lantoa.learning.models import Lesson
from lantoa.lib import clock
from lantoa.people.models import Account, Role
from lantoa.shares.actions import publish_share, send_share
from tests.factories.contest import OPENS, a_bank, a_contest, a_contestant
from tests.site.test_words import unmarked

PACKAGE = Path(__file__).parents[2] / "packages" / "cong-dan-so-hai-phong"
VOID = {"meta", "link", "input", "img", "br", "hr", "source", "track"}
READ_OUT = ("aria-label", "alt", "title", "placeholder", "label")
# Names stay as they are: of places (with what tells two apart), of the organiser and its honour, the share's motto.
KEPT = re.compile(
    r"(?:(?:Thành phố|Phường|Xã) )?(?:Hải Phòng|Lê Chân|Cẩm Gi[aà]ng)(?: \(Gi[aà]ng: (?:không dấu|dấu huyền)\))?"
    r"|Sở Khoa học và Công nghệ|Tôi học số – Tôi lan tỏa|Giấy khen của Giám đốc"
)


class Reader(HTMLParser):
    """Collects the texts that a reader of English would not understand, with the element that they stand in."""

    def __init__(self):
        super().__init__()
        self.inside = []
        self.strange = []

    def hear(self, text, place, language=None):
        spoken = language or next((lang for _tag, lang in reversed(self.inside) if lang), None)
        if spoken != "vi" and unmarked(KEPT.sub("", text)):
            self.strange.append((place, " ".join(text.split())))

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        hidden = own.get("aria-hidden") == "true"  # drawings: their titles are for those who edit them
        for name in READ_OUT:
            self.hear(own.get(name) or "", f"{tag} {name}", own.get("lang"))
        if tag not in VOID:
            self.inside.append((tag, "vi" if hidden else own.get("lang")))

    def handle_startendtag(self, tag, attrs):
        depth = len(self.inside)
        self.handle_starttag(tag, attrs)
        del self.inside[depth:]

    def handle_endtag(self, tag):
        while self.inside and tag not in VOID and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.inside and self.inside[-1][0] != "title":  # it names the lesson or motto that is open
            self.hear(data, " ".join(tag for tag, _lang in self.inside[-2:]))


@pytest.fixture
def contest(db):
    cache.clear()
    now = clock.now()
    contest = a_contest(
        name_en="A trial contest",
        summary_en="Learn, take the exam.",
        organiser="Sở Khoa học và Công nghệ",
        opens_at=now - timedelta(days=2),
        closes_at=now + timedelta(days=2),
    )
    package = read_package(PACKAGE)
    publish_documents(contest=contest, pages=package.documents)
    set_prizes(contest=contest, prizes=package.prizes)
    set_topics(contest=contest, topics=package.topics)
    publish_lessons(contest=contest, folder=PACKAGE)
    a_bank(contest)
    return contest


@pytest.fixture
def me(contest):
    return a_contestant(contest, name="Le Van An")


@pytest.fixture
def visit(client):
    def visit(name, expect=200, **where):
        where = {key: value for key, value in {"contest": "thu-nghiem", **where}.items() if value is not None}
        with translation.override("en"):
            address = reverse(name, kwargs=where)
            answer = client.get(address)
        assert answer.status_code == expect, address
        html = answer.content.decode()
        reader = Reader()
        reader.feed(html)
        assert reader.strange == [], address
        assert '<html lang="en">' in html
        return html

    return visit


def learn(me):
    for lesson in Lesson.objects.filter(topic__contest=me.contest):
        for card in lesson.cards:
            mark_card(contestant=me, lesson=lesson, card=card["n"])


def finish(me):
    attempt = exams.start_attempt(contestant=me)
    exams.submit_attempt(contestant=me, number=attempt.number, answers=[0] * 20)
    account = Account.objects.create(username="organiser", created_at=OPENS)
    Role.objects.create(account=account, kind="organiser")
    share = send_share(contestant=me, kind="slogan", text="Chậm một nhịp, giữ trọn tiền.", may_publish=True)
    return publish_share(share=share, by=account)


def test_what_everybody_may_read(visit, me):
    finish(me)
    assert "Join now" in visit("contest")
    for name in ("register", "standings", "unit-standings", "cluster-standings", "statistics", "wall", "documents"):
        visit(name)
    for name in ("rules", "help", "privacy", "accessibility"):
        visit(name)
    for slug in ("cong-van", "huong-dan", "khai-mac"):
        visit("document", slug=slug)
    visit("unit-entry", code="11419")
    visit("report-share", share=me.share.pk)


def test_the_pages_without_a_contest(visit, db):
    assert "Sign in" in visit("sign-in", contest=None)
    assert "Check a certificate" in visit("check", contest=None)
    visit("check-number", 404, contest=None, number="HP25-7K3M-9Q2X-4TBD")


def test_the_way_of_a_contestant(client, visit, me):
    client.force_login(me.person.account, backend="lantoa.people.sign_in.PhoneOrCitizenId")
    for name in ("topics", "profile", "profile-edit", "exam", "share", "certificate"):
        visit(name)
    for lesson in Lesson.objects.all():
        visit("lesson", code=lesson.code)
        for card in lesson.cards:
            visit("card", code=lesson.code, number=card["n"])
    learn(me)
    finish(me)
    for name in ("topics", "share", "certificate", "standings"):
        visit(name)
    visit("result", number=1)
    issue_certificate(contestant=me)
    visit("certificate")
    exams.start_attempt(contestant=me)
    assert "Question 1 of 20" in visit("exam")
