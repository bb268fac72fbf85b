"""Closing for ever what the log tells of somebody (log.md §1): secrets and bodies go, lines and proofs stay.

An entry keeps the link to its row, so that nothing is entered again; the row names nobody any more.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from lantoa.contests import ledger
from lantoa.contests.log import Entry
from lantoa.contests.models import Contestant
from lantoa.contests.sequencer import number_all
from lantoa.people.models import AuditEntry
from lantoa_verify import entries as forms
from lantoa_verify.export import digest_of, indexes_text


def asking_erasure(among: QuerySet[Contestant]) -> QuerySet[Contestant]:
    """Those whose person asked to be erased, and still is there."""
    return among.filter(person__erased_at__isnull=True, person__in=AuditEntry.objects.people_asking_erasure())


def erase_entries(*, contestant: Contestant, at: datetime) -> int:
    """Erase secret and body of every entry about this entry into a contest, and say so in the log; how many.

    Inside the caller's transaction. With the next head the sequencer withdraws the published openings and answers.
    """
    number_all(contestant.contest)
    held = list(Entry.objects.open_of(contestant))
    if not held:
        return 0
    text = indexes_text(entry.numbered.index for entry in held)
    Entry.objects.filter(pk__in=[entry.pk for entry in held]).update(secret=None, body=None)
    fields = forms.Erase(len(held), digest_of(text))
    ledger.append(contestant.contest_id, ledger.public("erase", at, fields, text.decode()))
    return len(held)
