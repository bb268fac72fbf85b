"""The contest that is measured: a crowd of any size in it, and newcomers who are about to sit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.installation import PACKAGE, postmaster
from benchmarks.rounds import Watched
from benchmarks.walking import Place, Walker, signing_in
from benchmarks.wire import drive

if TYPE_CHECKING:
    from lantoa.contests.models import Contest
    from lantoa.management.public_pages import Writer


def the_contest() -> Contest:
    """The reference contest, open since ten days."""
    from lantoa.contests.models import Contest
    from lantoa.lib import clock
    from lantoa.management.commands.package import import_package

    today = clock.now().astimezone(clock.VIETNAM).date()
    import_package(folder=PACKAGE, publish=True, opens=today - timedelta(days=10), closes=today + timedelta(days=21))
    return Contest.objects.public()[0]


def quiet() -> None:
    """Nothing of PostgreSQL works in the background while it is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        for setting in ("autovacuum = off", "max_wal_size = '16GB'", "checkpoint_timeout = '1h'"):
            cursor.execute(f"ALTER SYSTEM SET {setting}")
        cursor.execute("SELECT pg_reload_conf()")


def place_in(contest: Contest, origin: str) -> Place:
    """Where its walks lead."""
    from lantoa.learning.models import Lesson
    from lantoa.units.models import Unit

    lesson, unit = Lesson.objects.current(contest)[0], Unit.objects.communes_of(contest.root)[0]
    return Place(origin, contest.slug, lesson.code, unit.code, contest.asked)


class Site:
    """The contest as a server shows it, with people who come to it one after the other."""

    def __init__(self, contest: Contest, place: Place, data: Path, workers: int) -> None:
        self.contest, self.place, self.data, self.workers = contest, place, data, workers
        self._serial = 1
        self._pages: Writer | None = None

    def watched(self, port: int, pid: int) -> Watched:
        """The site as the server with that process id serves it."""
        return Watched(port, pid, postmaster(self.data))

    def newcomers(self, count: int, password: str) -> list[Walker]:
        """So many who have learned everything and not sat yet, not signed in; ``password`` as it is kept."""
        from benchmarks import crowd

        found = self.strangers(count)
        crowd.newcomers(self.contest, [walker.serial for walker in found], password=password)
        return found

    def strangers(self, count: int) -> list[Walker]:
        """So many whom the site does not know."""
        first, self._serial = self._serial, self._serial + count
        return [Walker(self.place, serial) for serial in range(first, first + count)]

    def signed_in(self, count: int, watched: Watched, password: str) -> list[Walker]:
        """The same, with a session each."""
        return self._entered(self.newcomers(count, password), watched)

    def _entered(self, found: list[Walker], watched: Watched) -> list[Walker]:
        with watched.connected(2 * self.workers) as connections:
            drive((map(signing_in, found), connections))
        return found

    def staff(self, count: int, watched: Watched, password: str) -> list[Walker]:
        """So many browsers of somebody who runs the contest, signed in."""
        from lantoa.lib import clock
        from lantoa.people.models import Account

        name = "ban-to-chuc"
        account, _ = Account.objects.get_or_create(
            username=name, defaults={"password": password, "created_at": clock.now()}
        )
        account.roles.get_or_create(kind="organiser")
        return self._entered([Walker(self.place, 0, name) for _ in range(count)], watched)

    def work(self) -> None:
        """What the worker does each second."""
        from lantoa.management.commands.worker import beat

        beat()

    def keep_pages(self) -> None:
        """What the writer of the public pages does: they are vouched for from now on."""
        from lantoa.management.public_pages import Writer

        self._pages = self._pages or Writer()
        self._pages.round()
