"""Publishing a question bank: new versions of what changed, a new bank of all; nothing published is ever edited."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from lantoa.contests.models import Contest
from lantoa.contests.publications import publish
from lantoa.exams.bank import digest
from lantoa.exams.items import Item, read_items
from lantoa.exams.models import Bank, Question
from lantoa.lib import clock
from lantoa_verify.export import keys_text
from lantoa_verify.papers import Bank as Draw
from lantoa_verify.papers import Blueprint
from lantoa_verify.redraw import bank_text


def publish_bank(
    *, contest: Contest, folder: Path, blueprint: dict[str, Any], at: datetime | None = None
) -> tuple[Bank, bool]:
    """Publish the questions of a package as the contest's bank; (bank, whether it is a new version).

    Raises BadPackage when the files cannot be read and ThinBank when the bank cannot give the blueprint's papers.
    """
    items = [item for path in sorted(folder.glob("*.toml")) for item in read_items(path) if item.status == "published"]
    weights = Draw(Blueprint.from_data(blueprint), [item.candidate for item in items]).weights
    with transaction.atomic():
        Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
        questions = [_publish(contest, item).pk for item in items]
        content = digest({"questions": questions, "blueprint": blueprint})
        newest = Bank.objects.current(contest)
        if newest is not None and newest.digest == content:
            return newest, False
        bank = Bank.objects.create(
            contest=contest,
            version=newest.version + 1 if newest else 1,
            blueprint=blueprint,
            questions=questions,
            weights=weights,
            digest=content,
            published_at=at or clock.now(),
        )
        publish(contest=contest, kind="bank", text=plan_text(bank), version=bank.version, at=bank.published_at)
    return bank, True


def plan_text(bank: Bank) -> str:
    """What the open log says of a bank, enough to draw every paper again: no wording, no right option (log.md §6)."""
    questions = Question.objects.in_bulk(bank.questions)
    rows = [_plan(questions[pk], bank.weights) for pk in bank.questions]
    return bank_text(bank.version, bank.blueprint, rows).decode()


def key_text(contest: Contest) -> str:
    """The right options of every bank of the contest, as they are published after its end."""
    banks = Bank.objects.filter(contest=contest)
    questions = Question.objects.in_bulk({pk for bank in banks for pk in bank.questions})
    keys = {bank.version: {questions[pk].code: questions[pk].key for pk in bank.questions} for bank in banks}
    return keys_text(keys).decode()


def _plan(question: Question, weights: dict[str, int]) -> dict[str, Any]:
    return {
        "id": question.code,
        "topic": question.topic,
        "lesson": question.lesson,
        "level": question.level,
        "words": question.words,
        "enemies": question.enemies,
        "fixed": not question.shuffle,
        "weight": weights.get(question.code),
    }


def _publish(contest: Contest, item: Item) -> Question:
    """The row of this very wording: the newest one when nothing changed, else a new version."""
    fields = {
        "topic": item.topic,
        "lesson": item.lesson,
        "level": item.level,
        "stem": item.stem,
        "options": list(item.options),
        "key": item.key,
        "shuffle": item.shuffle,
        "explanation": item.explanation,
        "words": item.words,
        "enemies": list(item.enemies),
        "sources": list(item.sources),
        "review_by": item.review_by,
    }
    content = digest(fields)
    newest = Question.objects.filter(contest=contest, code=item.id).order_by("-version").first()
    if newest is not None and newest.digest == content:
        return newest
    version = newest.version + 1 if newest else 1
    return Question.objects.create(contest=contest, code=item.id, version=version, digest=content, **fields)
