"""Whether the log and the facts agree, and the log with itself (design/log.md §9). Reads everything."""

from __future__ import annotations

from django.db import connection

from lantoa.contests.log import Entry, Head, Leaf, Log
from lantoa.contests.models import Contest
from lantoa.contests.sequencer import verifier
from lantoa_verify import entries as forms
from lantoa_verify.merkle import Edge, leaf_hash
from lantoa_verify.notes import BadNote, open_checkpoint

_SHOWN = 3
_BATCH = 2000

# Each statement finds one text (`what`) a difference.
CHECKS = {
    "I1 who takes part has one entry": """
SELECT format('contestant %%s', c.id) AS what FROM lantoa_contestant c
 WHERE c.contest_id = %(contest)s
   AND NOT EXISTS (SELECT FROM lantoa_entry e WHERE e.contestant_id = c.id AND e.number = 0)""",
    "I1 a submitted attempt has one entry, and says the same": """
SELECT format('contestant %%s attempt %%s', a.contestant_id, a.number) AS what
  FROM lantoa_attempt a JOIN lantoa_contestant c ON c.id = a.contestant_id
  LEFT JOIN lantoa_entry e ON e.contestant_id = a.contestant_id AND e.number = a.number
 WHERE c.contest_id = %(contest)s AND a.submitted_at IS NOT NULL AND (
       e.id IS NULL OR e.at_ms <> floor(extract(epoch FROM a.submitted_at) * 1000)
       OR split_part(e.line, ' ', 1) <> CASE a.number WHEN 1 THEN 'first' ELSE 'again' END
       OR split_part(e.body, ' ', 3) <> a.correct::text OR split_part(e.body, ' ', 5) <> a.duration_ms::text)""",
    "I1 an entry of an attempt has its attempt": """
SELECT format('entry %%s', e.id) AS what FROM lantoa_entry e
  LEFT JOIN lantoa_attempt a ON a.contestant_id = e.contestant_id AND a.number = e.number
 WHERE e.contest_id = %(contest)s AND e.contestant_id IS NOT NULL AND e.number > 0 AND a.submitted_at IS NULL""",
    "I1 a correction has one entry": """
SELECT format('%%s: %%s corrections, %%s entries', kind, sum(decided), sum(entered)) AS what FROM (
    SELECT kind, 1 AS decided, 0 AS entered FROM lantoa_correction WHERE contest_id = %(contest)s UNION ALL
    SELECT split_part(line, ' ', 1), 0, 1 FROM lantoa_entry
     WHERE contest_id = %(contest)s AND split_part(line, ' ', 1) IN ('void', 'restore', 'move', 'merge')
) both_sides GROUP BY kind HAVING sum(decided) <> sum(entered)""",
    "I1 a share that was sent has an entry": """
SELECT format('share %%s', s.id) AS what FROM lantoa_share s WHERE s.contest_id = %(contest)s
   AND NOT EXISTS (SELECT FROM lantoa_entry e WHERE e.contestant_id = s.contestant_id AND e.line LIKE 'share %%')""",
    "I2 an entry waits or has a number, never both or neither": """
SELECT format('entry %%s', e.id) AS what FROM lantoa_entry e LEFT JOIN lantoa_waiting w ON w.entry_id = e.id
  LEFT JOIN lantoa_leaf l ON l.entry_id = e.id
 WHERE e.contest_id = %(contest)s AND (w.entry_id IS NULL) = (l.entry_id IS NULL)""",
    "I3 numbers run from 0 without a gap": """
SELECT format('%%s numbers from %%s to %%s', count(*), min(index), max(index)) AS what FROM lantoa_leaf
 WHERE contest_id = %(contest)s
HAVING count(*) > 0 AND (min(index) <> 0 OR max(index) <> count(*) - 1
       OR count(*) <> (SELECT size FROM lantoa_log WHERE contest_id = %(contest)s))""",
    "I7 attempts of a person run without a gap": """
SELECT format('contestant %%s', contestant_id) AS what FROM lantoa_entry
 WHERE contest_id = %(contest)s AND number > 0 GROUP BY contestant_id HAVING max(number) <> count(*)""",
}


def difference(contest: Contest) -> list[str]:
    """What does not agree, one sentence a rule; empty when all is well."""
    found = []
    for rule, statement in CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), (array_agg(what))[1:{_SHOWN}] FROM ({statement}) found",  # noqa: S608 (ours)
                {"contest": contest.pk},
            )
            row = cursor.fetchone()
        assert row is not None
        if row[0]:
            found.append(f"{rule}: {row[0]} differ ({'; '.join(row[1])}{' …' if row[0] > _SHOWN else ''})")
    return found + _tree(contest)


def _tree(contest: Contest) -> list[str]:
    """Lines, leaves, commitments and heads, read from the first to the last."""
    log = Log.objects.filter(contest=contest).first()
    if log is None:
        return []
    heads = {head.size: head for head in Head.objects.filter(contest=contest)}
    edge, found = Edge(), []
    rows = Leaf.objects.filter(contest=contest).order_by("index").select_related("entry").iterator(_BATCH)
    for leaf in rows:
        entry = leaf.entry
        edge.append(bytes(entry.leaf))
        if fault := _fault(entry):
            found.append(f"I4 entry {leaf.index}: {fault}")
        if (head := heads.pop(edge.size, None)) and not _holds(head, log.origin, edge.root()):
            found.append(f"I5 head {head.size} is not the root of what stands before it")
    return found + [f"I5 head {size} is longer than the log" for size in heads]


def _fault(entry: Entry) -> str:
    """What is wrong with an entry by itself; empty when nothing is."""
    line, secret, body = entry.line.encode(), entry.secret, entry.body
    if leaf_hash(line) != bytes(entry.leaf):
        return "the leaf is not the hash of the line"
    try:
        read = forms.parse_line(line)
        if read.commitment is not None and secret is not None and body is not None:
            forms.open_entry(read, forms.body_salt(bytes(secret)) + body.encode())
    except forms.BadEntry as bad:
        return str(bad)
    return ""


def _holds(head: Head, origin: str, root: bytes) -> bool:
    try:
        opened = open_checkpoint(head.note, origin, [verifier(origin)])
    except BadNote:
        return False
    return (opened.size, opened.root) == (head.size, bytes(head.root)) == (head.size, root)
