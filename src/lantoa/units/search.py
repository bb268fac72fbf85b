"""Finding a unit from what somebody types: without diacritics, "Cẩm Giang" and "Cẩm Giàng" told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from lantoa.lib.text import fold, spelling_key, tone_names
from lantoa.units.models import Unit

MOST = 8


def suggest(units: Iterable[Unit], typed: str, *, most: int = MOST) -> list[Unit]:
    """The units whose name holds the words typed, the likeliest first: exact with its tones, then from the start."""
    wanted, exact = fold(typed), spelling_key(typed)
    if not wanted:
        return []
    found = [(_closeness(unit, wanted, exact), unit.search, unit.code, unit) for unit in units]
    return [unit for closeness, _, _, unit in sorted(found, key=lambda row: row[:3]) if closeness < _FAR][:most]


_FAR = 4


def _closeness(unit: Unit, wanted: str, exact: str) -> int:
    """0 exact with tones, 1 exact without, 2 the name starts so, 3 a word of it does, 4 not at all."""
    name, full = unit.search, fold(unit.full_name)
    if exact in (spelling_key(unit.name), spelling_key(unit.full_name)):
        return 0
    if wanted in (name, full):
        return 1
    if name.startswith(wanted) or full.startswith(wanted):
        return 2
    return 3 if f" {wanted}" in f" {full}" else _FAR


def one(units: Iterable[Unit], typed: str) -> Unit | None:
    """The only unit that can be meant: by its tones, else by its letters; None when there are none or several."""
    known = list(units)
    exact = spelling_key(typed)
    by_tone = [unit for unit in known if exact in (spelling_key(unit.name), spelling_key(unit.full_name))]
    if len(by_tone) == 1:
        return by_tone[0]
    wanted = fold(typed)
    by_letter = [unit for unit in known if wanted in (unit.search, fold(unit.full_name))]
    return by_letter[0] if len(by_letter) == 1 else None


def told_apart(units: Sequence[Unit]) -> dict[str, str]:
    """By code, a few words for each unit whose name equals another's but for its marks: "dấu huyền"."""
    alike: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        alike[fold(unit.full_name)].append(unit)
    hints: dict[str, str] = {}
    for group in alike.values():
        if len(group) > 1:
            hints |= {unit.code: tone for unit, tone in zip(group, tone_names([u.name for u in group]), strict=True)}
    return hints
