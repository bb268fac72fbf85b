"""Whatever a package leans on can be traced to its source."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from lantoa.management.tracing import traces
from tests.factories.packages import PACKAGES, REFERENCE


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_every_fact_in_use_has_its_source_and_every_card_and_question_its_fact(package):
    found, _claims = traces(package)
    assert found
    assert [(one.id, one.faults) for one in found if one.faults] == []
    assert all(one.cards or one.questions for one in found)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('id = "F6"', 'id = "F6x"', "F6: không có trong facts.toml"),
        ('not_verified = ["F18"]', 'not_verified = ["F18", "F6"]', "F6: chưa kiểm chứng mà câu hỏi dựa vào"),
    ],
)
def test_a_fact_that_cannot_be_traced_fails(tmp_path, before, after, said):
    folder = shutil.copytree(REFERENCE, tmp_path / "goi")
    text = (folder / "facts.toml").read_text(encoding="utf-8")
    assert before in text
    (folder / "facts.toml").write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        call_command("package", "facts", str(folder))


def test_a_sample_is_drawn_by_its_seed_and_shows_source_and_places(capsys):
    def drawn(seed):
        call_command("package", "facts", str(REFERENCE), "--sample", "20", "--seed", seed)
        return capsys.readouterr().out

    once = drawn("một")
    assert once == drawn("một") != drawn("hai")
    assert once.count("://") >= 20
    assert "20/" in once
