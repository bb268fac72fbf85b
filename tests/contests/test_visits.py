"""Visits: made = counted, by many writers at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from lantoa.contests.visits import Visit, record_visits
from lantoa.lib import clock
from tests.factories.contest import a_contest


@pytest.mark.django_db
def test_visits_add_up_in_the_minute_of_the_database():
    contest = a_contest()
    before = clock.now().replace(second=0, microsecond=0)
    record_visits({contest.slug: 3}, shard=1)
    record_visits({contest.slug: 4, "khong-co": 9}, shard=1)
    (row,) = Visit.objects.all()
    assert (row.contest, row.n) == (contest, 7)
    assert row.minute.second == row.minute.microsecond == 0
    assert before <= row.minute <= clock.now()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shards", [1, 8])
def test_eight_writers_at_once_lose_nothing(shards):
    contest = a_contest()
    gate = Barrier(8)

    def write(number):
        gate.wait()
        try:
            for n in range(25):
                record_visits({contest.slug: n}, shard=number % shards)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert sum(Visit.objects.values_list("n", flat=True)) == 8 * sum(range(25))
