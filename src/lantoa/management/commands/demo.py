"""`lantoa demo`: the reference contest, open today, with an invented crowd and one account a role."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext_noop

from lantoa.contests.actions import join
from lantoa.contests.models import Contest, Contestant
from lantoa.learning.actions import mark_card
from lantoa.learning.models import Lesson
from lantoa.lib import clock
from lantoa.management.commands.package import import_package
from lantoa.management.demo import bulletins
from lantoa.management.demo import shares as examples
from lantoa.management.demo.crowd import crowd
from lantoa.people.actions import create_staff, register
from lantoa.shares.actions import publish_share, return_share, send_share
from lantoa.shares.models import Share
from lantoa.standings.rebuild import rebuild
from lantoa.units.models import Unit

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

    from lantoa.people.models import Account

PACKAGE = settings.SRC.parent.parent / "packages" / "cong-dan-so-hai-phong"
DAYS_GONE, DAYS_LEFT = 10, 21
PREPARED = timedelta(days=10)  # before the opening: units, content and staff are there
STAFF = {
    "organiser": "ban-to-chuc",
    "editor": "bien-tap",
    "operator": "van-hanh",
    "judge": "giam-khao",
    "coordinator": "dieu-phoi",
}
CONTESTANTS = {"learned": "Nguyễn Hoàng Phương Thảo Nguyên", "fresh": "Trần Văn Hòa"}
ROLE_NAMES = {
    "organiser": gettext_noop("Ban tổ chức"),
    "editor": gettext_noop("Biên tập nội dung"),
    "operator": gettext_noop("Vận hành"),
    "judge": gettext_noop("Giám khảo"),
    "coordinator": gettext_noop("Điều phối viên (phường Lê Chân)"),
    "learned": gettext_noop("Thí sinh đã học xong, sắp thi"),
    "fresh": gettext_noop("Thí sinh mới đăng ký"),
    "certified": gettext_noop("Thí sinh đã thi xong, có giấy chứng nhận"),
    "registered": gettext_noop("Thí sinh đã đăng ký, chưa thi"),
}
SHARERS = 90


class Filled(NamedTuple):
    """What one demonstration consists of."""

    contest: Contest
    organiser: Account
    finishers: list[Contestant]
    accounts: list[dict[str, str]]


class Command(BaseCommand):
    """Never touches an installation that holds a contest."""

    help = "Fill an empty installation with the reference contest and an invented crowd."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--people."""
        parser.add_argument("--people", type=int, default=3000)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Fill once, all or nothing; print the sign-ins each time."""
        if not Contest.objects.exists():
            now = clock.now()
            with transaction.atomic():
                made = self.fill(options["people"], now)
            rebuild(made.contest)
            bulletins.publish(made.contest, by=made.organiser, now=now, finishers=made.finishers)
            keep_sign_ins(made.accounts)
            self.stdout.write(f"Đã tạo {options['people']} người tham gia thử.")
        self.stdout.write(told_sign_ins())

    def fill(self, people: int, now: datetime) -> Filled:
        """Everything, once: the contest, its crowd, and how to sign in as each role."""
        today = now.astimezone(clock.VIETNAM).date()
        opens = today - timedelta(days=DAYS_GONE)
        import_package(
            folder=PACKAGE,
            publish=True,
            opens=opens,
            closes=today + timedelta(days=DAYS_LEFT),
            at=datetime.combine(opens, time.min, tzinfo=clock.VIETNAM) - PREPARED,
        )
        contest = Contest.objects.public()[0]
        organiser, accounts = make_accounts(contest)
        finishers = crowd(contest=contest, size=people, now=now)
        share(finishers, by=organiser, now=now)
        return Filled(contest, organiser, finishers, accounts)


def share(finishers: list[Contestant], *, by: Account, now: datetime) -> None:
    """Let some of those who finished send a share; most are published, one is returned, some wait."""
    rng = Random(7)  # noqa: S311 (examples, no secret)
    texts = [
        *((Share.Kind.SLOGAN, text) for text in examples.SLOGANS),
        *((Share.Kind.MESSAGE, text) for text in examples.MESSAGES),
        *((Share.Kind.STORY, text) for text in examples.STORIES),
    ]
    for place, contestant in enumerate(rng.sample(finishers, min(SHARERS, len(finishers)))):
        kind, text = texts[place % len(texts)]
        done = contestant.best.submitted_at
        sent_at = done + (now - done) * rng.uniform(0.01, 0.9)
        sent = send_share(contestant=contestant, kind=kind, text=text, may_publish=True, at=sent_at)
        if place == 0:
            return_share(share=sent, by=by, reason=examples.RETURN_REASON, at=sent_at + (now - sent_at) / 2)
        elif place % 4:
            publish_share(share=sent, by=by, at=sent_at + (now - sent_at) / 2)


def make_accounts(contest: Contest) -> tuple[Account, list[dict[str, str]]]:
    """One account a role, with a password of this installation: the organiser's account, and all sign-ins."""
    organiser, made = make_staff(contest)
    ward = _ward(contest)
    for serial, (kind, full_name) in enumerate(CONTESTANTS.items()):
        made.append(sign_in := new_sign_in(kind, f"090000009{serial}"))
        account = register(
            full_name=full_name,
            phone=sign_in["login"],
            citizen_id=f"03118500009{serial}",
            unit=ward,
            sub_unit=None,
            group="resident",
            password=sign_in["password"],
            consent_version=str(contest.package_version),
        )
        assert account.person is not None
        contestant = join(contest=contest, person=account.person)
        if kind == "learned":
            learn_all(contestant)
    return organiser, made


def make_staff(contest: Contest, at: datetime | None = None) -> tuple[Account, list[dict[str, str]]]:
    """One account a role of those who work on the contest: the organiser's, and all sign-ins."""
    made = [new_sign_in(kind, username) for kind, username in STAFF.items()]
    staff = [
        create_staff(
            username=sign_in["login"],
            password=sign_in["password"],
            roles=[sign_in["kind"]],
            unit=_ward(contest) if sign_in["kind"] == "coordinator" else None,
            at=at,
        )
        for sign_in in made
    ]
    return staff[list(STAFF).index("organiser")], made


def _ward(contest: Contest) -> Unit:
    """Whose coordinator the demonstration has."""
    return Unit.objects.communes_of(contest.root).matching("Lê Chân")[0]


def new_sign_in(kind: str, login: str) -> dict[str, str]:
    """How somebody signs in, with a new password; not stored yet."""
    password = f"bien-xanh-{secrets.randbelow(9000) + 1000}"
    return {"kind": kind, "role": ROLE_NAMES[kind], "login": login, "password": password}


def learn_all(contestant: Contestant) -> None:
    """All cards of all lessons, one after the other."""
    for lesson in Lesson.objects.current(contestant.contest):
        for card in range(1, lesson.size + 1):
            mark_card(contestant=contestant, lesson=lesson, card=card)


def keep_sign_ins(accounts: list[dict[str, str]]) -> None:
    """Where the sign-in page of a demonstration finds them."""
    _file().write_text(json.dumps(accounts, ensure_ascii=False, indent=1))


def told_sign_ins() -> str:
    """The same for the terminal, a line each."""
    return "\n".join(f"  {account['role']}: {account['login']} / {account['password']}" for account in sign_ins())


def sign_ins() -> list[dict[str, str]]:
    """Read the demonstration accounts of this installation."""
    found: list[dict[str, str]] = json.loads(_file().read_text()) if _file().exists() else []
    return found


def _file() -> Path:
    """Where the sign-in page of a demonstration finds them."""
    path: Path = settings.DATA / "demo-accounts.json"
    return path
