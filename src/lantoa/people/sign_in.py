"""Signing in by phone, citizen number or a staff's user name, with the password; the same at every door.

Ten wrong tries for one account or name within fifteen minutes close it for the rest of them. An address may fail
a hundred times as often: a whole village sits behind one (reliability.md S08). No answer tells whether somebody exists.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import MAXYEAR, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.db import connection

from lantoa.lib import citizen_id, clock, phone, sealing
from lantoa.lib.digits import Unreadable
from lantoa.lib.rows import one
from lantoa.lib.text import tidy
from lantoa.people import numbers, passwords, statements
from lantoa.people.models import Account, FailedSignIn, Person
from lantoa.people.refused import Fault, Refused

MINUTES = 15
WINDOW = timedelta(minutes=MINUTES)
MOST_PER_NAME = 10
MOST_PER_ADDRESS = 1_000
BACKEND = "lantoa.people.sign_in.PhoneOrCitizenId"

_TOO_MANY = Fault("too_many", {"minutes": MINUTES})
_COLUMNS = ["id", "password", "last_login", "username", "person_id", "is_active", "created_at"]

log = logging.getLogger(__name__)


class Proven(NamedTuple):
    """Somebody whose password was right; their tries still count until :meth:`SessionStore.enter` or ``forgive``."""

    account: Account
    tries: bytes  # what they are counted under


def prove(*, login: str, password: str, address: str, at: datetime | None = None) -> Proven:
    """The account that ``login`` and ``password`` open; raises :class:`Refused`: "wrong" or "too_many". One statement.

    The try is counted before the password is looked at, so that a thousand at once are a thousand tries.
    """
    tried = _try(login, address, at)
    if tried.times is None:
        log.warning("refused: too many tries from one address")
        raise Refused(login=_TOO_MANY)
    if tried.times > MOST_PER_NAME:
        log.warning("sign-in refused: too many tries for one name")
        raise Refused(login=_TOO_MANY)
    account = tried.account
    if account is None or not account.is_active:
        passwords.spend()
    elif passwords.fits(password, account.password):
        return Proven(account, tried.key)
    count_address(address, at=tried.at)
    log.info("sign-in refused: wrong")
    raise Refused(login=Fault("wrong"))


def sign_in(*, login: str, password: str, address: str, at: datetime | None = None) -> Account:
    """The same, and the wrong tries before it no longer count; the address's do: it frees nobody's guessing."""
    proven = prove(login=login, password=password, address=address, at=at)
    FailedSignIn.objects.forget(proven.tries)
    return proven.account


def check_again(*, account: Account, address: str, at: datetime | None = None) -> None:
    """Count a try at the old password like a sign-in; raises :class:`Refused` when there were too many."""
    moment = at or clock.now()
    check_address(address, at=moment)
    if FailedSignIn.objects.count_one(_account_key(account), at=moment, window=WINDOW) > MOST_PER_NAME:
        raise Refused(old=_TOO_MANY)


def forgive(account: Account) -> None:
    """The password was right: the account's tries no longer count."""
    FailedSignIn.objects.forget(_account_key(account))


def count_address(address: str, *, at: datetime) -> None:
    """Another failure of that address: a wrong sign-in, or a number that is taken."""
    FailedSignIn.objects.count_one(_address_key(address), at=at, window=WINDOW)


def check_address(address: str, *, at: datetime) -> None:
    """Whether the address may try at all; raises :class:`Refused`."""
    if FailedSignIn.objects.times(_address_key(address), at=at, window=WINDOW) >= MOST_PER_ADDRESS:
        log.warning("refused: too many tries from one address")
        raise Refused(login=_TOO_MANY)


@contextmanager
def asking_whose_number(address: str, *, at: datetime) -> Iterator[None]:
    """Around what may answer that a number is taken: each such answer counts, and :func:`asked` stops who had many."""
    try:
        yield
    except Refused as refused:
        if refused.says("taken"):
            count_address(address, at=at)
        raise


