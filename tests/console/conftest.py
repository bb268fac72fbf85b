"""A contest with one row in every table of the console, and somebody for every role."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lantoa.awards.models import Certificate, Prize
from lantoa.contests.actions import join
from lantoa.contests.documents import Attachment, Document
from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.learning.models import Lesson, Topic
from lantoa.lib import clock
from lantoa.people.actions import create_staff, register
from lantoa.people.models import AuditEntry
from lantoa.shares.actions import publish_share, report_share, send_share
from lantoa.shares.models import Report
from lantoa.standings.bulletins import publish_bulletin
from lantoa.units.models import Cluster, ClusterMember, Population, Succession
from tests.factories.contest import DURING, OPENS, a_bank, a_contest

PASSWORD = "nước lên thuyền lên"
CITIZEN_ID, PHONE = "031090123456", "0912345678"
STAFF = ("organiser", "editor", "operator", "coordinator", "judge")
ROLES = ("anonymous", "citizen", *STAFF)


def a_citizen(contest, *, name="Phạm Thị Hòa", citizen_id=CITIZEN_ID, phone=PHONE):
    """Somebody who registered, joined and finished an exam."""
    account = register(
        full_name=name,
        phone=phone,
        citizen_id=citizen_id,
        unit=contest.root.children.get(code="11414"),
        sub_unit=None,
        group="resident",
        password=PASSWORD,
        consent_version="1",
        at=DURING,
    )
    contestant = join(contest=contest, person=account.person, at=DURING)
    attempt = start_attempt(contestant=contestant, at=DURING)
    submit_attempt(contestant=contestant, number=attempt.number, answers=[0] * 20, at=DURING)
    return account, contestant


def a_share(contestant, text="Học một ngày, an toàn cả nhà.", may_publish=True):
    return send_share(contestant=contestant, kind="slogan", text=text, may_publish=may_publish, at=DURING)


@pytest.fixture
def world(db, settings):
    """One row of everything."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # six accounts a test, none of them real
    contest = a_contest()
    bank = a_bank(contest)
    staff = {
        role: create_staff(
            username=role, password=PASSWORD, roles=[role], unit=contest.root if role == "coordinator" else None
        )
        for role in STAFF
    }
    citizen, contestant = a_citizen(contest)
    share = publish_share(share=a_share(contestant), by=staff["organiser"], at=DURING)
    report_share(contest=contest, share=share.pk, reason="Bài này chép lại", at=DURING)
    topic = Topic.objects.create(contest=contest, number=1, title="Chuyên đề một")
    lesson = Lesson.objects.create(
        contest=contest,
        topic=topic,
        code="1.1",
        version=1,
        position=1,
        title="Bài một",
        goal="làm được",
        takeaway="nhớ lấy",
        minutes=3,
        cards=[{"n": 1, "title": "Thẻ một", "kind": "text", "html": "<p>Chữ của thẻ</p>", "text": "", "facts": []}],
        size=1,
        digest="x",
        published_at=OPENS,
    )
    document = Document.objects.create(contest=contest, slug="the-le", kind="rules", title="Thể lệ", body="Nội dung")
    wards = list(contest.root.children.order_by("code"))
    cluster = Cluster.objects.create(code="cum-1", name="Cụm 1")
    rows = {
        "contest": contest,
        "document": document,
        "attachment": Attachment.objects.create(document=document, title="Tệp", file="van-ban/tep.pdf"),
        "prize": Prize.objects.create(
            contest=contest, rule="individual", position=1, name="Nhất", count=1, amount=5_000_000
        ),
        "topic": topic,
        "lesson": lesson,
        "question": contest_question(bank),
        "bank": bank,
        "unit": wards[0],
        "cluster": cluster,
        "clustermember": ClusterMember.objects.create(cluster=cluster, unit=wards[0]),
        "population": Population.objects.create(
            unit=wards[0], value=40_000, valid_from=OPENS.date(), known_at=OPENS, source="Công văn", approved_by="Sở"
        ),
        "succession": Succession.objects.create(unit=wards[2], successor=wards[0], effective=OPENS, known_at=OPENS),
        "contestant": contestant,
        "share": share,
        "report": Report.objects.get(),
        "certificate": Certificate.objects.create(
            contestant=contestant,
            number="LT-1",
            name="Phạm Thị Hòa",
            unit_name="Xã Cẩm Giàng",
            contest_name=contest.name,
            organiser=contest.organiser,
            correct=5,
            asked=20,
            issued_at=clock.now(),
        ),
        "bulletin": publish_bulletin(contest=contest, as_of=DURING, by=staff["organiser"]),
        "account": staff["operator"],
        "role": staff["operator"].roles.get(),
        "auditentry": AuditEntry.objects.first(),
    }
    return SimpleNamespace(contest=contest, rows=rows, accounts={**staff, "citizen": citizen}, contestant=contestant)


def contest_question(bank):
    from lantoa.exams.models import Question

    return Question.objects.get(pk=bank.questions[0])


@pytest.fixture
def enter(client, world):
    """Signs somebody in, and returns the browser."""

    def as_(role):
        client.logout()
        if role != "anonymous":
            client.force_login(world.accounts[role], backend="lantoa.people.sign_in.PhoneOrCitizenId")
        return client

    return as_
