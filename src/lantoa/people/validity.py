"""When an account is valid (M2): full name, own phone, citizen number, unit, a consent that stands. Decided here."""

from __future__ import annotations

from lantoa.lib.text import tidy
from lantoa.people.models import TAKING_PART, Consent, Person

NEEDED = ("full_name", "phone", "citizen_id", "unit", "consent")


def missing(person: Person) -> list[str]:
    """What is still to be given before the person's results rank, in the order of the form; empty: valid."""
    given = {
        "full_name": bool(tidy(person.full_name)),
        "phone": person.phone_index is not None,
        "citizen_id": person.citizen_id_index is not None,
        "unit": person.unit_id is not None,
        "consent": Consent.objects.open(person, TAKING_PART) is not None,
    }
    return [name for name in NEEDED if not given[name]]
