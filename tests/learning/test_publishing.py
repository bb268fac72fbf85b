"""Publishing lessons: versions, what changed, what stays."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from lantoa.learning.actions import publish_lessons, set_topics
from lantoa.learning.models import Lesson
from lantoa.lib.frontmatter import BadContent
from tests.learning.conftest import write


def current(contest):
    return {lesson.code: lesson.version for lesson in Lesson.objects.current(contest)}


def test_publishing_makes_a_first_version_of_every_lesson(contest):
    assert current(contest) == {"1.1": 1, "1.2": 1, "2.1": 1, "2.2": 1}
    assert [lesson.size for lesson in Lesson.objects.current(contest)] == [3, 2, 3, 2]


def test_publishing_the_same_again_changes_nothing(contest, folder):
    before = list(Lesson.objects.filter(contest=contest).values())
    assert publish_lessons(contest=contest, folder=folder) == []
    assert list(Lesson.objects.filter(contest=contest).values()) == before


def test_a_changed_lesson_gets_a_new_version_and_the_old_one_stays(contest, folder, lesson):
    old = lesson("1.1")
    write(folder, "1.1", word="Lời mới")
    assert publish_lessons(contest=contest, folder=folder) == ["bài 1.1 bản 2"]
    old.refresh_from_db()
    assert (old.version, old.current, old.cards[0]["text"]) == (1, False, "Chữ 1.")
    assert lesson("1.1").cards[0]["text"] == "Lời mới 1."


def test_going_back_to_an_old_wording_is_a_new_version_too(contest, folder):
    write(folder, "1.1", word="Lời mới")
    publish_lessons(contest=contest, folder=folder)
    write(folder, "1.1")
    publish_lessons(contest=contest, folder=folder)
    assert current(contest)["1.1"] == 3


def test_a_lesson_that_left_the_package_is_set_aside(contest, folder):
    (folder / "lessons" / "2.2.md").unlink()
    assert publish_lessons(contest=contest, folder=folder) == ["bài 2.2 thôi dùng"]
    assert "2.2" not in current(contest)


def test_the_database_refuses_to_edit_a_published_version(contest, lesson):
    old = lesson("1.1")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Lesson.objects.filter(pk=old.pk).update(title="Khác")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Lesson.objects.filter(pk=old.pk).update(cards=[])


def test_a_lesson_of_an_unknown_topic_publishes_nothing(contest, folder):
    write(folder, "9.1")
    write(folder, "1.1", word="Lời mới")
    with pytest.raises(BadContent, match="không có chuyên đề 9"):
        publish_lessons(contest=contest, folder=folder)
    assert current(contest)["1.1"] == 1


def test_a_film_of_the_package_is_kept_under_its_content(contest, folder, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    (folder / "films").mkdir()
    (folder / "films" / "bai.mp4").write_bytes(b"film")
    (folder / "films" / "bai.vtt").write_text("WEBVTT")
    path = folder / "lessons" / "1.1.md"
    block = '\n## Phim\n\n```video\nsrc = "bai.mp4"\ncaptions = "bai.vtt"\ntitle = "t"\ntranscript = "Lời."\n```\n'
    path.write_text(path.read_text(encoding="utf-8") + block, encoding="utf-8")
    publish_lessons(contest=contest, folder=folder)
    film = Lesson.objects.get(contest=contest, code="1.1", current=True).cards[-1]["video"]
    assert film["src"].startswith("/tep/bai-hoc/")
    assert (tmp_path / "files" / film["src"].removeprefix("/tep/")).read_bytes() == b"film"
    assert publish_lessons(contest=contest, folder=folder) == []


def test_topics_are_brought_up_to_date(contest):
    topics = [{"number": 1, "title": "Tên mới"}, {"number": 2, "title": "Chuyên đề 2"}, {"number": 3, "title": "Ba"}]
    assert set_topics(contest=contest, topics=topics) == ["chuyên đề 1", "chuyên đề 3"]
    assert set_topics(contest=contest, topics=topics) == []
