"""Witnesses: others who keep the heads they saw and sign that each continues the one before (C2SP tlog-witness)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from lantoa.contests.log import Cosignature, Head
from lantoa.contests.models import Contest
from lantoa_verify.notes import COSIGNATURE, BadNote, Checkpoint, Note, Verifier, open_note, split_note

FRESH = timedelta(days=1)  # a witness that was not heard of for so long is not counted


class Refused(Exception):
    """A cosignature that is not taken. Codes: note, head, witness."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def known() -> list[Verifier]:
    """The witnesses that this installation counts (LANTOA_WITNESSES)."""
    return [one for one in map(Verifier.parse, settings.WITNESSES) if one.kind == COSIGNATURE]


def accept(*, contest: Contest, note: str) -> list[str]:
    """Keep what known witnesses signed under a head of this log; their names. Sent again it changes nothing.

    ``note`` is the checkpoint with the witness's line under it. Raises :class:`Refused`.
    """
    opened = _opened(note)
    checkpoint = Checkpoint.parse(opened.text)
    head = Head.objects.filter(contest=contest, size=checkpoint.size).select_related("contest__log").first()
    if head is None or bytes(head.root) != checkpoint.root or head.contest.log.origin != checkpoint.origin:
        raise Refused("head")
    lines = _lines(note)
    rows = [
        Cosignature(contest=contest, size=head.size, witness=one.name, line=lines[str(one)]) for one in opened.signed
    ]
    Cosignature.objects.bulk_create(rows, ignore_conflicts=True)
    return [row.witness for row in rows]


def _opened(note: str) -> Note:
    try:
        opened = open_note(note, known())
        Checkpoint.parse(opened.text)
    except BadNote as bad:
        raise Refused("witness" if str(bad) == "no known key has signed this" else "note") from bad
    return opened


def _lines(note: str) -> dict[str, str]:
    """The signature line of each known witness, by its key."""
    text, lines = split_note(note)
    found = {}
    for line in lines:
        for one in known():
            try:
                if one in open_note(f"{text}\n{line}\n", [one]).signed:
                    found[str(one)] = f"{line}\n"
            except BadNote:
                continue
    return found


def note_of(head: Head) -> str:
    """A head's note with every cosignature under it."""
    lines = Cosignature.objects.filter(contest=head.contest_id, size=head.size).order_by("witness")
    return head.note + "".join(lines.values_list("line", flat=True))


def counted(contest: Contest, at: datetime) -> int:
    """How many known witnesses signed a head of the last day."""
    sizes = Head.objects.filter(contest=contest, at__gt=at - FRESH).values("size")
    names = [one.name for one in known()]
    signed = Cosignature.objects.filter(contest=contest, size__in=sizes, witness__in=names)
    return signed.values("witness").distinct().count()
