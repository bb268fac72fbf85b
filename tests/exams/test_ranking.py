"""The ranking rule: the database and Python agree, ties stay ties."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lantoa.exams import ranking
from lantoa.exams.results import Result
from tests.factories.contest import DURING

results = st.builds(
    Result,
    missed=st.integers(0, 3),
    ms=st.sampled_from([1000, 2000, 2050]),
    submitted_at=st.integers(0, 2).map(lambda s: DURING + timedelta(seconds=s)),
)


@given(st.lists(results, min_size=1, max_size=30))
def test_a_rank_is_one_more_than_the_number_of_strictly_better_results(found):
    ordered = sorted(found, key=ranking.key)
    for result, rank in zip(ordered, ranking.ranks(ordered), strict=True):
        assert rank == 1 + sum(ranking.key(other) < ranking.key(result) for other in found)


@given(st.lists(results, min_size=1, max_size=30))
def test_the_best_result_has_no_better_one(found):
    best = ranking.best(found)
    assert not any(ranking.key(other) < ranking.key(best) for other in found)


def test_more_right_answers_beat_any_time():
    slow, fast = Result(0, 1_200_000, DURING), Result(1, 1, DURING - timedelta(days=5))
    assert ranking.best([slow, fast]) is slow


def test_the_database_orders_as_python_does(db):
    from django.db import connection

    sample = [Result(m, t, DURING + timedelta(seconds=s)) for m in (0, 1) for t in (5, 3) for s in (2, 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT missed, ms, submitted_at FROM unnest(%s::int[], %s::int[], %s::timestamptz[])"
            f" AS r(missed, ms, submitted_at) ORDER BY {ranking.row('r.')}",
            [[r.missed for r in sample], [r.ms for r in sample], [r.submitted_at for r in sample]],
        )
        rows = [Result(*row) for row in cursor.fetchall()]
    assert [ranking.key(r) for r in rows] == [ranking.key(r) for r in sorted(sample, key=ranking.key)]
