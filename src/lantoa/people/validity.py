"""When an account is valid (M2): full name, own phone, citizen number, unit, a consent that stands. Decided here."""

from __future__ import annotations

from lantoa.lib.text import tidy
from lantoa.people.models import TAKING_PART, Consent, Person

# The last of them, as a part of a statement; parameters: person, purpose.
CONSENTED = """EXISTS (SELECT FROM lantoa_consent
                WHERE person_id = %(person)s AND purpose = %(purpose)s AND withdrawn_at IS NULL)"""


def missing(person: Person) -> list[str]:
    """What is still to be given before the person's results rank, in the order of the form; empty: valid."""
    consent = Consent.objects.open(person, TAKING_PART)
    return [*lacking(person), *(["consent"] if consent is None else [])]


def lacking(person: Person) -> list[str]:
    """The same of what stands in the person's own row, in the order of the form."""
    given = {
        "full_name": bool(tidy(person.full_name)),
        "phone": person.phone_index is not None,
        "citizen_id": person.citizen_id_index is not None,
        "unit": person.unit_id is not None,
    }
    return [name for name, there in given.items() if not there]
