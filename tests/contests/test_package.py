"""contest.toml and documents: what is read, what is refused, what becomes of it."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lantoa.contests.content import import_contest, publish_documents
from lantoa.contests.documents import Document
from lantoa.contests.models import Contest
from lantoa.contests.package import read_package
from lantoa.lib import markdown
from lantoa.lib.frontmatter import BadContent
from lantoa.lib.sealing import unseal
from lantoa.units.models import Kind, Unit

PACKAGE = Path(__file__).parents[2] / "packages" / "cong-dan-so-hai-phong"


@pytest.fixture
def folder(tmp_path):
    for name in ("contest.toml", "documents"):
        source = PACKAGE / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


@pytest.fixture
def root(db):
    return Unit.objects.create(code="31", name="Hải Phòng", kind=Kind.CITY)


def edit(folder, old, new, name="contest.toml"):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_reference_package_says_what_the_seeds_say():
    package = read_package(PACKAGE)
    assert (package.contest["opens"], package.contest["closes"]) == (date(2025, 10, 11), date(2025, 11, 11))
    assert package.rules["asked"] == 20
    assert [topic["number"] for topic in package.topics] == [1, 2, 3, 4]
    assert [(prize["count"], prize["amount"]) for prize in package.prizes] == [
        (1, 5_000_000), (2, 3_000_000), (3, 2_000_000), (5, 1_000_000), (1, 3_000_000),
    ]  # fmt: skip
    assert sum(cell["count"] for cell in package.blueprint["cells"]) == package.blueprint["asked"] == 20


def test_the_reference_package_has_every_kind_of_document_in_both_languages():
    pages = read_package(PACKAGE).documents
    assert {page.kind for page in pages} == set(Document.Kind.values)
    assert all(page.body_en and page.title_en for page in pages)


@pytest.mark.parametrize("page", read_package(PACKAGE).documents, ids=lambda page: page.slug)
def test_documents_are_written_in_short_sentences(page):
    lines = markdown.plain(page.body).replace("? ", ".\n").replace(": ", ".\n").replace(". ", ".\n").splitlines()
    for line in lines:
        if "Công văn" not in line and "organiser" not in line:
            assert len(line.split()) <= 30, line


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("slug =", "slag =", "contest.toml: thiếu “slug”"),
        ("opens = 2025-10-11", 'opens = "11/10/2025"', "contest.toml: “opens” phải là ngày"),
        ("closes = 2025-11-11", "closes = 2025-10-01", "contest.toml: closes sớm hơn opens"),
        ('public_names = "masked"', 'public_names = "hidden"', "contest.toml: rules: public_names"),
        ("asked = 20", "asked = true", "contest.toml: rules: “asked” phải là số nguyên"),
        ("count = 1\n", "", "contest.toml: prizes 1: thiếu “count”"),
        ("[rules]", "[rules", "contest.toml: TOML sai"),
        ('picture = "', 'picture = "khong-co-', "contest.toml: topics: không có hình khong-co-"),
    ],
)
def test_faults_are_told_with_their_file(folder, old, new, says):
    edit(folder, old, new)
    with pytest.raises(BadContent) as error:
        read_package(folder)
    assert any(message.startswith(says) for message in error.value.messages), error.value.messages


def test_faults_of_all_files_are_told_at_once(folder):
    edit(folder, "asked = 20", "asked = true")
    edit(folder, 'kind = "rules"', 'kind = "luật"', "documents/the-le.md")
    (folder / "documents" / "khac.md").write_text("không có phần đầu", encoding="utf-8")
    with pytest.raises(BadContent) as error:
        read_package(folder)
    files = {message.split(":")[0] for message in error.value.messages}
    assert files == {"contest.toml", "documents/the-le.md", "documents/khac.md"}


def test_an_address_may_be_used_once(folder):
    edit(folder, 'slug = "the-le"', 'slug = "huong-dan"', "documents/the-le.md")
    with pytest.raises(BadContent, match="huong-dan dùng hai lần"):
        read_package(folder)


def test_importing_makes_a_contest_whose_last_day_counts_whole(folder, root):
    contest, changed = import_contest(package=read_package(folder), root=root)
    assert changed == ["cuộc thi (mới)"]
    assert contest.opens_at == datetime(2025, 10, 10, 17, tzinfo=UTC)
    assert contest.closes_at == datetime(2025, 11, 11, 17, tzinfo=UTC)
    assert contest.time_limit == timedelta(minutes=20)
    assert contest.share_rules["slogan"] == {"min": 10, "max": 120}
    assert not contest.published


def test_the_seed_is_sealed_and_survives_every_import(folder, root):
    package = read_package(folder)
    contest, _ = import_contest(package=package, root=root)
    seed = unseal(contest.seed_sealed, table="contest", column="seed", row=str(contest.pk))
    assert len(seed) == 32
    import_contest(package=package, root=root, publish=True)
    again = Contest.objects.get()
    assert unseal(again.seed_sealed, table="contest", column="seed", row=str(again.pk)) == seed


def test_importing_again_says_what_changed_and_never_unpublishes(folder, root):
    import_contest(package=read_package(folder), root=root, publish=True)
    assert import_contest(package=read_package(folder), root=root)[1] == []
    edit(folder, "asked = 20", "asked = 25")
    contest, changed = import_contest(package=read_package(folder), root=root)
    assert changed == ["cuộc thi: asked"]
    assert contest.published


def test_the_operator_may_choose_other_days(folder, root):
    contest, _ = import_contest(
        package=read_package(folder), root=root, opens=date(2026, 1, 1), closes=date(2026, 1, 2)
    )
    assert contest.closes_at - contest.opens_at == timedelta(days=2)


def test_documents_are_brought_up_to_date_and_those_of_the_console_stay(folder, root):
    package = read_package(folder)
    contest, _ = import_contest(package=package, root=root)
    Document.objects.create(contest=contest, slug="rieng", kind="announcement", title="Riêng", body="x")
    assert len(publish_documents(contest=contest, pages=package.documents)) == len(package.documents)
    assert publish_documents(contest=contest, pages=package.documents) == []
    edit(folder, "Miễn phí.", "Không mất tiền.", "documents/the-le.md")
    assert publish_documents(contest=contest, pages=read_package(folder).documents) == ["văn bản the-le"]
    assert Document.objects.filter(slug="rieng").exists()
    assert Document.objects.get(slug="the-le").published_at == datetime(2025, 10, 10, 17, tzinfo=UTC)
