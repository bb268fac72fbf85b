from pathlib import Path

import pytest

from lantoa.learning.actions import publish_lessons, set_topics
from lantoa.learning.models import Lesson
from tests.factories.contest import a_contest, a_contestant

LESSON = """+++
code = "{code}"
topic = {topic}
title = "Bài {code}"
minutes = 3
compulsory = {compulsory}
goal = "làm được một việc"
takeaway = "Dừng."
author = "a"
reviewer = "b"
version = 1
+++

{cards}
"""


def write(folder: Path, code: str, *, cards: int = 3, compulsory: bool = True, word: str = "Chữ") -> None:
    """A lesson file of so many cards."""
    (folder / "lessons").mkdir(parents=True, exist_ok=True)
    text = "\n\n".join(f"## Thẻ {n}\n\n{word} {n}." for n in range(1, cards + 1))
    topic = code.partition(".")[0]
    filled = LESSON.format(code=code, topic=topic, compulsory=str(compulsory).lower(), cards=text)
    (folder / "lessons" / f"{code}.md").write_text(filled, encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "1.1")
    write(tmp_path, "1.2", cards=2)
    write(tmp_path, "2.1")
    write(tmp_path, "2.2", cards=2, compulsory=False)
    return tmp_path


@pytest.fixture
def contest(db, folder):
    contest = a_contest(learn_first=True)
    set_topics(contest=contest, topics=[{"number": n, "title": f"Chuyên đề {n}"} for n in (1, 2)])
    publish_lessons(contest=contest, folder=folder)
    return contest


@pytest.fixture
def me(contest):
    return a_contestant(contest)


@pytest.fixture
def lesson(contest):
    """Find today's version of a lesson."""
    return lambda code: Lesson.objects.get(contest=contest, code=code, current=True)
