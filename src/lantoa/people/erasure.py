"""Erasing who somebody was (Law 91/2025/QH15): numbers, name, unit and password go; a row that names nobody stays."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password

from lantoa.people.actions import withdraw_consent
from lantoa.people.models import Account, Person

NOBODY = "Đã xóa"  # stands where the name stood


def erase_identity(*, person: Person, by: Account | None, at: datetime) -> None:
    """Take everything from the row that tells who it was, and close the account; inside the caller's transaction."""
    account = Account.objects.filter(person=person).first()
    withdraw_consent(person=person, by=by, at=at)
    Person.objects.filter(pk=person.pk).update(
        full_name=NOBODY,
        sort_key="",
        phone_sealed=None,
        phone_index=None,
        citizen_id_sealed=None,
        citizen_id_index=None,
        unit=None,
        sub_unit=None,
        erased_at=at,
    )
    if account is not None:
        account.is_active, account.password = False, make_password(None)
        account.save(update_fields=["is_active", "password"])
