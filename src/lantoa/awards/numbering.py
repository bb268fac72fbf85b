"""Certificate numbers: "HP25-7K3M-9Q2X-4TBD", the place and year, then 60 random bits that nobody can guess.

Crockford's base 32 has no I, L, O, U: what is read aloud or copied by hand comes out right.
"""

from __future__ import annotations

import re
import secrets

from lantoa.contests.models import Contest
from lantoa.lib.clock import VIETNAM
from lantoa.lib.text import fold

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = 12  # signs of five bits
_INITIALS = 3
_LOOKALIKES = str.maketrans("OIL", "011")
_TYPED = re.compile(r"([A-Z]{1,3}[0-9]{2})([0-9A-Z]{12})", re.ASCII)


def draw(contest: Contest) -> str:
    """A new number of this contest; that it is new is for the database to say."""
    initials = "".join(word[0] for word in fold(contest.root.name).split() if word[0].isascii() and word[0].isalpha())
    prefix = f"{initials[:_INITIALS].upper() or 'LT'}{contest.opens_at.astimezone(VIETNAM):%y}"
    return _grouped(prefix, "".join(secrets.choice(ALPHABET) for _ in range(RANDOM)))


def read(typed: str) -> str | None:
    """The number as it is printed, from what somebody typed; None when it can be none."""
    match = _TYPED.fullmatch(re.sub(r"[\s.–—-]", "", typed).upper())
    if match is None:
        return None
    random = match[2].translate(_LOOKALIKES)
    return _grouped(match[1], random) if set(random) <= set(ALPHABET) else None


def _grouped(prefix: str, random: str) -> str:
    return "-".join([prefix, *(random[i : i + 4] for i in range(0, RANDOM, 4))])
