"""Signing in by phone, citizen number or a staff's user name, with the password; the same at every door.

Ten wrong tries for one account or name within fifteen minutes close it for the rest of them. An address may fail
a hundred times as often: a whole village sits behind one (reliability.md S08). No answer tells whether somebody exists.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied

from lantoa.lib import citizen_id, clock, phone, sealing
from lantoa.lib.digits import Unreadable
from lantoa.lib.text import tidy
from lantoa.people import numbers, passwords
from lantoa.people.models import Account, FailedSignIn
from lantoa.people.refused import Fault, Refused

MINUTES = 15
WINDOW = timedelta(minutes=MINUTES)
MOST_PER_NAME = 10
MOST_PER_ADDRESS = 1_000
BACKEND = "lantoa.people.sign_in.PhoneOrCitizenId"

log = logging.getLogger(__name__)


def sign_in(*, login: str, password: str, address: str, at: datetime | None = None) -> Account:
    """The account that ``login`` and ``password`` open; raises :class:`Refused`: "wrong" or "too_many".

    The try is counted before the password is looked at, so that a thousand at once are a thousand tries.
    """
    moment = at or clock.now()
    index, username = _read(login, moment)
    account = Account.objects.signing_in(index=index, username=username)
    name = _name_key(account, index, username)
    check_address(address, at=moment)
    if FailedSignIn.objects.count_one(name, at=moment, window=WINDOW) > MOST_PER_NAME:
        log.warning("sign-in refused: too many tries for one name")
        raise Refused(login=Fault("too_many", {"minutes": MINUTES}))
    if account is None or not account.is_active:
        passwords.spend()
    elif passwords.fits(password, account.password):
        FailedSignIn.objects.forget(name)  # never the address's count: one good sign-in frees nobody's guessing
        return account
    count_address(address, at=moment)
    log.info("sign-in refused: wrong")
    raise Refused(login=Fault("wrong"))


def check_again(*, account: Account, address: str, at: datetime | None = None) -> None:
    """Count a try at the old password like a sign-in; raises :class:`Refused` when there were too many."""
    moment = at or clock.now()
    check_address(address, at=moment)
    if FailedSignIn.objects.count_one(_name_key(account, None, None), at=moment, window=WINDOW) > MOST_PER_NAME:
        raise Refused(old=Fault("too_many", {"minutes": MINUTES}))


def forgive(account: Account) -> None:
    """The password was right: the account's tries no longer count."""
    FailedSignIn.objects.forget(_name_key(account, None, None))


def count_address(address: str, *, at: datetime) -> None:
    """Another failure of that address: a wrong sign-in, or a number that is taken."""
    FailedSignIn.objects.count_one(_address_key(address), at=at, window=WINDOW)


def check_address(address: str, *, at: datetime) -> None:
    """Whether the address may try at all; raises :class:`Refused`."""
    if FailedSignIn.objects.times(_address_key(address), at=at, window=WINDOW) >= MOST_PER_ADDRESS:
        log.warning("refused: too many tries from one address")
        raise Refused(login=Fault("too_many", {"minutes": MINUTES}))


@contextmanager
def asking_whose_number(address: str, *, at: datetime) -> Iterator[None]:
    """Around what may answer that a number is taken: whoever asks so again and again is stopped (S07)."""
    check_address(address, at=at)
    try:
        yield
    except Refused as refused:
        if refused.says("taken"):
            count_address(address, at=at)
        raise


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


def _read(login: str, at: datetime) -> tuple[bytes | None, str | None]:
    """What was typed, as the index of a number, or as a user name. Twelve digits are a citizen number first."""
    year = at.astimezone(clock.VIETNAM).year
    try:
        return numbers.index_citizen_id(citizen_id.parse(login, year=year)), None
    except Unreadable:
        pass
    try:
        return numbers.index_phone(phone.parse(login)), None
    except Unreadable:
        return None, tidy(login)[:60]


def _name_key(account: Account | None, index: bytes | None, username: str | None) -> bytes:
    """An account counts as one, by whichever name it is tried; an unknown name counts like a known one."""
    if account is not None:
        return sealing.blind("tries", f"account:{account.pk}")
    return sealing.blind("tries", f"name:{index.hex() if index else username}")


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
