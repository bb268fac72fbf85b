"""Numbers that nobody can have: who takes part in a rehearsal is known by them, and never meets a real person's.

+888 was the country code of disaster relief until the ITU took it back; no place of birth has the prefix 998
(Circular 07/2016/TT-BCA, annexes I and II).
"""

from __future__ import annotations

from lantoa.people.refused import Fault

PHONES = "+888"
CITIZENS = "998"


def numbers_of(serial: int) -> tuple[str, str]:
    """Phone and citizen number of the invented person of that serial number, from 1 to 999,999."""
    return f"{PHONES}{serial:011}", f"{CITIZENS}090{serial:06}"


def faults(phone: str | None, citizen_id: str | None, *, rehearsal: bool) -> dict[str, Fault]:
    """Each number given that is invented where real ones belong, or real where invented ones do."""
    given = {"phone": (phone, PHONES), "citizen_id": (citizen_id, CITIZENS)}
    code = "real" if rehearsal else "invented"
    return {
        name: Fault(code)
        for name, (number, prefix) in given.items()
        if number is not None and number.startswith(prefix) is not rehearsal
    }
