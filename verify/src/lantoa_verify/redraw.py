"""After the reveal: every paper is drawn again, every sheet of answers marked again (log.md §6)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lantoa_verify.entries import (
    LETTERS,
    SALT_BYTES,
    BadEntry,
    Reveal,
    Sitting,
    answers_commitment,
    open_entry,
    parse_line,
)
from lantoa_verify.export import ANSWERS, BEACON, KEYS, OPENINGS, SEED, BadExport, read_beside, read_keys, read_lines
from lantoa_verify.papers import Bank, Blueprint, Candidate, Paper, paper_hash
from lantoa_verify.streams import contest_key, paper_key, seed_commitment
from lantoa_verify.tiles import WIDTH

if TYPE_CHECKING:
    from lantoa_verify.audit import Audit
    from lantoa_verify.export import Source
    from lantoa_verify.report import Report

NO_BEACON = "none"  # the name that stands for: no public number joins the seed


def day_of(name: str) -> float:
    """Return when the day begins that a public number's name ends with (``…:2025-10-10``, Vietnam), in milliseconds.

    Without a day in its name nothing can be said: that is for ever from now.
    """
    try:
        day = datetime.fromisoformat(f"{name.rpartition(':')[2]}T00:00+07:00")
    except ValueError:
        return math.inf
    return day.timestamp() * 1000


def bank_text(version: int, blueprint: Mapping[str, Any], questions: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a bank as the log publishes it: enough to draw every paper again, no wording and no right option.

    A question is ``id, topic, lesson, level, words, enemies, fixed, weight`` (null: drawn without a weight).
    """
    content = {"version": version, "blueprint": blueprint, "questions": questions}
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def read_bank(text: bytes) -> Bank:
    """Return a published bank ready for drawing; raises BadExport."""
    try:
        data = json.loads(text)
        candidates = [
            Candidate(
                one["id"],
                one["topic"],
                one["lesson"],
                one["level"],
                one["words"],
                frozenset(one["enemies"]),
                fixed=one["fixed"],
            )
            for one in data["questions"]
        ]
        weights = {one["id"]: one["weight"] for one in data["questions"] if one["weight"] is not None}
        return Bank(Blueprint.from_data(data["blueprint"]), candidates, weights)
    except (ValueError, KeyError, TypeError) as error:
        raise BadExport("a bank cannot be read") from error


def check_papers(source: Source, report: Report, audit: Audit) -> None:
    """Draw and mark every attempt again with the revealed seed and the right options."""
    try:
        again = _Again(source, audit)
    except (BadExport, ValueError) as error:
        report.fault(-1, f"the reveal: {error}")
        return
    for number, lines in enumerate(read_lines(source, audit.size)):
        openings = read_beside(source, OPENINGS, number, len(lines))
        answers = read_beside(source, ANSWERS, number, len(lines))
        for place, (raw, opening, answer) in enumerate(zip(lines, openings, answers, strict=True)):
            if opening and raw.startswith((b"first ", b"again ")):
                try:
                    body = open_entry(parse_line(raw), opening)
                except BadEntry:
                    continue  # reported before
                assert isinstance(body, Sitting)
                report.papers += 1
                if fault := again.fault(body, answer):
                    report.fault(number * WIDTH + place, fault)


class _Again:
    """The contest's key and banks, as the reveal makes them."""

    def __init__(self, source: Source, audit: Audit) -> None:
        seed = bytes.fromhex((source.read(SEED) or b"").decode("ascii").strip())
        reveals = [line.fields for _, line in audit.seen["reveal"]]
        committed = audit.committed
        if committed is None or committed.commitment != seed_commitment(seed):
            raise BadExport("the seed is not the one that was committed to")
        if any(isinstance(one, Reveal) and one.commitment != committed.commitment for one in reveals):
            raise BadExport("another seed was revealed")
        value = b"" if committed.beacon == NO_BEACON else source.read(BEACON)
        if value is None or (committed.beacon != NO_BEACON and not audit.seen.get("beacon")):
            raise BadExport(f"the public number {committed.beacon} is missing")
        self._key = contest_key(seed, value)
        self._banks = {version: read_bank(text) for version, text in audit.banks.items()}
        self._keys = read_keys(source.read(KEYS) or b"bank,id,right\n")

    def fault(self, body: Sitting, answer: bytes) -> str:
        """Say what is wrong with an attempt; empty when it holds."""
        bank = self._banks.get(body.bank)
        if bank is None:
            return ""  # reported before
        paper = bank.draw(paper_key(self._key, body.who, body.attempt))
        if paper_hash(body.bank, paper) != body.paper:
            return "not the paper that the seed gives"
        if not answer:
            return "its answers are withheld, it cannot be marked again"
        salt, choices = answer[:SALT_BYTES], answer[SALT_BYTES:].decode("ascii", "replace")
        try:
            if answers_commitment(salt, choices) != body.answers or len(choices) != len(paper.questions):
                return "the answers do not match their commitment"
        except BadEntry:
            return "the answers cannot be read"
        right = self._marked(body.bank, paper, choices)
        return "" if right == body.right else f"{body.right} right, marked again {right}"

    def _marked(self, version: int, paper: Paper, choices: str) -> int:
        keys = self._keys.get(version, {})
        return sum(
            choice != "-" and LETTERS.index(choice) < len(order) and order[LETTERS.index(choice)] == keys.get(one)
            for one, order, choice in zip(paper.questions, paper.options, choices, strict=True)
        )
