"""Searching people by name: by words, marks or not, and as cheap among many as among few."""

import json
from collections import Counter
from string import ascii_lowercase

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from lantoa.contests.models import Contestant
from lantoa.lib.search import MOST_FOUND
from lantoa.lib.text import fold, tidy
from tests.factories.contest import a_contest, a_contestant
from tests.factories.crowd import crowd

LETTERS = [chr(code) for code in (*range(0xC0, 0x180), *range(0x1A0, 0x1B1), *range(0x1EA0, 0x1EFA))]
LETTERS = [letter for letter in LETTERS if fold(letter) in ascii_lowercase] + list("azAZ '-.09")  # not Ø, Ł, ß


@pytest.fixture
def contest(db):
    return a_contest()


def names(found):
    return {str(one.person) for one in found.select_related("person")}


def test_every_word_must_be_there_in_any_order_marks_or_not(contest):
    for name in ("Nguyễn Hoàng Phương Thảo Nguyên", "Nguyễn Thảo", "Đỗ Thị Hòa", "Đỗ Thị Hoa"):
        a_contestant(contest, name=name)
    called = Contestant.objects.called
    assert names(called("thao nguyen")) == {"Nguyễn Hoàng Phương Thảo Nguyên", "Nguyễn Thảo"}
    assert names(called("NGUYÊN thảo phương")) == {"Nguyễn Hoàng Phương Thảo Nguyên"}
    assert names(called("đỗ hoa")) == {"Đỗ Thị Hòa", "Đỗ Thị Hoa"}
    assert names(called("do")) == {"Đỗ Thị Hòa", "Đỗ Thị Hoa"}
    assert names(called("ngu")) == set()
    assert called("  ").count() == 4


@pytest.mark.parametrize("sign", ["'", '"', "\\", "%", "%s", "%%", "{}", ",", "$1", ";--", "''", "E'", "!", "NULL"])
def test_every_sign_is_a_part_of_a_name(contest, sign):
    for name in (f"Đỗ {sign}Hara An", "Đỗ Hara An"):
        a_contestant(contest, name=name)
    for asked in (f"Đỗ {sign}Hara", f"{sign}hara do"):
        assert names(Contestant.objects.called(asked)) == {f"Đỗ {sign}Hara An"}


def test_the_words_asked_stand_in_the_statement_so_that_it_is_planned_for_them(contest):
    statement, bound = Contestant.objects.called("Thế Rạng").query.sql_with_params()
    assert "'the rang'" in statement
    assert bound == ()


def test_those_whose_name_begins_so_come_first_and_nobody_twice(contest):
    for name in ["An Văn Nguyễn"] * 60 + ["Nguyễn Văn An"] * 60 + ["Nguyễn Vân"] * 3:
        a_contestant(contest, name=name)
    found = Contestant.objects.called("nguyễn văn").select_related("person")
    assert sorted(Counter(str(one.person) for one in found).items()) == [
        ("An Văn Nguyễn", MOST_FOUND - 63),
        ("Nguyễn Vân", 3),
        ("Nguyễn Văn An", 60),
    ]


def test_of_very_many_namesakes_some_are_shown_and_filters_come_first(contest):
    crowd(contest, people=8000, seed=1)
    other = a_contest(slug="cuoc-thi-khac")
    crowd(other, people=40, seed=2)
    assert Contestant.objects.called("nguyen").count() == MOST_FOUND
    there = Contestant.objects.filter(contest=other)
    expected = {one.pk for one in there.select_related("person") if "nguyen" in fold(one.person.full_name).split()}
    assert {one.pk for one in there.called("nguyen")} == expected


def test_a_search_reads_as_little_in_a_large_crowd_as_in_a_small_one(contest):
    crowd(contest, people=2000, seed=1)
    few = _pages_read()
    crowd(contest, people=20_000, seed=2)
    assert _pages_read() <= 2 * few


def _pages_read():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE lantoa_person, lantoa_contestant")
    found = Contestant.objects.called("Trần Nguyên Đoàn Bình")[:51]
    plan = json.loads(found.explain(analyze=True, buffers=True, format="json"))[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


@pytest.mark.django_db
@given(st.lists(st.text(LETTERS, max_size=8), max_size=5).map(" ".join))
def test_the_database_reads_words_as_we_do(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT lantoa_words(lantoa_folded(%s))", [tidy(name)])
        assert cursor.fetchone()[0] == fold(name).split()


BEGINNINGS = ("nguyen van", "nguyen thi", "tran van", "pham thi", "le van")


def share_expected(beginning):
    """Of those whose name begins so, how many the planner expects."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE lantoa_person")
        asked = f"FROM lantoa_person WHERE called >= '{beginning}' AND called < '{beginning}!'"
        cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT 1 {asked}")
        planned = cursor.fetchone()[0][0]["Plan"]["Plan Rows"]
        cursor.execute(f"SELECT count(*) {asked}")
        return planned / cursor.fetchone()[0]


def test_how_many_names_begin_so_is_known_well_enough_to_read_them_in_order(contest):
    crowd(contest, people=8000, seed=1)
    assert min(map(share_expected, BEGINNINGS)) > 0.75


def test_control_counted_as_coarsely_as_any_column_far_too_few_are_expected(contest):
    crowd(contest, people=8000, seed=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lantoa_person ALTER COLUMN called SET STATISTICS -1")
    assert min(map(share_expected, BEGINNINGS)) < 0.25
