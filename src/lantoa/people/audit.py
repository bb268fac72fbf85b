"""The journal of decisions, by keyword; see people/journal.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lantoa.lib import clock
from lantoa.people.journal import note
from lantoa.people.models import Account, AuditEntry


def record(
    *,
    actor: Account | None,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEntry:
    """Append one entry."""
    return note(actor, action, subject, at=at or clock.now(), **(detail or {}))
