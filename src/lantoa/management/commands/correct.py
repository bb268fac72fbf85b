"""`lantoa correct CONTEST KIND CONTESTANT`: a later decision, by the same rules as in the console."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantoa.contests.models import Contest, Contestant, Correction
from lantoa.exams import corrections
from lantoa.exams.corrections import Deed, Refused
from lantoa.lib.clock import VIETNAM
from lantoa.management.staff import staff
from lantoa.units.models import Unit

SAID = {
    "forbidden": "tài khoản này không được điều chỉnh kết quả",
    "reason": "nêu lý do, nhiều nhất 500 ký tự",
    "ahead": "lúc ấy chưa tới",
    "unknown": "thí sinh không có lượt thi này",
    "unchanged": "đã quyết định như vậy rồi",
    "merged": "một trong hai thí sinh đã gộp vào thí sinh khác",
    "same": "nêu hai thí sinh khác nhau",
    "elsewhere": "hai thí sinh phải thuộc cùng một cuộc thi",
    "unit_elsewhere": "không phải xã, phường của cuộc thi này",
}
Kind = Correction.Kind


def instant(text: str) -> datetime:
    """An ISO moment; without a zone it is Vietnam's time."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=VIETNAM)


class Command(BaseCommand):
    """Void or restore an attempt or a person, move or merge somebody."""

    help = "A later decision about a contestant's results: figures of today follow, published ones stay."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which contest and contestant, what is decided, by whom and why."""
        parser.add_argument("contest", help="the contest's address (slug)")
        parser.add_argument("kind", choices=Kind.values)
        parser.add_argument("contestant", type=int, help="number of the contestant, as the console shows it")
        parser.add_argument("--attempt", type=int, help="void, restore: one attempt; without it the person")
        parser.add_argument("--unit", metavar="CODE", help="move: where to")
        parser.add_argument("--into", type=int, metavar="CONTESTANT", help="merge: who remains")
        parser.add_argument("--since", type=instant, metavar="ISO", help="from when on; without it: always")
        parser.add_argument("--by", required=True, metavar="USER", help="user name of who decides")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Decide, and say it."""
        try:
            contest = Contest.objects.select_related("root").get(slug=options["contest"])
        except Contest.DoesNotExist as missing:
            raise CommandError(f"no contest named {options['contest']}") from missing
        me = self._contestant(contest, options["contestant"])
        deed = Deed(by=staff(options["by"]), reason=options["reason"], effective=options["since"])
        try:
            made = self._decide(contest, me, deed, options)
        except Refused as refused:
            raise CommandError(SAID[refused.code]) from refused
        self.stdout.write(f"{made.get_kind_display()}: {me.pk}, {made.known_at:%Y-%m-%dT%H:%M:%S%z}")

    def _decide(self, contest: Contest, me: Contestant, deed: Deed, options: dict[str, Any]) -> Correction:
        kind = options["kind"]
        if kind == Kind.MOVE:
            unit = Unit.objects.commune(contest.root, options["unit"] or "")
            if unit is None:
                raise Refused("unit_elsewhere")
            return corrections.move(contestant=me, unit=unit, deed=deed)
        if kind == Kind.MERGE:
            return corrections.merge(contestant=me, target=self._contestant(contest, options["into"] or 0), deed=deed)
        act = corrections.void if kind == Kind.VOID else corrections.restore
        return act(contestant=me, attempt=options["attempt"], deed=deed)

    def _contestant(self, contest: Contest, number: int) -> Contestant:
        found = Contestant.objects.found(number)
        if found is None or found.contest_id != contest.pk:
            raise CommandError(f"{contest.slug} has no contestant {number}")
        return found
