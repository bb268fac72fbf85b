"""What a process remembers of what it once made: as much as fits, what nobody asked for goes first."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from django.db.models import Model

Made = TypeVar("Made")


class Lately(Generic[Made]):
    """Things by everything that they depend on: those asked for lately, and those before them.

    Each half holds ``most`` at most, as their makers count it, or one thing that is more. An hour that makes something
    new each second forgets that again; what is asked for all the time stays.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0  # of the young ones
        self.young: dict[tuple[Any, ...], tuple[Made, int]] = {}
        self.old: dict[tuple[Any, ...], tuple[Made, int]] = {}

    def get(self, key: tuple[Any, ...]) -> Made | None:
        """What was made for this key; an old thing grows young."""
        found = self.young.get(key)
        if found is None and (found := self.old.pop(key, None)):
            self._keep(key, *found)
        return found[0] if found else None

    def keep(self, key: tuple[Any, ...], made: Made, size: int) -> None:
        """Remember it; raises TypeError for a row of a table in the key."""
        if any(isinstance(value, Model) for value in key):
            raise TypeError("a row equals itself whatever was changed in it: hand over its values")
        self._keep(key, made, size)

    def _keep(self, key: tuple[Any, ...], made: Made, size: int) -> None:
        if self.size + size > self.most:
            self.old, self.young, self.size = self.young, {}, 0
        self.young[key] = made, size
        self.size += size
