"""Short codes: the first 60 bits of a leaf hash, to find an entry by; read in any hand."""

import re

from lantoa_verify.entries import BadEntry

CODE_BITS = 60
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans("OIL", "011", "- ")

_CODE = re.compile(f"[{CROCKFORD}]{{12}}")


def short_code(leaf: bytes) -> str:
    """Return the first 60 bits of a leaf hash in Crockford's base 32, ``NKKF-GTJP-RVKQ``: to find the entry by."""
    number = code_number(leaf)
    letters = "".join(CROCKFORD[number >> place & 31] for place in range(CODE_BITS - 5, -1, -5))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def code_number(leaf: bytes) -> int:
    """Return the first 60 bits of a leaf hash as a number."""
    return int.from_bytes(leaf[:8], "big") >> (64 - CODE_BITS)


def read_code(text: str) -> int:
    """Return the 60 bits of a short code; dashes, blanks, small letters and the look-alikes O, I, L are read as meant.

    Raises BadEntry.
    """
    letters = text.upper().translate(LOOK_ALIKES)
    if not _CODE.fullmatch(letters):
        raise BadEntry("not a short code")
    number = 0
    for letter in letters:
        number = number << 5 | CROCKFORD.index(letter)
    return number
