from datetime import timedelta

import pytest

from lantoa.shares import actions, wall
from lantoa.shares.models import Share
from tests.factories.contest import DURING, a_contestant
from tests.shares.conftest import finish


@pytest.fixture
def posts(contest, moderator):
    """Thirty published shares of three kinds in three units; every second pair at one instant."""
    units = list(contest.root.children.order_by("code"))
    made = []
    for n in range(30):
        author = a_contestant(contest, name=f"Trần Thị Số {n}", unit=units[n % 3])
        finish(author)
        kind = ["slogan", "message"][n % 2]
        share = actions.send_share(
            contestant=author, kind=kind, text=f"Bài số {n}: hỏi lại trước khi chuyển.", may_publish=True, at=DURING
        )
        made.append(actions.publish_share(share=share, by=moderator, at=DURING + timedelta(minutes=n // 2)))
    return made


def walk(contest, **how):
    """All pages, following the key."""
    seen, after = [], ""
    for _ in range(10):
        page = wall.page(contest, after=after, **how)
        seen += [entry.number for entry in page.entries]
        after = page.older
        if not after:
            return seen
    raise AssertionError("the wall has no end")


def test_following_the_key_shows_each_share_once_the_newest_first(contest, posts):
    expected = [s.pk for s in sorted(posts, key=lambda s: (s.decided_at, s.pk), reverse=True)]
    assert walk(contest) == expected


def test_a_share_published_meanwhile_disturbs_no_reader(contest, posts, moderator, me):
    first = wall.page(contest)
    share = actions.send_share(
        contestant=me, kind="slogan", text="Tắt máy là thoát.", may_publish=True, at=DURING + timedelta(hours=2)
    )
    actions.publish_share(share=share, by=moderator, at=DURING + timedelta(hours=3))
    second = wall.page(contest, after=first.older)
    assert not {e.number for e in first.entries} & {e.number for e in second.entries}


def test_the_wall_shows_one_kind_or_one_unit_when_asked(contest, posts):
    unit = posts[0].unit
    assert len(walk(contest, kind="slogan")) == 15
    assert len(walk(contest, unit=unit)) == 10
    assert len(walk(contest, kind="slogan", unit=unit)) == 5
    assert walk(contest, kind="story") == []


@pytest.mark.parametrize("key", ["", "x", "1-", "-1-1", "9" * 18 + "-1", "1-" + "9" * 19, "١-١", "1-1\n"])
def test_an_odd_key_is_the_beginning(contest, posts, key):
    assert len(wall.page(contest, after=key).entries) == wall.PAGE


def test_the_wall_shows_published_shares_only(contest, me, moderator):
    share = actions.send_share(contestant=me, kind="slogan", text="Chậm mà chắc.", may_publish=True, at=DURING)
    assert wall.page(contest).entries == ()
    actions.publish_share(share=share, by=moderator)
    assert len(wall.page(contest).entries) == 1
    actions.withdraw_share(contestant=me)
    assert wall.page(contest).entries == ()


def test_an_author_is_shown_masked_with_the_unit(contest, me, moderator):
    share = actions.send_share(contestant=me, kind="slogan", text="Chậm mà chắc.", may_publish=True, at=DURING)
    actions.publish_share(share=share, by=moderator)
    (entry,) = wall.page(contest).entries
    assert entry.author == "Nguyễn H. P. T. Nguyên"
    assert entry.unit == "Xã Cẩm Giang"


def test_a_long_story_unfolds_without_losing_a_word(contest, me, moderator):
    text = "\n".join(f"Đoạn {n}: bà tôi đã tự bấm được rồi." for n in range(40))
    share = actions.send_share(contestant=me, kind="story", text=text, may_publish=True, at=DURING)
    actions.publish_share(share=share, by=moderator)
    (entry,) = wall.page(contest).entries
    assert len(entry.lead) <= wall.LEAD
    assert f"{entry.lead}\n{entry.rest}" == text


def test_a_page_of_the_wall_costs_one_query(contest, posts, django_assert_num_queries):
    unit = posts[0].unit
    with django_assert_num_queries(1):
        wall.page(contest, unit=unit, kind="slogan")


def test_the_wall_walks_an_index_and_sorts_no_crowd(contest, posts):
    from django.db import connection

    with connection.cursor() as cursor:
        for way in (
            "seqscan",
            "bitmapscan",
            "hashjoin",
            "mergejoin",
            "sort",
        ):  # a handful of rows would tempt the planner
            cursor.execute(f"SET LOCAL enable_{way} = off")
    plan = Share.objects.published(contest).filter(unit=posts[0].unit)[:13].explain()
    assert "share_wall" in plan, plan
    assert "Seq Scan on lantoa_share" not in plan
