"""Invented people for the registrations of a history: names, sealed numbers, accounts, consents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random
from uuid import UUID

from django.contrib.auth.hashers import make_password

from lantoa.lib.bulk import copy
from lantoa.lib.text import name_key
from lantoa.management.demo import names
from lantoa.management.demo.crowd import GROUPS
from lantoa.people import numbers
from lantoa.people.models import TAKING_PART, Account, Consent, Person

FIRST = 1000  # the numbers before belong to accounts of the demonstration
_PERSON = ("id", "full_name", "sort_key", "phone_sealed", "phone_index", "citizen_id_sealed", "citizen_id_index",
           "unit_id", "group", "created_at")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who registers."""

    id: UUID
    unit: int
    group: str
    at: datetime


def newcomers(rng: Random, joined: list[tuple[datetime, int]]) -> list[Newcomer]:
    """One for each (instant, primary key of the unit)."""
    return [Newcomer(UUID(int=rng.getrandbits(128), version=4), unit, rng.choice(GROUPS), at) for at, unit in joined]


def phone_of(place: int) -> str:
    """The phone number of the registration at that place, as people write it."""
    return "0" + names.phone_number(FIRST + place).removeprefix("+84")


def register_all(rng: Random, people: list[Newcomer], *, consent_version: str) -> None:
    """Write them as registering would: the person, an account (without a password: nobody signs in), the consent."""
    copy(Person, _PERSON, _rows(rng, people))
    nobody = make_password(None)
    account = ("password", "person_id", "is_active", "created_at")
    copy(Account, account, ((nobody, one.id, True, one.at) for one in people))
    consent = ("person_id", "purpose", "text_version", "given_at")
    copy(Consent, consent, ((one.id, TAKING_PART, consent_version, one.at) for one in people))


def _rows(rng: Random, people: list[Newcomer]) -> Iterator[tuple[object, ...]]:
    sort_key = cache(name_key)  # many share a name
    person = Person()
    for serial, one in enumerate(people, FIRST):
        full_name, sex = names.name(rng)
        person.id = one.id
        numbers.put(
            person,
            phone_number=names.phone_number(serial),
            citizen_number=names.citizen_number(rng, sex, serial),
        )
        yield (
            one.id,
            full_name,
            sort_key(full_name),
            person.phone_sealed,
            person.phone_index,
            person.citizen_id_sealed,
            person.citizen_id_index,
            one.unit,
            one.group,
            one.at,
        )
