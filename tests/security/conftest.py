"""The reference contest, open today, with somebody for every role: made once for the folder, undone at its end."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from lantoa.awards.actions import issue_certificate
from lantoa.contests.actions import join
from lantoa.contests.documents import Attachment, Document
from lantoa.contests.models import Contest
from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.learning.actions import mark_card
from lantoa.learning.models import Lesson
from lantoa.lib import clock
from lantoa.management.commands.package import import_package
from lantoa.people.actions import create_staff, register
from lantoa.shares.actions import publish_share, send_share
from lantoa.units.models import Unit
from tests.factories.contest import a_contest
from tests.security.crawl import walk

PACKAGE = Path(__file__).parents[2] / "packages" / "cong-dan-so-hai-phong"
BACKEND = "lantoa.people.sign_in.PhoneOrCitizenId"
PASSWORD = "nước lên thuyền lên"
STAFF = ("coordinator", "judge", "organiser", "editor", "operator")
PEOPLE = ("contestant", "other")
ROLES = ("anonymous", *PEOPLE, *STAFF)
CANARY = "KHOA-GIAI-THICH"  # stands before every explanation of the bank
HIDDEN = "chua-cong-bo"  # a contest that nobody may see yet
PLAIN_STATIC = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# What belongs to one person: name, number of CCCD, phone, the words of the share.
FACTS = {
    "contestant": ("Quách Hải Đường Uyển", "031190004817", "0912345817", "Mẹ tôi đọc chậm ba lần rồi mới bấm nút gửi."),
    "other": ("Vưu Ngọc Lam Khuê", "031085006629", "0987654629", "Ông ngoại gác máy rồi tự gọi lại cho ngân hàng."),
}


class Browser(Client):
    """A browser that reads what it gets to the end: `.words` is the body, `.whole` the headers too, of every answer."""

    def request(self, **sent):
        answer = super().request(**sent)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.words = content.decode(errors="replace")
        answer.whole = f"{answer.words}\n{answer.serialize_headers().decode()}"
        return answer


def signed_in(account) -> str | None:
    """The key of a session of somebody."""
    if account is None:
        return None
    client = Client()
    client.force_login(account, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def with_canaries(folder: Path) -> Path:
    """The reference package, each explanation marked so that it is known wherever it turns up."""
    marked = shutil.copytree(PACKAGE, folder / "goi")
    for file in sorted((marked / "questions").glob("*.toml")):
        text = file.read_text(encoding="utf-8")
        file.write_text(
            re.sub(r'^explanation = "', f'explanation = "{CANARY} ', text, flags=re.MULTILINE), encoding="utf-8"
        )
    return marked


def a_person(contest, role):
    """Somebody who has done everything: registered, learned, sat, shared, certified."""
    name, citizen_id, phone, share = FACTS[role]
    account = register(
        full_name=name,
        phone=phone,
        citizen_id=citizen_id,
        unit=Unit.objects.communes_of(contest.root)[0],
        sub_unit=None,
        group="resident",
        password=PASSWORD,
        consent_version="1",
    )
    entry = join(contest=contest, person=account.person)
    for lesson in Lesson.objects.current(contest):
        for card in range(1, lesson.size + 1):
            mark_card(contestant=entry, lesson=lesson, card=card)
    start_attempt(contestant=entry)
    submit_attempt(contestant=entry, number=1, answers=[0] * contest.asked)
    sent = send_share(contestant=entry, kind="slogan", text=share, may_publish=role == "contestant")
    return SimpleNamespace(
        account=account, entry=entry, name=name, text=share, share=sent, certificate=issue_certificate(contestant=entry)
    )


def hidden_from_everybody(contest):
    """A contest that is not published, and a draft with a file in the one that is."""
    a_contest(slug=HIDDEN, name="Cuộc thi chưa công bố", published=False)
    now = clock.now()
    files = {}
    for slug, published_at in (("co-tep", now), ("ban-nhap", None)):
        document = Document.objects.create(
            contest=contest, slug=slug, kind="announcement", title=slug, body="Nội dung", published_at=published_at
        )
        kept = default_storage.save(f"van-ban/{slug}.pdf", ContentFile(b"%PDF-1.7 thu"))
        files[slug] = Attachment.objects.create(document=document, title=slug, file=kept).file.name
    return files


def build(folder: Path) -> SimpleNamespace:
    """Everything that the tests look at."""
    today = timezone.localdate()
    import_package(
        folder=with_canaries(folder), publish=True, opens=today - timedelta(days=3), closes=today + timedelta(days=3)
    )
    contest = Contest.objects.get()
    people = {role: a_person(contest, role) for role in PEOPLE}
    unit = people["contestant"].entry.unit
    staff = {
        kind: create_staff(username=kind, password=PASSWORD, roles=[kind], unit=unit if kind == "coordinator" else None)
        for kind in STAFF
    }
    publish_share(share=people["contestant"].share, by=staff["organiser"])
    start_attempt(contestant=people["contestant"].entry)  # number 2 stands open
    files = hidden_from_everybody(contest)
    accounts = {"anonymous": None, **{role: people[role].account for role in PEOPLE}, **staff}
    return SimpleNamespace(
        contest=contest,
        people=people,
        files=files,
        unit=unit,
        lesson=Lesson.objects.current(contest)[0],
        accounts=accounts,
        sessions={role: signed_in(account) for role, account in accounts.items()},
    )


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Made in a transaction of its own; each test works in a savepoint inside it."""
    folder = tmp_path_factory.mktemp("an-toan")
    with override_settings(MEDIA_ROOT=folder / "files", STORAGES=PLAIN_STATIC):
        with django_db_blocker.unblock():
            whole = transaction.atomic()
            whole.__enter__()
            made = build(folder)
        yield made
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


def browser_of(world, role, **options) -> Browser:
    """The browser of somebody who is signed in."""
    browser = Browser(**options)
    if world.sessions[role]:
        browser.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
    return browser


@pytest.fixture
def enter(world):
    """`enter("judge")`: the browser of that role."""
    return lambda role, **options: browser_of(world, role, **options)


@pytest.fixture(scope="package")
def crawled(world, django_db_blocker):
    """What everybody meets who follows links: one has an exam open, the other has handed one in."""
    seen = []
    with django_db_blocker.unblock():
        for role, most in {"anonymous": 50, "contestant": 80, "other": 75, "coordinator": 12, "judge": 12}.items():
            seen += walk(browser_of(world, role), role, "/", most=most, each=2)
        for role in ("organiser", "operator", "editor"):
            seen += walk(browser_of(world, role), role, "/quan-tri/", most=30, each=1, inside="/quan-tri/")
    return seen
