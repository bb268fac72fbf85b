"""What the log says in the open: the rules, the units, the question bank's plan, the commitment to the seed.

A text is written down with its SHA-256 under the next version; the text itself is kept with its entry and exported.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from hashlib import sha256

from lantoa.contests import ledger
from lantoa.contests.log import Entry
from lantoa.contests.models import Contest
from lantoa.lib import clock, sheets
from lantoa.lib.sealing import unseal
from lantoa.lib.text import fold
from lantoa.units.models import Population, Unit
from lantoa_verify import entries as forms
from lantoa_verify.redraw import NO_BEACON
from lantoa_verify.streams import beacon_digest, seed_commitment

LONGEST_NAME = 100  # of a public number's name, without its day
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


def enter_seed(contest: Contest, at: datetime) -> None:
    """Commit to the seed of the papers, and to the public number that the contest names, if any (log.md §6)."""
    day = contest.number_day
    name = spelled(contest.number_source, day) if day else NO_BEACON
    ledger.append(contest.pk, ledger.public("seed", at, forms.Seed(commitment_of(contest), name)))


def enter_beacon(contest: Contest, at: datetime) -> None:
    """Write down the public number."""
    digest = beacon_digest(contest.number_value.encode())
    ledger.append(contest.pk, ledger.public("beacon", at, forms.Digest(digest)))


def seed_of(contest: Contest) -> bytes:
    """The seed itself: it leaves the house after the contest only."""
    return unseal(bytes(contest.seed_sealed), table="contest", column="seed", row=str(contest.pk))


def commitment_of(contest: Contest) -> bytes:
    """What is published of the seed before the contest."""
    return seed_commitment(seed_of(contest))


def spelled(source: str, day: date) -> str:
    """The name of a public number as a line can hold it: "Xổ số miền Bắc, giải đặc biệt" → xo-so-…:2025-10-10."""
    words = re.findall(r"[a-z0-9]+", fold(source))
    return f"{'-'.join(words)[:LONGEST_NAME].strip('-')}:{day.isoformat()}"


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
