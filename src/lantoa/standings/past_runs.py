"""What the city's buckets counted at each moment: their steps in order, in short runs (figures.md §4).

A row holds so many steps of one bucket, one after another, and what it counted before them, part by part. A moment is
found in the run that it lies in; whatever the crowd, so many steps are read there and no more. Facts only: corrections
are few and read from the journal.
"""

# ruff: noqa: S608 (statements are put together from this room's own constants; every value is a parameter)
from __future__ import annotations

from lantoa.standings import tree

RUN = 128  # steps in a row; those of one instant stay together
_CONTEST = "contest_id = %(contest)s"
_NODE = "level, missed, slot"
_ROW = f"{_NODE}, since, nth, counts, at, parts"


def results(where_came: str, where_went: str) -> str:
    """Signed steps of results: a new one comes, the old one goes; a fact's old one only if a new one comes."""
    return f"""
        SELECT contestant_id, at, 1 AS n, new_missed AS missed, new_ms AS ms, coalesce(new_at, at) AS submitted_at
          FROM lantoa_movement WHERE {_CONTEST} AND new_missed IS NOT NULL AND {where_came}
        UNION ALL
        SELECT contestant_id, at, -1, old_missed, old_ms, old_at FROM lantoa_movement
         WHERE {_CONTEST} AND old_missed IS NOT NULL AND (new_missed IS NOT NULL OR correction_id IS NOT NULL)
           AND {where_went}"""


def always(where: str) -> str:
    """The same, one condition for what comes and what goes."""
    return results(where, where)


# The last step that is folded: before it, every fact is.
LAST = f"""coalesce((SELECT at[cardinality(at)] FROM lantoa_bucketrun
     WHERE {_CONTEST} AND level = 0 AND missed = 0 AND slot = 0 ORDER BY since DESC LIMIT 1), '-infinity')"""


# What each bucket counted before each of its runs, part by part, from the signed parts that `moved` in them.
_BEFORE = f"""part AS (
    SELECT {_NODE}, run, place, sum(n) AS n FROM (
        SELECT * FROM moved
        UNION ALL
        SELECT {_NODE}, run, generate_series(1, most), 0 FROM (
            SELECT {_NODE}, run, max(max(place)) OVER (PARTITION BY {_NODE}) AS most FROM moved GROUP BY {_NODE}, run
        ) each_run
    ) parts GROUP BY {_NODE}, run, place
), before AS (
    SELECT *, max(place) FILTER (WHERE n <> 0) OVER (PARTITION BY {_NODE}, run) AS upto FROM (
        SELECT {_NODE}, run, place, coalesce(sum(n) OVER (
            PARTITION BY {_NODE}, place ORDER BY run ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::int AS n
          FROM part
    ) running
)"""


def _runs(opened: str, where: str) -> str:
    """Rows of the runs that the facts `where` make, behind the last run of each bucket as in `opened`.

    A run ends with RUN steps, counted from the first one of all: the same rows, folded in pieces or at once. Nothing is
    joined but the last runs: nobody can tell the planner how many there will be.
    """
    return f"""step AS ({always(f"correction_id IS NULL AND {where}")}),
lying AS MATERIALIZED ({tree.placed("step")}),
opened AS MATERIALIZED ({opened}),
numbered AS MATERIALIZED (
    SELECT {_NODE}, l.at, place, n,
           coalesce(o.nth + cardinality(o.at), 0) + rank() OVER (PARTITION BY {_NODE} ORDER BY l.at) - 1 AS nth
      FROM lying l LEFT JOIN opened o USING ({_NODE})
), moved AS MATERIALIZED (
    SELECT {_NODE}, nth / {RUN} AS run, place, n FROM numbered
    UNION ALL
    SELECT {_NODE}, nth / {RUN}, abs(part), sign(part)::int FROM opened, unnest(parts) AS part
    UNION ALL
    SELECT {_NODE}, nth / {RUN} - 1, place, n FROM opened, unnest(counts) WITH ORDINALITY AS part(n, place)
), {_BEFORE}, runs AS (
    SELECT {_NODE}, coalesce(min(since), min(at)) AS since, min(nth)::int AS nth,
           coalesce(array_agg(n ORDER BY place) FILTER (WHERE place <= upto), '{{}}') AS counts,
           array_agg(at ORDER BY at, step) FILTER (WHERE at IS NOT NULL) AS at,
           array_agg(step ORDER BY at, step) FILTER (WHERE at IS NOT NULL) AS parts
      FROM (
        SELECT {_NODE}, nth / {RUN} AS run, NULL::timestamptz AS since, nth, at, (place * n)::smallint AS step,
               NULL::bigint AS place, NULL::int AS n, NULL::bigint AS upto FROM numbered
        UNION ALL SELECT {_NODE}, run, NULL, NULL, NULL, NULL, place, n, upto FROM before
        UNION ALL SELECT {_NODE}, nth / {RUN}, since, NULL, NULL, NULL, NULL, NULL, NULL FROM opened
    ) together GROUP BY {_NODE}, run HAVING count(at) > 0
)"""


