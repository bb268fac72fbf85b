"""A contest of any size under corrections and mergers, for the measurements of figures and for the recount."""

from __future__ import annotations

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.installation import PACKAGE, folder, free_port, prepare  # noqa: E402

if TYPE_CHECKING:
    from lantoa.contests.models import Contest

OPENS = datetime.fromisoformat("2025-10-11T00:00+07:00")
CLOSES = datetime.fromisoformat("2025-11-12T00:00+07:00")
DECIDED = CLOSES + timedelta(days=1)
SINGLE_PERSON_KINDS = ("void", "void", "move", "restore", "person")


def a_contest_of_its_own(purpose: str) -> Contest:
    """The reference contest with its 114 units, in an installation that is gone with this process."""
    prepare(folder(purpose), free_port())
    from lantoa.contests.models import Contest
    from lantoa.management.commands.package import import_package

    import_package(folder=PACKAGE, publish=True, opens=OPENS, closes=CLOSES)
    return Contest.objects.get()


def correct(contest: Contest, count: int, seed: int) -> int:
    """Make ``count`` corrections by the house's own actions, a minute apart; how many were refused on the way."""
    from lantoa.contests.models import Contestant
    from lantoa.exams import corrections
    from lantoa.people.models import Account, Role
    from lantoa.units.models import Unit

    rng, refused, made = random.Random(seed), 0, 0
    by = Account.objects.create(username=f"sua-{seed}", created_at=OPENS)
    Role.objects.create(account=by, kind="organiser")
    units = list(Unit.objects.communes_of(contest.root))
    everybody = list(Contestant.objects.filter(contest=contest).order_by("pk").values_list("pk", flat=True))
    while made < count:
        me, other = (Contestant.objects.get(pk=rng.choice(everybody)) for _ in range(2))
        when = DECIDED + timedelta(minutes=made)
        effective = None if rng.random() < 0.5 else me.joined_at + rng.random() * (CLOSES - me.joined_at)
        deed = corrections.Deed(by=by, reason="đo đạc", effective=effective, at=when)
        kind = rng.choice((*SINGLE_PERSON_KINDS, "merge"))
        try:
            if kind == "merge":
                corrections.merge(contestant=me, target=other, deed=deed)
            elif kind == "move":
                corrections.move(contestant=me, unit=rng.choice(units), deed=deed)
            elif kind == "restore":
                corrections.restore(contestant=me, attempt=1, deed=deed)
            else:
                corrections.void(contestant=me, attempt=None if kind == "person" else 1, deed=deed)
            made += 1
        except corrections.Refused:
            refused += 1
    return refused


def merge_units(contest: Contest) -> None:
    """Three mergers: one known before it took effect, two long after; and late populations."""
    from lantoa.units.models import Population, Succession, Unit

    units = list(Unit.objects.communes_of(contest.root))
    for (old, new), day, known in (((3, 4), 9, 8), ((50, 51), 21, 26), ((51, 52), 28, 60)):
        Succession.objects.create(
            unit=units[old],
            successor=units[new],
            effective=OPENS + timedelta(days=day),
            known_at=OPENS + timedelta(days=known),
        )
    for n, unit in enumerate(units[::7]):
        late = OPENS + timedelta(days=45)
        Population.objects.create(
            unit=unit, value=30_000 + n, valid_from=OPENS.date(), known_at=late, source="muộn", approved_by="Sở"
        )
