"""What the log says in the open: the rules, the units, the question bank's plan, the commitment to the seed.

A text is written down with its SHA-256 under the next version; the text itself is kept with its entry and exported.
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256

from lantoa.contests import ledger
from lantoa.contests.log import Entry
from lantoa.contests.models import Contest
from lantoa.lib import clock, sheets
from lantoa.lib.sealing import unseal
from lantoa.units.models import Population, Unit
from lantoa_verify import entries as forms
from lantoa_verify.streams import seed_commitment

NO_BEACON = "none"  # the seed stands alone: no public number was named
UNITS_HEADER = ["code", "name", "population", "cluster"]


def publish(*, contest: Contest, kind: str, text: str, version: int | None = None, at: datetime | None = None) -> int:
    """Write down a published text (``rules``, ``bank``, ``units``) unless it is the newest already; its version."""
    newest = Entry.objects.newest(contest, kind)
    known = int(newest.line.split(" ")[2]) if newest else 0
    if newest is not None and newest.body == text:
        return known
    version = version or known + 1
    fields = forms.Version(version, sha256(text.encode()).digest())
    ledger.append(contest.pk, ledger.public(kind, at or clock.now(), fields, text))
    return version


def publish_rules(contest: Contest, at: datetime | None = None) -> None:
    """Write down the rules as they stand, when they changed; attempts name their version."""
    version = publish(contest=contest, kind="rules", text=rules_text(contest), at=at)
    if version != contest.rules_version:
        contest.rules_version = version
        contest.save(update_fields=["rules_version"])


def publish_units(contest: Contest, at: datetime | None = None) -> None:
    """Write down the units that compete, with the populations that their ratios are made of, when they changed."""
    publish(contest=contest, kind="units", text=units_text(contest), at=at)


def enter_seed(contest: Contest, at: datetime, beacon: str = NO_BEACON) -> None:
    """Commit to the seed of the papers and to the name of the public number that will join it (log.md §6)."""
    seed = unseal(bytes(contest.seed_sealed), table="contest", column="seed", row=str(contest.pk))
    fields = forms.Seed(seed_commitment(seed), beacon)
    ledger.append(contest.pk, ledger.public("seed", at, fields))


def rules_text(contest: Contest) -> str:
    """The rules as data: JSON with sorted keys, moments and durations in milliseconds."""
    rules = {
        "asked": contest.asked,
        "attempts_limit": contest.attempts_limit,
        "closes": ledger.milliseconds(contest.closes_at),
        "learn_first": contest.learn_first,
        "opens": ledger.milliseconds(contest.opens_at),
        "ranking": ["right descending", "ms ascending", "at ascending"],
        "time_limit": int(contest.time_limit.total_seconds() * 1000),
    }
    return json.dumps(rules, sort_keys=True, separators=(",", ":")) + "\n"


def units_text(contest: Contest) -> str:
    """The units that compete, as CSV by code; an unknown population is empty."""
    units = list(Unit.objects.communes_of(contest.root).select_related("membership__cluster"))
    people = Population.objects.latest_of(units)
    rows = [[ledger.code_of(u), u.full_name, people.get(u.pk, ""), _cluster(u)] for u in units]
    return sheets.write(UNITS_HEADER, sorted(rows, key=lambda row: str(row[0])))


def _cluster(unit: Unit) -> str:
    membership = getattr(unit, "membership", None)
    return membership.cluster.code if membership else ""
