"""Personal numbers of a person: the only place that seals and opens them (B12)."""

from __future__ import annotations

from typing import Any

from lantoa.lib import citizen_id, phone, sealing
from lantoa.people.models import Person

TABLE = "lantoa_person"


def index_phone(number: str) -> bytes:
    """What an E.164 phone number is found by."""
    return sealing.blind("phone", number)


def index_citizen_id(number: str) -> bytes:
    """What a citizen number of 12 digits is found by."""
    return sealing.blind("citizen_id", number)


def put(person: Person, *, phone_number: str | None = None, citizen_number: str | None = None) -> None:
    """Seal the numbers given into the person's row, with their indexes; not saved yet."""
    if phone_number is not None:
        person.phone_sealed = _seal(person, "phone", phone_number)
        person.phone_index = index_phone(phone_number)
    if citizen_number is not None:
        person.citizen_id_sealed = _seal(person, "citizen_id", citizen_number)
        person.citizen_id_index = index_citizen_id(citizen_number)


def masked(person: Person) -> dict[str, str]:
    """Both numbers with all but their last digits hidden; empty when there is none."""
    return {
        "phone": phone.mask(_open(person, "phone", person.phone_sealed)) if person.phone_sealed else "",
        "citizen_id": citizen_id.mask(_open(person, "citizen_id", person.citizen_id_sealed))
        if person.citizen_id_sealed
        else "",
    }


def clear(person: Person, column: str) -> str:
    """One number in clear. Whoever calls this on behalf of somebody writes an AuditEntry (B12: every look recorded)."""
    return _open(person, column, getattr(person, f"{column}_sealed"))


def _seal(person: Person, column: str, number: str) -> bytes:
    return sealing.seal(number.encode(), table=TABLE, column=column, row=person.pk)


def _open(person: Person, column: str, sealed: Any) -> str:
    return sealing.unseal(sealed, table=TABLE, column=column, row=person.pk).decode()
