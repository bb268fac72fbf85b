"""What changes in learning: topics and lessons are published, cards are done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from lantoa.contests.calendar import Phase
from lantoa.contests.models import Contest, Contestant
from lantoa.learning.lessons import Lesson as Written
from lantoa.learning.lessons import read_lessons, shortened
from lantoa.learning.models import Lesson, Outline, Progress, Topic
from lantoa.lib import clock
from lantoa.lib.frontmatter import BadContent

FILMS = "bai-hoc"
_ENGLISH = ("title_en", "goal_en", "takeaway_en", "cards_en")


class Refused(Exception):
    """A rule says no. Codes: before, closed, unknown."""

    def __init__(self, code: str) -> None:
        """Carry the rule's code; the door turns it into words."""
        super().__init__(code)
        self.code = code


def mark_card(*, contestant: Contestant, lesson: Lesson | Outline, card: int, at: datetime | None = None) -> Progress:
    """Note a card as done. Progress only grows; outside the contest's window nothing is noted (M16)."""
    at = at or clock.now()
    phase = contestant.contest.phase(at)
    if phase is not Phase.OPEN:
        raise Refused(phase.value)
    if lesson.contest_id != contestant.contest_id or not 1 <= card <= lesson.size:
        raise Refused("unknown")
    return Progress.objects.mark(contestant, lesson, card, at)


@transaction.atomic
def set_topics(*, contest: Contest, topics: Sequence[dict[str, Any]]) -> list[str]:
    """Bring the topics to what the package says; returns what changed. Topics that lessons lean on stay."""
    changed = []
    stored = {topic.number: topic for topic in Topic.objects.filter(contest=contest)}
    for fields in topics:
        topic = stored.get(fields["number"]) or Topic(contest=contest, number=fields["number"])
        fresh = topic.pk is None or any(getattr(topic, name) != value for name, value in fields.items())
        if fresh:
            for name, value in fields.items():
                setattr(topic, name, value)
            topic.save()
            changed.append(f"chuyên đề {topic.number}")
    return changed


def publish_lessons(
    *, contest: Contest, folder: Path, at: datetime | None = None, cards: int | None = None
) -> list[str]:
    """Publish the lessons of a package: a new version of each that changed; returns what changed.

    A lesson that the package no longer has is withdrawn; its versions stay. With ``cards`` the course is cut to so
    many (lessons.shortened). Raises BadContent.
    """
    written = read_lessons(folder)
    written = written if cards is None else shortened(written, cards)
    films = _films(written, folder)
    at, changed = at or clock.now(), []
    with transaction.atomic():
        Contest.objects.select_for_update(no_key=True).get(pk=contest.pk)
        topics = {topic.number: topic for topic in Topic.objects.filter(contest=contest)}
        strange = [
            f"lessons: {lesson.code}: không có chuyên đề {lesson.topic}"
            for lesson in written
            if lesson.topic not in topics
        ]
        if strange:
            raise BadContent(strange)
        stored = {lesson.code: lesson for lesson in Lesson.objects.filter(contest=contest, current=True)}
        for lesson in written:
            fresh = _publish(contest, topics[lesson.topic], lesson, stored.pop(lesson.code, None), at)
            changed += [f"bài {lesson.code} bản {fresh.version}"] if fresh else []
        for code, gone in stored.items():
            Lesson.objects.filter(pk=gone.pk).update(current=False)
            changed.append(f"bài {code} thôi dùng")
    for source, name in films.items():
        _keep(source, name)
    return changed


def _publish(contest: Contest, topic: Topic, written: Written, stored: Lesson | None, at: datetime) -> Lesson | None:
    """The new version, or None when nothing changed."""
    names = ("code", "title", "minutes", "compulsory", "goal", "takeaway", "review_by", "cards", "position")
    fields = {name: getattr(written, name) for name in names}
    fields |= {name: getattr(written, name) for name in _ENGLISH if written.title_en}
    told = json.dumps({**fields, "topic": topic.number}, ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.sha256(told.encode()).hexdigest()
    if stored is not None and stored.digest == digest:
        return None
    newest = Lesson.objects.filter(contest=contest, code=written.code).order_by("-version").first()
    if stored is not None:
        Lesson.objects.filter(pk=stored.pk).update(current=False)
    version = newest.version + 1 if newest else 1
    size = len(written.cards)
    return Lesson.objects.create(
        contest=contest, topic=topic, version=version, size=size, digest=digest, published_at=at, **fields
    )


def _films(written: Sequence[Written], folder: Path) -> dict[Path, str]:
    """The files of films that come with the package; the cards then name them by their content."""
    found: dict[Path, str] = {}
    for card in (card for one in written for card in (*one.cards, *one.cards_en) if card["kind"] == "video"):
        for field in ("src", "captions"):
            path = folder / "films" / Path(card["video"][field]).name
            if not card["video"][field].startswith("https://"):
                if not path.is_file():
                    raise BadContent([f"films: không có {path.name}"])
                found[path] = f"{FILMS}/{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}{path.suffix}"
                card["video"][field] = default_storage.url(found[path])
    return found


def _keep(source: Path, name: str) -> None:
    """Put a film where the site serves files from, once."""
    if not default_storage.exists(name):
        with source.open("rb") as file:
            default_storage.save(name, File(file))
