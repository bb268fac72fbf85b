"""What people do with their account: register, correct, agree and withdraw, change the password."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NoReturn

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction

from lantoa.lib import citizen_id as citizen_numbers
from lantoa.lib import clock
from lantoa.lib import phone as phones
from lantoa.lib.digits import Unreadable
from lantoa.lib.rows import one
from lantoa.lib.text import name_key, tidy
from lantoa.people import access, numbers, passwords, rehearsals, sign_in, statements
from lantoa.people.journal import note, subject
from lantoa.people.models import TAKING_PART, Account, Consent, Group, Person, Role
from lantoa.people.refused import Fault, Refused
from lantoa.units.models import COMMUNE_LEVEL, Unit

LONGEST_NAME = 120
LONGEST_USERNAME = 60
FIXED = {"full_name", "citizen_id"}  # once an exam was finished
UNIQUE = {"person_phone_once": "phone", "person_citizen_id_once": "citizen_id"}

Faults = dict[str, Fault]


def register(
    *,
    full_name: str,
    phone: str,
    citizen_id: str,
    unit: Unit | None,
    sub_unit: Unit | None,
    group: str,
    password: str,
    consent_version: str,
    sure: bool = True,
    rehearsal: bool = False,
    address: str | None = None,
    at: datetime | None = None,
) -> Account:
    """Open the one account of a person (M1–M3); raises :class:`Refused` with a fault for each field to correct.

    Numbers may come as typed; not ``sure``, odd ones raise a doubt. An empty ``consent_version`` is no consent.
    ``address`` is where it comes from: call it `sign_in.asking_whose_number`.
    For a ``rehearsal`` both numbers must be invented ones, and nowhere else may they be.
    Also fifty at once make one account: the keyed indexes are unique in the database.
    """
    moment = at or clock.now()
    faults: Faults = {}
    person = Person(unit=unit, sub_unit=sub_unit, group=group, created_at=moment, rehearsal=rehearsal)
    person.full_name = _name(full_name, faults)
    person.sort_key = name_key(person.full_name)
    phone_number, citizen_number = _phone(phone, faults), _citizen_id(citizen_id, moment, faults)
    _unit(unit, sub_unit, faults)
    _group(group, faults)
    _password_and_consent(password, person.full_name, consent_version, faults)
    faults |= rehearsals.faults(phone_number, citizen_number, rehearsal=rehearsal)
    faults = _not_taken(phone_number, citizen_number, faults, address=address, at=moment)
    _raise(faults if sure or rehearsal else _doubts(phone_number, citizen_number) | faults)
    numbers.put(person, phone_number=phone_number, citizen_number=citizen_number)
    return _open_account(person, make_password(password), consent_version, moment)


def _open_account(person: Person, password: str, consent_version: str, at: datetime) -> Account:
    """Person, account, consent and journal in one statement; the database refuses a second one."""
    account = Account(person=person, created_at=at, password=password)
    columns = ("full_name", "sort_key", "phone_sealed", "phone_index", "citizen_id_sealed", "citizen_id_index", "group")
    values = {name: getattr(person, name) for name in (*columns, "rehearsal")}
    values |= {"person": person.pk, "unit": person.unit_id, "sub_unit": person.sub_unit_id, "subject": subject(person)}
    values |= {"password": password, "purpose": TAKING_PART, "consent_version": consent_version, "at": at}
    try:
        row = one(statements.REGISTER, values)
    except IntegrityError as error:
        _taken(error)
    assert row is not None
    (account.pk,) = row
    account.carries(())
    for made in (person, account):
        made._state.adding, made._state.db = False, connection.alias  # noqa: SLF001 (as `from_db` leaves them)
    return account


def correct_profile(
    *,
    person: Person,
    by: Account,
    identity_fixed: bool,
    full_name: str = "",
    phone: str = "",
    citizen_id: str = "",
    unit: Unit | None = None,
    sub_unit: Unit | None = None,
    group: str = "",
    sure: bool = True,
    address: str | None = None,
    at: datetime | None = None,
) -> list[str]:
    """Correct what is given, leave the rest; which fields changed.

    ``identity_fixed``: an exam was finished, so name and citizen number stay as they were (domain.md §1.2:
    declared data may not change between attempts and are what a winner is verified by).
    """
    moment = at or clock.now()
    faults: Faults = {}
    before = _values(person)
    phone_number = _phone(phone, faults) if phone else None
    citizen_number = _citizen_id(citizen_id, moment, faults) if citizen_id else None
    faults |= rehearsals.faults(phone_number, citizen_number, rehearsal=person.rehearsal)
    _put_changed(person, phone_number, citizen_number)
    _put_words(person, full_name, unit, sub_unit, group, faults=faults)
    changed = [field for field, value in _values(person).items() if value != before[field]]
    for field in FIXED & set(changed) if identity_fixed else ():
        faults[field] = Fault("fixed_after_exam")
    faults = _not_taken(phone_number, citizen_number, faults, address=address, at=moment, besides=person)
    faults = faults if sure else _doubts(phone_number, citizen_number) | faults
    if faults:
        person.refresh_from_db()
    _raise(faults)
    _save(person, by, changed, moment)
    return changed


def change_password(*, account: Account, old: str, new: str, address: str, at: datetime | None = None) -> None:
    """Take another password; raises :class:`Refused`. Wrong old ones count like wrong sign-ins."""
    moment = at or clock.now()
    sign_in.check_again(account=account, address=address, at=moment)
    if not passwords.fits(old, account.password):
        raise Refused(old=Fault("wrong"))
    sign_in.forgive(account)
    if old == new:
        raise Refused(new=Fault("same"))
    if weak := passwords.fault(new, name=account.person.full_name if account.person else ""):
        raise Refused(new=weak)
    account.password = make_password(new)
    with transaction.atomic():
        account.save(update_fields=["password"])
        note(account, "change_password", f"account:{account.pk}", at=moment)


def withdraw_consent(*, person: Person, by: Account | None, at: datetime | None = None) -> None:
    """Take back the consent to take part; nothing happens twice (Law 91/2025/QH15)."""
    moment = at or clock.now()
    with transaction.atomic():
        consent = Consent.objects.select_for_update(no_key=True).open(person, TAKING_PART)
        if consent is not None:
            consent.withdrawn_at = moment
            consent.save(update_fields=["withdrawn_at"])
            note(by, "withdraw_consent", subject(person), at=moment)


def give_consent(*, person: Person, by: Account, consent_version: str, at: datetime | None = None) -> Consent:
    """Agree again, to the notice of today; an open consent stays as it is."""
    moment = at or clock.now()
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # two taps at once give one
        consent = Consent.objects.open(person, TAKING_PART)
        if consent is None:
            consent = Consent.objects.create(
                person=person, purpose=TAKING_PART, text_version=consent_version, given_at=moment
            )
            note(by, "give_consent", subject(person), at=moment, version=consent_version)
    return consent


def ask_erasure(*, person: Person, by: Account, at: datetime | None = None) -> None:
    """Ask to be erased: recorded for the organiser, who answers within the law's days; consent ends with it."""
    moment = at or clock.now()
    with transaction.atomic():
        note(by, "ask_erasure", subject(person), at=moment)
        withdraw_consent(person=person, by=by, at=moment)


