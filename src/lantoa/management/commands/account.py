"""`lantoa account create USERNAME --role organiser`, `account roles`: who runs a contest; `account erase`: by law."""

from __future__ import annotations

import secrets
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantoa.awards.erasure import Refused as NotErased
from lantoa.awards.erasure import erase_person
from lantoa.contests.models import Contestant
from lantoa.people.access import KINDS, POWERS
from lantoa.people.actions import create_staff
from lantoa.people.refused import Refused
from lantoa.units.models import Unit

WHY = {
    "username: unfit": "tên đăng nhập: chữ không dấu, không có dấu cách, có ít nhất một chữ cái, tới 60 ký tự",
    "username: taken": "tên đăng nhập này đã có",
    "erased": "đã xóa rồi",
    "running": "người này đang làm bài: đợi nộp xong",
    "staff": "người này có tài khoản vận hành cuộc thi: thu hồi vai trò trước",
    "unit: empty": "điều phối viên cần một đơn vị: --unit MÃ",
}


class Command(BaseCommand):
    """Staff sign in by user name; contestants register themselves on the site."""

    help = "Create an account for organiser, editor, operator, coordinator or judge; list their powers; erase a person."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two verbs and their options."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser(
            "create", help="make an account; without --password-stdin a password is made and shown once"
        )
        create.add_argument("username")
        create.add_argument("--role", action="append", required=True, choices=[kind for kind, _ in KINDS])
        create.add_argument("--unit", help="code of the coordinator's unit")
        create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        verbs.add_parser("roles", help="list the roles and their powers")
        erase = verbs.add_parser("erase", help="erase a contestant for ever, as the law asks; figures and proofs stay")
        erase.add_argument("contestant", type=int, help="the number on the contestant's page of the console")
        erase.add_argument("--sure", action="store_true", help="it cannot be taken back")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Run one verb."""
        if options["verb"] == "roles":
            for kind, name in KINDS:
                self.stdout.write(f"{kind:<12} {name}: {', '.join(sorted(POWERS[kind]))}")
            return None
        if options["verb"] == "erase":
            return self.erase(options["contestant"], sure=options["sure"])
        self.create(options)
        return None

    def erase(self, number: int, *, sure: bool) -> None:
        """Erase who stands behind a contestant's number."""
        contestant = Contestant.objects.found(number)
        if contestant is None:
            raise CommandError(f"không có thí sinh mã số {number}")
        if not sure:
            raise CommandError("xóa rồi không lấy lại được: thêm --sure")
        try:
            closed = erase_person(person=contestant.person, by=None)
        except NotErased as refused:
            raise CommandError(WHY[refused.code]) from refused
        self.stdout.write(f"Đã xóa. Số dòng sổ đã đóng: {closed}")

    def create(self, options: dict[str, Any]) -> None:
        """Make an account of staff."""
        unit = Unit.objects.coded(options["unit"]) if options["unit"] else None
        if options["unit"] and unit is None:
            raise CommandError(f"không có đơn vị mang mã {options['unit']}")
        given = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else ""
        password = given or secrets.token_urlsafe(12)
        try:
            create_staff(username=options["username"], password=password, roles=options["role"], unit=unit)
        except Refused as refused:
            raise CommandError(WHY.get(str(refused), str(refused))) from refused
        shown = "" if given else f" Mật khẩu: {password}"
        self.stdout.write(f"Đã tạo {options['username']} ({', '.join(options['role'])}).{shown}")
