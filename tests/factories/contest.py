"""A small contest to test with: three communes, a bank of invented questions, and people who take part."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from lantoa.contests.models import Contest, Contestant, Movement
from lantoa.exams.models import Bank, Question
from lantoa.lib.clock import VIETNAM
from lantoa.lib.sealing import seal
from lantoa.people.models import Account, Person, Role
from lantoa.units.models import Kind, Unit

OPENS = datetime(2025, 10, 11, tzinfo=VIETNAM)
CLOSES = datetime(2025, 11, 12, tzinfo=VIETNAM)
DURING = datetime(2025, 10, 21, 15, 30, tzinfo=VIETNAM)
BLUEPRINT = {
    "asked": 20,
    "cells": [{"topic": t, "level": v, "count": 2 if v < 3 else 1} for t in (1, 2, 3, 4) for v in (1, 2, 3)],
}


def a_contest(**fields) -> Contest:
    """An open contest of a city with three communes; learning is not asked unless said."""
    root = Unit.objects.filter(code="31").first() or Unit.objects.create(code="31", name="Hải Phòng", kind=Kind.CITY)
    if not root.children.exists():
        for code, name, kind in (
            ("11413", "Cẩm Giang", Kind.COMMUNE),
            ("11414", "Cẩm Giàng", Kind.COMMUNE),
            ("11419", "Lê Chân", Kind.WARD),
        ):
            Unit.objects.create(code=code, name=name, kind=kind, parent=root)
    values = {
        "slug": "thu-nghiem",
        "name": "Cuộc thi thử nghiệm",
        "organiser": "Ban tổ chức",
        "root": root,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "published": True,
        "learn_first": False,
        "seed_sealed": b"",
        **fields,
    }
    contest = Contest.objects.create(**values)
    contest.seed_sealed = seal(secrets.token_bytes(32), table="contest", column="seed", row=str(contest.pk))
    contest.save(update_fields=["seed_sealed"])
    return contest


def a_bank(contest: Contest) -> Bank:
    """Five lessons a topic, three levels each: 60 questions; option "đúng" is the key."""
    questions = Question.objects.bulk_create(
        Question(
            contest=contest,
            code=f"T{topic}-{topic}.{lesson}-{level:03}",
            version=1,
            topic=topic,
            lesson=f"{topic}.{lesson}",
            level=level,
            stem=f"Câu hỏi {topic}.{lesson} mức {level}?",
            options=["sai một", "đúng", "sai hai", "sai ba"],
            key=1,
            explanation="KHOA-GIAI-THICH",
            words=50,
            digest="",
        )
        for topic in (1, 2, 3, 4)
        for lesson in (1, 2, 3, 4, 5)
        for level in (1, 2, 3)
    )
    return Bank.objects.create(
        contest=contest,
        version=1,
        blueprint=BLUEPRINT,
        questions=[q.pk for q in questions],
        weights={q.code: 1 for q in questions},
        digest=secrets.token_hex(8),
        published_at=OPENS,
    )


def a_contestant(
    contest: Contest, *, name: str = "Nguyễn Văn An", unit: Unit | None = None, valid: bool = True
) -> Contestant:
    """Somebody who takes part, with an account to sign in with."""
    unit = unit or contest.root.children.order_by("code").first()
    person = Person.objects.create(full_name=name, sort_key=name.lower(), unit=unit, group="resident", created_at=OPENS)
    Account.objects.create(person=person, created_at=OPENS)
    contestant = Contestant.objects.create(
        contest=contest,
        person=person,
        who=secrets.token_bytes(16),
        joined_unit=unit,
        unit=unit,
        group="resident",
        joined_at=OPENS + timedelta(hours=1),
        valid_at=OPENS + timedelta(hours=1) if valid else None,
    )
    at = contestant.joined_at
    Movement.objects.create(contest=contest, at=at, known_at=at, unit=unit, contestant=contestant, reg=1)
    return contestant


def an_account(kind: str) -> Account:
    """Somebody of the staff with that role."""
    account = Account.objects.create(username=kind, created_at=OPENS)
    Role.objects.create(account=account, kind=kind)
    return account