def set_password(*, account: Account, new: str, by: Account, at: datetime | None = None) -> None:
    """Give a staff account another password, by an operator; its sessions end. Raises :class:`Refused`."""
    if weak := passwords.fault(new, name=account.username or ""):
        raise Refused(password=weak)
    account.password = make_password(new)
    with transaction.atomic():
        account.save(update_fields=["password"])
        note(by, "set_password", f"account:{account.pk}", at=at or clock.now())


def create_staff(
    *,
    username: str,
    password: str,
    roles: Iterable[str],
    unit: Unit | None = None,
    by: Account | None = None,
    at: datetime | None = None,
) -> Account:
    """An account with a user name, for organiser, editor, operator, coordinator or judge (people/access.py)."""
    moment, name, kinds = at or clock.now(), tidy(username), sorted(set(roles))
    faults: Faults = {}
    if not name or len(name) > LONGEST_USERNAME or not name.isascii() or name.isdigit() or " " in name:
        faults["username"] = Fault("unfit")
    elif Account.objects.signing_in(index=None, username=name):
        faults["username"] = Fault("taken")
    if weak := passwords.fault(password, name=name):
        faults["password"] = weak
    if not kinds or set(kinds) - {kind for kind, _ in access.KINDS}:
        faults["roles"] = Fault("unknown")
    elif "coordinator" in kinds and unit is None:
        faults["unit"] = Fault("empty")
    _raise(faults)
    with transaction.atomic():
        account = Account.objects.create(username=name, password=make_password(password), created_at=moment)
        for kind in kinds:
            Role.objects.create(account=account, kind=kind, unit=unit if kind == "coordinator" else None)
        note(by, "create_staff", f"account:{account.pk}", at=moment, roles=kinds)
    return account


