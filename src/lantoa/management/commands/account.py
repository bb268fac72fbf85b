"""`lantoa account create USERNAME --role organiser`, `lantoa account roles`: accounts of those who run a contest."""

from __future__ import annotations

import secrets
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantoa.people.access import KINDS, POWERS
from lantoa.people.actions import create_staff
from lantoa.people.refused import Refused
from lantoa.units.models import Unit

WHY = {
    "username: unfit": "tên đăng nhập: chữ không dấu, không có dấu cách, có ít nhất một chữ cái, tới 60 ký tự",
    "username: taken": "tên đăng nhập này đã có",
    "unit: empty": "điều phối viên cần một đơn vị: --unit MÃ",
}


class Command(BaseCommand):
    """Staff sign in by user name; contestants register themselves on the site."""

    help = "Create an account for organiser, editor, operator, coordinator or judge; list what each role may do."

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

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Run one verb."""
        if options["verb"] == "roles":
            for kind, name in KINDS:
                self.stdout.write(f"{kind:<12} {name}: {', '.join(sorted(POWERS[kind]))}")
            return
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
