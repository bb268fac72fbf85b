"""After the end: what everybody chose, beside the entries of their exams (log.md §2, `answers/`).

Who was erased is not in it. The files follow the published head, as the openings do.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice

from lantoa.contests.export import erased, exported, folder_of, leaves, put, text_at, write_all
from lantoa.contests.log import Entry
from lantoa.contests.models import Contest
from lantoa.exams.models import Attempt
from lantoa.exams.written import choices
from lantoa_verify import entries as forms
from lantoa_verify.export import ANSWERS, beside_files
from lantoa_verify.tiles import WIDTH

log = logging.getLogger("lantoa.log")
_STAMP = "answers/stamp"  # how long the log was, and how many entries said that something was erased


def export_answers(contest: Contest) -> bool:
    """Bring the answers of an ended contest to the published head; whether anything was to be done."""
    head = exported(contest) if contest.ended_at else None
    if head is None:
        return False
    folder, gone = folder_of(contest), str(erased(contest, head.size))
    before = text_at(folder / _STAMP).split()
    if before == [str(head.size), gone]:
        return False
    known = int(before[0]) if before[1:] == [gone] else 0
    write_all(folder, beside_files(ANSWERS, _records(contest, known, head.size), known // WIDTH))
    put(folder / _STAMP, f"{head.size} {gone}".encode())
    return True


def export_all_answers() -> None:
    """The same for every contest that has ended; the worker calls it each second."""
    for contest in Contest.objects.ended():
        try:
            export_answers(contest)
        except OSError:
            log.exception("answers of %s are not published", contest.slug)


def _records(contest: Contest, known: int, size: int) -> Iterator[bytes]:
    """One record an entry, from the start of the bundle that holds index ``known``."""
    rows = (leaf.entry for leaf in leaves(contest, known, size))
    while part := list(islice(rows, WIDTH)):
        sheets = Attempt.objects.sheets([entry.contestant_id for entry in part if entry.number])
        for entry in part:
            yield _record(entry, sheets)


def _record(entry: Entry, sheets: dict[tuple[int, int], list[int]]) -> bytes:
    if entry.secret is None or not entry.number or entry.contestant_id is None:
        return b""
    chosen = choices(sheets[entry.contestant_id, entry.number])
    return forms.inner_salt(bytes(entry.secret)) + chosen.encode()
