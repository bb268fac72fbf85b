"""What a trial found."""

from __future__ import annotations

from dataclasses import dataclass, field


class Missing(Exception):
    """This machine lacks what the trial needs: it cannot be judged here."""


@dataclass
class Report:
    """Figures by name, and every fault in words; without faults the trial is passed."""

    figures: dict[str, float | int | str]
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        said = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        return "\n".join([said, *self.faults[:10]])
