"""The journal of who did what (AuditEntry): written here, appended only, without personal numbers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lantoa.people.models import Account, AuditEntry, Person


def note(by: Account | None, action: str, about: str, *, at: datetime, **detail: object) -> AuditEntry:
    """Write one entry; ``detail`` never holds a personal number."""
    return AuditEntry.objects.create(at=at, actor=by, action=action, subject=about, detail=detail)


def subject(person: Person | UUID) -> str:
    """How the journal names a person, or the person of that row."""
    return f"person:{person.pk if isinstance(person, Person) else person}"
