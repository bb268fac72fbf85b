"""The statements of `ranks.py`, made from the tree and from `exams/ranking.py`; no criterion is written here."""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from functools import cache

from lantoa.exams.ranking import RANKING, row
from lantoa.standings import statements, tree
from lantoa.standings.tree import CITY, CITY_DEPTH, UNIT_DEPTH, WIDTHS

_KEY = ", ".join(RANKING)
_CONTEST = "contest_id = %(contest)s"


def family(at: str, known_at: str) -> str:
    """A unit with those that became part of it: from `start` up to its last heir, then down to all that lead there."""
    return f"""{statements.heir(at, known_at)},
up(id) AS (SELECT id FROM start UNION SELECT h.successor_id FROM heir h JOIN up ON h.unit_id = up.id),
top AS (SELECT id FROM up WHERE NOT EXISTS (SELECT FROM heir h WHERE h.unit_id = up.id)),
family(id) AS (SELECT id FROM top UNION SELECT h.unit_id FROM heir h JOIN family f ON h.successor_id = f.id)"""


_FAMILY = family("now()", "now()")


def _counted(unit: str, at: str, upto: str = "") -> str:
    """How many one bucket of a unit counts, in all or in its first parts."""
    some = f"[1:{upto}]" if upto else ""
    return f"""coalesce((SELECT sum(n) FROM lantoa_bucket, unnest(counts{some}) AS n
        WHERE {_CONTEST} AND unit_id = {unit} AND {at}), 0)"""


def _parts_before(unit: str, depth: int) -> str:
    """How many lie in whole parts before `m`, level by level, in that unit's tree: one row a level."""
    result = ("m.missed", "m.ms")
    return " + ".join(
        _counted(unit, tree.where(level, *result), tree.place(level, *result)) for level in range(depth + 1)
    )


def _before(unit: str, depth: int, only: str) -> str:
    """How many are strictly before `m`: whole parts, changes not folded yet, and my part by the ranking itself."""
    width = tree.width(depth)
    mine = f"(m.missed, m.ms / {width})"
    return f"""{_parts_before(unit, depth)}
      + (SELECT coalesce(sum(
            coalesce((new_missed, new_ms / {width}) < {mine}, false)::int
          - coalesce((old_missed, old_ms / {width}) < {mine}, false)::int), 0)
           FROM lantoa_change WHERE {_CONTEST} {only})
      + (SELECT count(*) FROM lantoa_best b WHERE {_CONTEST} {only} AND missed = m.missed
           AND ms >= m.ms / {width} * {width} AND ms <= m.ms AND {row("b.")} < {row("m.")})"""


def _total(unit: str, only: str) -> str:
    return f"""{_counted(unit, tree.where(0))}
      + (SELECT count(new_missed) - count(old_missed) FROM lantoa_change WHERE {_CONTEST} {only})"""


_OF_UNIT = "AND unit_id = f.id"

RANKS = f"""
WITH RECURSIVE m AS (
    SELECT unit_id, {_KEY} FROM lantoa_best WHERE {_CONTEST} AND contestant_id = %(contestant)s
), start AS (SELECT unit_id AS id FROM m), {_FAMILY}
SELECT m.missed, m.ms,
       (1 + {_before(str(CITY), CITY_DEPTH, "")})::bigint,
       ({_total(str(CITY), "")})::bigint,
       (1 + (SELECT sum({_before("f.id", UNIT_DEPTH, _OF_UNIT)}) FROM family f))::bigint,
       (SELECT sum({_total("f.id", _OF_UNIT)}) FROM family f)::bigint
  FROM m
"""


def _inside(at: str) -> str:
    """The parts (place from 0, n) of the buckets of a scope."""
    return f"""scope, LATERAL (
            SELECT (place - 1)::int AS place, n FROM lantoa_bucket, unnest(counts) WITH ORDINALITY AS part(n, place)
             WHERE {_CONTEST} AND unit_id = scope.id AND {at} OFFSET 0) b"""


def _level(number: int) -> str:
    """One step down: the parts of the slot found above, and the one of them that holds row `offset`."""
    width, above = WIDTHS[number - 1], f"p{number - 1}"
    first, found = "", ""
    if number > 1:
        whole = WIDTHS[number - 2]
        first = f"{above}.slot * {whole // width} + "
        found = f"AND step.ms / {whole} = {above}.slot"
    at = f"level = {number} AND missed = {above}.missed AND slot = {above}.slot"
    return f"""l{number} AS (
    SELECT slot, sum(n) AS n FROM (
        SELECT {first}b.place AS slot, b.n FROM {above}, {_inside(at)}
        UNION ALL
        SELECT step.ms / {width}, step.n FROM {above} JOIN step ON step.missed = {above}.missed {found}
    ) slots GROUP BY slot
), p{number} AS (
    SELECT {above}.missed, x.slot, {above}.before + x.before AS before
      FROM {above}, (SELECT slot, n, sum(n) OVER (ORDER BY slot) - n AS before FROM l{number}) x
     WHERE {above}.before + x.before + x.n > %(offset)s ORDER BY x.slot LIMIT 1
)"""


_SHOWN = f"""
SELECT (SELECT coalesce(sum(n), 0) FROM l0)::bigint, shown.code, shown.kind, shown.name,
       line.rank::bigint, line.contestant_id,
       c.public_name, u.code, u.kind, u.name, {_KEY}
  FROM {{shown}}
  LEFT JOIN line ON true
  LEFT JOIN lantoa_contestant c ON c.id = line.contestant_id
  LEFT JOIN lantoa_unit u ON u.id = line.unit_id
 ORDER BY {_KEY}, contestant_id
"""