def asked(
    *, phone: bytes | None, citizen_id: bytes | None, address: str | None, at: datetime, besides: Person | None = None
) -> dict[str, Fault]:
    """Which of two keyed indexes somebody holds already; or only that this address was told so too often (S07)."""
    values = {"phone": phone, "citizen_id": citizen_id, "besides": besides.pk if besides else None}
    row = one(
        statements.ASKED, {**values, "address": None if address is None else _address_key(address), "edge": at - WINDOW}
    )
    assert row is not None
    times, *taken = row
    if times >= MOST_PER_ADDRESS:
        log.warning("refused: too many tries from one address")
        return {"login": _TOO_MANY}
    return {name: Fault("taken") for name, held in zip(("phone", "citizen_id"), taken, strict=True) if held}


def forget_old(*, at: datetime | None = None) -> int:
    """Drop the counts that no longer count; for the worker."""
    return FailedSignIn.objects.forget_before((at or clock.now()) - WINDOW)


def address_of(meta: Mapping[str, Any]) -> str:
    """Where a request comes from; behind our own proxy the hop that it wrote down last (MSA-20-0003)."""
    forwarded = str(meta.get("HTTP_X_FORWARDED_FOR", "")) if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or str(meta.get("REMOTE_ADDR", ""))


def place_of(address: str) -> str:
    """An address as it is counted: of IPv6 the network that one customer holds."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((ip, 64), strict=False) if isinstance(ip, IPv6Address) else ip)


class _Tried(NamedTuple):
    """A try that was counted: for whom, as which."""

    at: datetime
    key: bytes
    times: int | None  # None: not counted, the address is stopped
    account: Account | None


def _try(login: str, address: str, at: datetime | None) -> _Tried:
    citizen, number, username = _read(login)
    known = {"phone": number, "citizen_id": citizen, "username": username}
    keys = {"accounts": _accounts_key(), "name": _name_key(number or citizen, username)}
    limits = {"address": _address_key(address), "most": MOST_PER_ADDRESS, "window": WINDOW}
    row = one(statements.TRY, {"at": at, **known, **keys, **limits})
    assert row is not None
    moment, key, times, kinds, *columns = row
    account = None
    if columns[0] is not None:
        account = Account.from_db(connection.alias, _COLUMNS, columns)
        account.carries(kinds)
    return _Tried(moment, key, times, account)


def _read(login: str) -> tuple[bytes | None, bytes | None, str | None]:
    """What was typed: as the index of a citizen number, of a phone number, or as a user name.

    Twelve digits may be either number; nobody is born in the year of one that is a phone number too.
    """
    found: list[bytes | None] = []
    for index, read in ((numbers.index_citizen_id, _citizen_id), (numbers.index_phone, phone.parse)):
        try:
            found.append(index(read(login)))
        except Unreadable:
            found.append(None)
    return found[0], found[1], None if any(found) else tidy(login)[:60]


def _citizen_id(login: str) -> str:
    return citizen_id.parse(login, year=MAXYEAR)  # whoever was refused with one has no account


def _name_key(index: bytes | None, username: str | None) -> bytes:
    """An unknown name counts like a known one."""
    return sealing.blind("tries", f"name:{index.hex() if index else username}")


def _account_key(account: Account) -> bytes:
    """An account counts as one, by whichever name it is tried. `statements.TRY` makes the same."""
    return sha256(_accounts_key() + str(account.pk).encode()).digest()


def _accounts_key() -> bytes:
    return sealing.blind("tries", "accounts")


def _address_key(address: str) -> bytes:
    """An address as it is counted."""
    return sealing.blind("tries", f"address:{place_of(address)}")


class PhoneOrCitizenId(BaseBackend):
    """Django's own doors (the console's sign-in) under the same rule."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **_: Any
    ) -> Account | None:
        """The account, or an end to the search: no other backend gets a second guess."""
        if not username or not password:
            return None
        address = address_of(request.META) if request is not None else ""
        try:
            return sign_in(login=username, password=password, address=address)
        except Refused as refused:
            raise PermissionDenied from refused

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session, while it is in use; one query, with its person."""
        account = Account.objects.select_related("person").filter(pk=user_id).first()
        return account if account is not None and account.is_active else None