def _name(typed: str, faults: Faults) -> str:
    name = tidy(typed)
    if not name:
        faults["full_name"] = Fault("empty")
    elif len(name) > LONGEST_NAME:
        faults["full_name"] = Fault("long", {"longest": LONGEST_NAME})
    elif not any(ch.isalpha() for ch in name) or any(ch.isdigit() or ch in "@/\\<>" for ch in name):
        faults["full_name"] = Fault("not_a_name")
    return name


def _phone(typed: str, faults: Faults) -> str | None:
    try:
        return phones.parse(typed)
    except Unreadable as odd:
        faults["phone"] = Fault(odd.code, odd.facts)
        return None


def _citizen_id(typed: str, at: datetime, faults: Faults) -> str | None:
    try:
        return citizen_numbers.parse(typed, year=at.astimezone(clock.VIETNAM).year)
    except Unreadable as odd:
        faults["citizen_id"] = Fault(odd.code, odd.facts)
        return None


def _unit(unit: Unit | None, sub_unit: Unit | None, faults: Faults) -> None:
    if unit is None:
        faults["unit"] = Fault("empty")
    elif unit.kind not in COMMUNE_LEVEL or unit.valid_to is not None:
        faults["unit"] = Fault("not_a_commune")
    elif sub_unit is not None and sub_unit.parent_id != unit.pk:
        faults["sub_unit"] = Fault("elsewhere")


def _group(group: str, faults: Faults) -> None:
    if group not in Group.values:
        faults["group"] = Fault("empty")


def _password_and_consent(password: str, name: str, consent_version: str, faults: Faults) -> None:
    if weak := passwords.fault(password, name=name):
        faults["password"] = weak
    if not consent_version:
        faults["consent"] = Fault("not_given")


def _not_taken(
    phone: str | None,
    citizen_id: str | None,
    faults: Faults,
    *,
    address: str | None,
    at: datetime,
    besides: Person | None = None,
) -> Faults:
    """The faults, with what somebody else holds; where the address may ask no more, only that.

    The database's constraints have the last word.
    """
    said = sign_in.asked(
        phone=numbers.index_phone(phone) if phone else None,
        citizen_id=numbers.index_citizen_id(citizen_id) if citizen_id else None,
        address=address,
        at=at,
        besides=besides,
    )
    return said if "login" in said else faults | said


def _doubts(phone: str | None, citizen_id: str | None) -> Faults:
    """What is odd but may be right (domain.md §4): asked about, never refused."""
    odd = {
        "phone": phones.doubt(phone) if phone else None,
        "citizen_id": citizen_numbers.doubt(citizen_id) if citizen_id else None,
    }
    return {name: Fault(code, doubt=True) for name, code in odd.items() if code}


def _put_words(
    person: Person, full_name: str, unit: Unit | None, sub_unit: Unit | None, group: str, *, faults: Faults
) -> None:
    """Everything of a correction that is not a number; what is not given stays."""
    if full_name:
        person.full_name = _name(full_name, faults)
        person.sort_key = name_key(person.full_name)
    if unit:
        _unit(unit, sub_unit, faults)
        person.unit, person.sub_unit = unit, sub_unit
    if group:
        _group(group, faults)
        person.group = group


def _put_changed(person: Person, phone: str | None, citizen_id: str | None) -> None:
    """Seal anew only what differs, so that an unchanged number is no change."""
    same_phone = phone is None or _same(person.phone_index, numbers.index_phone(phone))
    same_id = citizen_id is None or _same(person.citizen_id_index, numbers.index_citizen_id(citizen_id))
    numbers.put(person, phone_number=None if same_phone else phone, citizen_number=None if same_id else citizen_id)


def _same(stored: bytes | memoryview | None, asked: bytes) -> bool:
    return stored is not None and bytes(stored) == asked


def _values(person: Person) -> dict[str, object]:
    """What a correction may change, comparable."""
    return {
        "full_name": person.full_name,
        "phone": person.phone_index and bytes(person.phone_index),
        "citizen_id": person.citizen_id_index and bytes(person.citizen_id_index),
        "unit": person.unit_id,
        "sub_unit": person.sub_unit_id,
        "group": person.group,
    }


def _save(person: Person, by: Account, changed: list[str], at: datetime) -> None:
    if not changed:
        return
    try:
        with transaction.atomic():
            person.save()
            note(by, "correct_profile", subject(person), at=at, fields=changed)
    except IntegrityError as error:
        _taken(error)


def _taken(error: IntegrityError) -> NoReturn:
    """Somebody else was faster: say which number, by the constraint's name."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if name in UNIQUE:
        raise Refused(**{UNIQUE[name]: Fault("taken")}) from None
    raise error


def _raise(faults: Faults) -> None:
    if faults:
        raise Refused(**faults)
