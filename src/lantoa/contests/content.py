"""A package becomes a contest: its words and rules, its documents. Re-runnable; each says what changed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction

from lantoa.contests.calendar import end_of, start_of
from lantoa.contests.documents import Document
from lantoa.contests.models import Contest
from lantoa.contests.package import Package, Page
from lantoa.contests.publications import enter_seed
from lantoa.lib import clock
from lantoa.lib.sealing import seal
from lantoa.units.models import Unit

SEED = 32  # bytes
NEW = "cuộc thi (mới)"  # what an import says of a contest that was not there before
_DAYS = ("opens_at", "closes_at")
_WORDS = ("name", "name_en", "summary", "summary_en", "organiser", "operator", "contact")


@transaction.atomic
def import_contest(
    *,
    package: Package,
    root: Unit,
    opens: date | None = None,
    closes: date | None = None,
    publish: bool = False,
    rehearsal: bool = False,
    at: datetime | None = None,
) -> tuple[Contest, list[str]]:
    """Make or bring up to date the contest of a package; returns it and what changed.

    ``opens`` and ``closes`` stand for the package's days. A contest keeps its seed and is never unpublished. Only a new
    one can be a ``rehearsal``.
    """
    first, last = opens or package.contest["opens"], closes or package.contest["closes"]
    fields = {name: package.contest.get(name, "") for name in _WORDS} | {
        "root": root,
        "opens_at": start_of(first),
        "closes_at": end_of(last),
        "asked": package.rules["asked"],
        "time_limit": timedelta(minutes=package.rules["time_limit_minutes"]),
        "attempts_limit": package.rules.get("attempts_limit"),
        "learn_first": package.rules["learn_first"],
        "public_names": package.rules["public_names"],
        "share_motto": package.share["motto"],
        "share_rules": {kind: rule for kind, rule in package.share.items() if kind != "motto"},
    }
    if "bulletins" in package.contest:
        fields["bulletin_times"] = sorted(package.contest["bulletins"])
    if publish:
        fields["published"] = True
    contest = Contest.objects.select_for_update(no_key=True).filter(slug=package.contest["slug"]).first()
    if contest is None:
        return _new(at or clock.now(), slug=package.contest["slug"], rehearsal=rehearsal, **fields), [NEW]
    changed = _settle(contest, _changeable(contest, fields))
    return contest, [f"cuộc thi: {', '.join(changed)}"] if changed else []


def _new(at: datetime, **fields: Any) -> Contest:
    contest = Contest.objects.create(seed_sealed=b"", **fields)
    contest.seed_sealed = seal(secrets.token_bytes(SEED), table="contest", column="seed", row=str(contest.pk))
    contest.save(update_fields=["seed_sealed"])
    enter_seed(contest, at)
    return contest


def _changeable(contest: Contest, fields: dict[str, Any]) -> dict[str, Any]:
    """All but the days of a contest whose answer key is out."""
    return {name: value for name, value in fields.items() if contest.ended_at is None or name not in _DAYS}


@transaction.atomic
def publish_documents(*, contest: Contest, pages: Sequence[Page], at: datetime | None = None) -> list[str]:
    """Bring the documents to what the package says; returns what changed. Documents of the console's own stay."""
    at, changed = at or clock.now(), []
    stored = {document.slug: document for document in Document.objects.filter(contest=contest)}
    for page in pages:
        fields = {name: getattr(page, name) for name in ("kind", "title", "title_en", "position", "body", "body_en")}
        if page.date:
            fields["published_at"] = start_of(page.date)
        document = stored.get(page.slug)
        if document is None:
            Document.objects.create(contest=contest, slug=page.slug, **{"published_at": at, **fields})
            changed.append(f"văn bản {page.slug} (mới)")
        elif _settle(document, fields):
            changed.append(f"văn bản {page.slug}")
    return changed


def public_kinds() -> set[tuple[int, str]]:
    """Contest and kind of each document that is published, of all contests; one query."""
    published = Document.objects.filter(published_at__isnull=False)
    return set(published.order_by().values_list("contest_id", "kind").distinct())


def count_version(*, contest: Contest) -> None:
    """Count one more version of the contest's content."""
    contest.package_version += 1
    contest.save(update_fields=["package_version"])


def _settle(row: models.Model, fields: dict[str, Any]) -> list[str]:
    """Save what differs; returns the names of it."""
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        row.save(update_fields=changed)
    return changed
