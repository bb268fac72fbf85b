"""A tuple that remembers its hash: for what is made seldom and looked up often."""

from __future__ import annotations

from typing import TypeVar

T_co = TypeVar("T_co", covariant=True)


class Hashed(tuple[T_co, ...]):  # noqa: SLOT001 (its hash is what it remembers)
    """Equal to the same plain tuple, and found where that is found; its items must be hashable."""

    _hash: int

    def __hash__(self) -> int:
        """Found once."""
        try:
            return self._hash
        except AttributeError:
            self._hash = super().__hash__()
            return self._hash
