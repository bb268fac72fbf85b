"""What a verifier found: faults, things to know, and the figures that follow from the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lantoa_verify.fold import Counts

MOST_SHOWN = 20


class Finding(NamedTuple):
    """A fault; the entry where it was met, -1 for the whole."""

    entry: int
    what: str

    def __str__(self) -> str:
        """One line."""
        return f"entry {self.entry}: {self.what}" if self.entry >= 0 else self.what


@dataclass(slots=True)
class Report:
    """The outcome. Without findings everything that can be checked holds."""

    origin: str
    size: int
    root: bytes
    witnesses: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)  # true, but somebody should know: late, closed, not checkable
    late: list[tuple[int, int]] = field(default_factory=list)  # entry, milliseconds
    closed: Counter[str] = field(default_factory=Counter)  # entries without an opening, by kind
    erased: int = 0
    counts: Counts = field(default_factory=Counts)
    bulletins: int = 0
    standings: int = 0
    heads: int = 0
    papers: int = 0  # drawn and marked again

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def fault(self, entry: int, what: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(entry, what))

    def notice(self, entry: int, what: str) -> None:
        """Add something to know."""
        self.notices.append(Finding(entry, what))

    def data(self) -> Mapping[str, Any]:
        """Return everything as data for JSON."""
        return {
            "good": self.good,
            "origin": self.origin,
            "size": self.size,
            "root": self.root.hex(),
            "witnesses": self.witnesses,
            "findings": [finding._asdict() for finding in self.findings],
            "notices": [notice._asdict() for notice in self.notices],
            "late": [{"entry": entry, "ms": ms} for entry, ms in self.late],
            "closed": dict(self.closed),
            "erased": self.erased,
            **self.counts._asdict(),
            "bulletins": self.bulletins,
            "standings": self.standings,
            "heads": self.heads,
            "papers": self.papers,
        }

    def text(self) -> str:
        """Return everything in words."""
        who = ", ".join(self.witnesses) or "none"
        closed = ", ".join(f"{n} {kind}" for kind, n in sorted(self.closed.items())) or "none"
        registered, finished, attempts = self.counts
        lines = [
            f"log        {self.origin}",
            f"entries    {self.size}, root {self.root.hex()}",
            f"witnesses  {len(self.witnesses)} ({who})",
            f"checked    {self.heads} heads, {self.bulletins} bulletins, {self.standings} standings",
            f"papers     {self.papers} drawn again",
            f"figures    {registered} registered, {finished} finished, {attempts} attempts",
            f"closed     {closed}; erased for ever: {self.erased}",
            f"late       {len(self.late)}",
            *(f"  entry {entry}: {ms / 1000:.0f} s" for entry, ms in self.late[:MOST_SHOWN]),
            *(f"note       {notice}" for notice in self.notices[:MOST_SHOWN]),
            *(f"WRONG      {finding}" for finding in self.findings[:MOST_SHOWN]),
        ]
        more = len(self.findings) - MOST_SHOWN
        lines += [f"           and {more} more"] if more > 0 else []
        lines.append("Everything holds." if self.good else f"{len(self.findings)} faults: this log does NOT hold.")
        return "\n".join(lines)
