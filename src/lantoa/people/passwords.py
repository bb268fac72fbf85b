"""How passwords are kept: argon2id at OWASP's second parameter set (reliability.md §2, ADR 0007); what one must be."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from lantoa.lib.text import fold
from lantoa.people.refused import Fault

SHORTEST = 8
LONGEST = 200  # a hash of a megabyte would be a way to keep the server busy
_CODES = {
    "password_too_short": "short",
    "password_too_common": "common",
    "password_entirely_numeric": "numeric",
}


class Argon2idMinimal(Argon2PasswordHasher):
    """m = 19456 KiB, t = 2, p = 1: 27 ms of CPU where Django's own default takes 240."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


def fault(password: str, *, name: str = "") -> Fault | None:
    """Why the password cannot be taken: empty, short, long, common, numeric, name; None: it can."""
    if not password:
        return Fault("empty")
    if len(password) > LONGEST:
        return Fault("long", {"longest": LONGEST})
    if name and fold(password).replace(" ", "") == fold(name).replace(" ", ""):
        return Fault("name")
    try:
        validate_password(password)
    except ValidationError as refused:
        code = refused.error_list[0].code or ""
        return Fault(_CODES.get(code, "weak"), {"shortest": SHORTEST})
    return None


def spend() -> None:
    """The time of one check, for somebody who does not exist: how long an answer takes must tell nothing (S07)."""
    make_password("nobody")


def fits(password: str, encoded: str) -> bool:
    """Whether that is the password."""
    return check_password(password[: LONGEST + 1], encoded)