def _equals(only: str) -> str:
    """The first of the lines (`near`) and how many equal to it were given on the page before: they rank as it does."""
    return f"""m AS (SELECT {_KEY}, contestant_id FROM near ORDER BY {_KEY}, contestant_id LIMIT 1), given AS (
    SELECT count(*) AS n FROM m, scope, lantoa_best b
     WHERE {_CONTEST} {only} AND {row("b.")} = {row("m.")} AND b.contestant_id < m.contestant_id
)"""


# `above` are those strictly before the first line; what follows its equals ranks behind those `given` already, too.
_LINE = f"""line AS (
    SELECT near.*, (SELECT n FROM above) + place + CASE WHEN place > 1 THEN (SELECT n FROM given) ELSE 0 END AS rank
      FROM (SELECT near.*, rank() OVER (ORDER BY {_KEY}) AS place FROM near) near
)"""


_SKIPPED = "(%(offset)s - p.before)::bigint"  # results of the slot that lie before the page


def _page(scope: str, depth: int, *, unit: bool) -> str:
    """Walk down the levels by running sums to the slot that holds row `offset`, then a short way along the index."""
    waiting = "AND unit_id IN (SELECT id FROM family)" if unit else ""
    of_unit = "AND unit_id = scope.id" if unit else ""
    levels = ",\n".join(_level(number) for number in range(1, depth + 1))
    shown = (
        "top JOIN lantoa_unit shown USING (id)" if unit else "(SELECT NULL AS code, NULL AS kind, NULL AS name) shown"
    )
    inside = f"""SELECT contestant_id, unit_id, {_KEY} FROM lantoa_best
         WHERE {_CONTEST} {of_unit} AND (missed, ms) >= (p.missed, p.slot * {tree.width(depth)})
         ORDER BY {_KEY}, contestant_id"""
    # Of several units that became one, so many are read from each, and cut where they are together.
    near = f"""SELECT b.* FROM p{depth} p, scope, LATERAL ({inside} LIMIT {_SKIPPED} + %(size)s) b
     ORDER BY {_KEY}, contestant_id OFFSET (SELECT {_SKIPPED} FROM p{depth} p) LIMIT %(size)s"""
    if not unit:
        near = f"SELECT b.* FROM p{depth} p, LATERAL ({inside} OFFSET {_SKIPPED} LIMIT %(size)s) b"
    return f"""
WITH RECURSIVE {scope},
waiting AS (SELECT * FROM lantoa_change WHERE {_CONTEST} {waiting}),
step AS ({tree.steps("waiting")}),
l0 AS (
    SELECT missed, sum(n) AS n FROM (
        SELECT b.place AS missed, b.n FROM {_inside(tree.where(0))}
        UNION ALL SELECT missed, n FROM step
    ) slots GROUP BY missed
), p0 AS (
    SELECT missed, 0 AS slot, before
      FROM (SELECT missed, n, sum(n) OVER (ORDER BY missed) - n AS before FROM l0) x
     WHERE before + n > %(offset)s ORDER BY missed LIMIT 1
), {levels},
near AS (
    {near}
), {_equals(of_unit)}, above AS (SELECT %(offset)s - n AS n FROM given), {_LINE}
{_SHOWN.format(shown=shown)}"""


def _after(scope: str, depth: int, *, unit: bool) -> str:
    """The next rows behind a key from the index, the rank of the first of them from the tree; no depth costs more."""
    only = "AND unit_id = scope.id" if unit else ""
    behind = (
        f"({_KEY}) >= (%(missed)s, %(ms)s, %(at)s) AND ({_KEY}, contestant_id) > (%(missed)s, %(ms)s, %(at)s, %(last)s)"
    )
    shown = (
        "top JOIN lantoa_unit shown USING (id)" if unit else "(SELECT NULL AS code, NULL AS kind, NULL AS name) shown"
    )
    return f"""
WITH RECURSIVE {scope},
l0 AS (SELECT sum({_total("scope.id", only)}) AS n FROM scope),
near AS (
    SELECT b.* FROM scope, LATERAL (
        SELECT contestant_id, unit_id, {_KEY} FROM lantoa_best WHERE {_CONTEST} {only} AND {behind}
         ORDER BY {_KEY}, contestant_id LIMIT %(size)s) b
     ORDER BY {_KEY}, contestant_id LIMIT %(size)s
), {_equals(only)}, above AS (SELECT sum({_before("scope.id", depth, only)}) AS n FROM m, scope), {_LINE}
{_SHOWN.format(shown=shown)}"""


_CITY = f"scope(id) AS (SELECT {CITY}::bigint)"
_UNIT = f"""start AS (
    SELECT u.id FROM lantoa_unit u JOIN lantoa_contest c ON c.root_id = u.parent_id
     WHERE c.id = %(contest)s AND u.code = %(code)s ORDER BY u.valid_to DESC NULLS FIRST LIMIT 1
), {_FAMILY}, scope(id) AS (SELECT id FROM family)"""


@cache
def sized(statement: str, size: int) -> str:
    """A page or stretch of that many lines, written into the text.

    A parameter the planner takes for a tenth of everybody; then it makes a plan for each page, dearer than the page.
    """
    return statement.replace("%(size)s", str(size))


CITY_PAGE = _page(_CITY, CITY_DEPTH, unit=False)
UNIT_PAGE = _page(_UNIT, UNIT_DEPTH, unit=True)
CITY_AFTER = _after(_CITY, CITY_DEPTH, unit=False)
UNIT_AFTER = _after(_UNIT, UNIT_DEPTH, unit=True)
