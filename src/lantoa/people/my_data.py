"""What we hold about somebody, to give into their hands (Law 91/2025/QH15: the right to a copy)."""

from __future__ import annotations

from typing import Any

from lantoa.people import numbers
from lantoa.people.journal import subject
from lantoa.people.models import AuditEntry, Consent, Person


def my_data(person: Person) -> dict[str, Any]:
    """All of it as plain values; numbers masked, since a downloaded file travels further than its owner."""
    return {
        "full_name": person.full_name,
        **numbers.masked(person),
        "unit": person.unit.full_name if person.unit else None,
        "sub_unit": person.sub_unit.full_name if person.sub_unit else None,
        "group": person.get_group_display(),
        "registered_at": person.created_at.isoformat(),
        "consents": [
            {
                "purpose": consent.purpose,
                "text_version": consent.text_version,
                "given_at": consent.given_at.isoformat(),
                "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
            }
            for consent in Consent.objects.of(person)
        ],
        "journal": [
            {"at": entry.at.isoformat(), "action": entry.action, "detail": entry.detail}
            for entry in AuditEntry.objects.about(subject(person))
        ],
    }
