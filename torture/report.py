"""What a trial found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FROM, UPTO = "<!-- figures -->", "<!-- end of figures -->"


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


def told(one: dict[str, Any]) -> str:
    """The figures of a trial as a table's cell."""
    found = ", ".join(f"{what} {value}" for what, value in one["figures"].items())
    return found if one["passed"] else f"NOT PASSED: {found}"


def into(page: Path, lines: Sequence[str]) -> None:
    """Write a table into an operator's page, between its two marks."""
    before, _, rest = page.read_text().partition(FROM)
    page.write_text(before + FROM + "\n" + "\n".join(lines) + "\n" + UPTO + rest.partition(UPTO)[2])
