"""`lantoa package import`: the whole reference package, twice; and one with a fault, which leaves no trace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lantoa.awards.models import Prize
from lantoa.contests.documents import Document
from lantoa.contests.models import Contest
from lantoa.exams.models import Bank
from lantoa.learning.models import Lesson, Topic
from lantoa.people.models import AuditEntry
from lantoa.units.models import Unit

PACKAGE = Path(__file__).parents[2] / "packages" / "cong-dan-so-hai-phong"


def run(folder, *options, capsys):
    call_command("package", "import", str(folder), *options)
    return capsys.readouterr().out.splitlines()


def test_the_reference_package_becomes_a_contest_and_a_second_import_changes_nothing(db, capsys):
    said = run(PACKAGE, "--publish", capsys=capsys)
    assert "cuộc thi (mới)" in said
    contest = Contest.objects.get()
    assert contest.published
    assert Unit.objects.communes_of(contest.root).count() == 114
    assert Topic.objects.count() == 4
    assert Lesson.objects.current(contest).count() >= 8
    assert Bank.objects.count() == 1
    assert Prize.objects.count() == 5
    assert Document.objects.public(contest).count() >= 7
    assert AuditEntry.objects.filter(action="package.imported").count() == 1
    assert run(PACKAGE, capsys=capsys) == ["không có gì đổi"]
    assert AuditEntry.objects.filter(action="package.imported").count() == 1


def test_each_import_that_changes_something_is_a_new_version(db, capsys):
    run(PACKAGE, capsys=capsys)
    assert Contest.objects.get().package_version == 1
    run(PACKAGE, capsys=capsys)
    assert Contest.objects.get().package_version == 1
    run(PACKAGE, "--publish", capsys=capsys)
    assert Contest.objects.get().package_version == 2


def test_other_days_may_be_given(db, capsys):
    run(PACKAGE, "--opens", "2026-02-01", "--closes", "2026-02-28", capsys=capsys)
    assert str(Contest.objects.get().closes_at) == "2026-02-28 17:00:00+00:00"


def test_a_fault_anywhere_imports_nothing_and_names_the_file(db, tmp_path, capsys):
    folder = shutil.copytree(PACKAGE, tmp_path / "goi")
    lesson = folder / "lessons" / "3.3.md"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("```game TIM", "```game TOM"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"lessons/3\.3\.md: thẻ 9"):
        run(folder, capsys=capsys)
    assert not Contest.objects.exists()
    assert not Unit.objects.exists()


def test_a_bank_too_thin_for_the_blueprint_imports_nothing(db, tmp_path, capsys):
    folder = shutil.copytree(PACKAGE, tmp_path / "goi")
    for file in (folder / "questions").glob("4.*.toml"):
        file.unlink()
    with pytest.raises(CommandError, match="chuyên đề 4"):
        run(folder, capsys=capsys)
    assert not Contest.objects.exists()