# From the last step folded to where the totals are folded: before that edge every fact is known.
FOLD = f"""
WITH {
    _runs(
        f'''SELECT o.* FROM (SELECT DISTINCT {_NODE} FROM lying) node, LATERAL (
        SELECT {_ROW} FROM lantoa_bucketrun
         WHERE {_CONTEST} AND level = node.level AND missed = node.missed AND slot = node.slot
         ORDER BY since DESC LIMIT 1) o''',
        f"at > {LAST} AND at < (SELECT until FROM lantoa_totalsedge WHERE {_CONTEST})",
    )
}
INSERT INTO lantoa_bucketrun AS r (contest_id, {_ROW})
SELECT %(contest)s, {_ROW} FROM runs ORDER BY {_NODE}, since
ON CONFLICT (contest_id, {_NODE}, since) DO UPDATE SET at = r.at || excluded.at, parts = r.parts || excluded.parts
"""

DIFFER = f"""
WITH kept AS (SELECT {_ROW} FROM lantoa_bucketrun WHERE {_CONTEST}),
{_runs("SELECT * FROM kept WHERE false", f"at <= {LAST}")}
SELECT format('level %%s missed %%s slot %%s since %%s', {_NODE}, since) AS what FROM (
    (SELECT {_ROW} FROM runs EXCEPT SELECT * FROM kept) UNION (SELECT * FROM kept EXCEPT SELECT {_ROW} FROM runs)
) differing
"""


def _run_at(level: int, missed: str, ms: str) -> str:
    """The run of a bucket in which the moment `before` lies: at most one row."""
    return f"""SELECT counts, at, parts FROM lantoa_bucketrun
         WHERE {_CONTEST} AND {tree.where(level, missed, ms)} AND since < %(before)s ORDER BY since DESC LIMIT 1"""


def counted(level: int, missed: str = "", ms: str = "", upto: str = "") -> str:
    """How many one bucket counted before the moment `before`, in all or in its first parts."""
    some, came, went = ("", "> 0", "< 0")
    if upto:
        some, came, went = f"[1:{upto}]", f"BETWEEN 1 AND {upto}", f"BETWEEN -({upto}) AND -1"
    return f"""coalesce((
        SELECT (SELECT coalesce(sum(n), 0) FROM unnest(counts{some}) AS n)
             + (SELECT count(*) FILTER (WHERE part {came}) - count(*) FILTER (WHERE part {went})
                  FROM unnest(at, parts) AS step(at, part) WHERE step.at < %(before)s)
          FROM ({_run_at(level, missed, ms)}) run), 0)"""


def inside(level: int, missed: str = "", ms: str = "") -> str:
    """The parts (place from 0, n) of one bucket before the moment `before`; a part may come in several rows."""
    return f"""SELECT part.place, part.n FROM ({_run_at(level, missed, ms)}) run, LATERAL (
            SELECT (place - 1)::int AS place, n FROM unnest(counts) WITH ORDINALITY AS counted(n, place)
            UNION ALL
            SELECT abs(part) - 1, sign(part)::int FROM unnest(at, parts) AS step(at, part)
             WHERE step.at < %(before)s) part"""
