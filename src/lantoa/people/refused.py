"""How the people room says no: a code for each field, turned into words by the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """What is wrong with one thing; ``facts`` are what a message may name, never a personal number.

    A ``doubt`` is only asked about once: whoever says that it is right goes on with it.
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    doubt: bool = False


class Refused(Exception):
    """A rule of the people room says no; ``faults`` tells what and where, `.code` the first of them."""

    def __init__(self, **faults: Fault | str) -> None:
        self.faults = {name: Fault(said) if isinstance(said, str) else said for name, said in faults.items()}
        super().__init__(", ".join(f"{name}: {fault.code}" for name, fault in self.faults.items()))

    def says(self, code: str) -> bool:
        """Whether one of the faults is of that kind."""
        return any(fault.code == code for fault in self.faults.values())

    @property
    def code(self) -> str:
        """The code of the first fault."""
        return next(iter(self.faults.values())).code
